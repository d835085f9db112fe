// The inbox: whether it is open, where a notice leads, and that following it is reading it.
import { call } from "../bridge/commands";
import type { NoticeView } from "../bridge/types";
import { loadStatus } from "./app.svelte";
import { go, link } from "./route.svelte";

export const inbox = $state({ open: false });

/** Where the case of a notice is. */
export function caseOf(notice: NoticeView): string {
  if (notice.openAttempt) return link("attempt", notice.openAttempt);
  if (notice.companyId) return link("company", notice.companyId);
  return notice.kind === "ending" ? "#/companies/ending" : notice.kind === "readFailed" ? "#/companies/needsYou" : "#/activity/happened";
}

/** A notice that is followed is read. */
export async function follow(notice: NoticeView): Promise<void> {
  inbox.open = false;
  go(caseOf(notice).slice(1));
  if (notice.isUnread) await call.inbox({ kind: "mark", notice: notice.id, read: true }).then(() => loadStatus(), () => {});
}

/** A person pressed a notice of the system: its case, or the inbox when it was about several. */
export async function pressed(id: number | null): Promise<void> {
  const found = id === null ? undefined : (await call.inbox({ kind: "look" }).catch(() => null))?.notices.find((notice) => notice.id === id);
  if (found) await follow(found);
  else inbox.open = true;
}
