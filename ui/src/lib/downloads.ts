// Words for what is fetched from Codat right now.
import type { Ring, StatusPill, SyncNow, SyncRun, WaitReason } from "../bridge/types";
import { count, hourMinute, plural } from "./fmt";

export const waitWords: Record<WaitReason, string> = {
  limited: "Codat asked for a pause", away: "Codat is away for a while", minute: "This minute\u2019s calls are used up", day: "Today\u2019s calls are used up, but for those kept for you",
};

/** `under a minute`, `about 4 min`, `about 3 h`: nobody knows it to the second. */
export function about(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 1 ? "under a minute" : minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

export const atWork = (now: SyncNow): SyncRun[] => now.runs.filter((run) => run.state !== "stopped");

/** `page 3 of 12`; nothing while one page is all there is. */
export function pages(run: SyncRun): string {
  if (run.pages === null) return run.page ? plural(run.page, "page") : "first page";
  return run.pages > 1 ? `page ${count(Math.min(run.page + (run.state === "stopped" ? 0 : 1), run.pages))} of ${count(run.pages)}` : "one page";
}

/** `page 3 of 12, about 4 min`. */
export const far = (run: SyncRun, at: number): string => `${pages(run)}${run.endsAt && run.endsAt > at && run.state !== "stopped" ? `, ${about(run.endsAt - at)}` : ""}`;

export function standing(run: SyncRun, now: SyncNow): StatusPill {
  if (run.state === "stopped") return { ring: "slashed", word: "Stopped" };
  if (run.state === "waiting") return { ring: "clock", word: now.waitsUntil ? `Waits until ${hourMinute(now.waitsUntil)}` : "Waits" };
  return { ring: "running", word: "Downloading" };
}

/** Done and whole, for a bar; companies of a pass, or pages of what runs. */
export function share(now: SyncNow): [number, number] {
  if (now.pass) return [now.pass.done, now.pass.companies];
  const known = atWork(now).filter((run) => run.pages !== null);
  return [known.reduce((sum, run) => sum + run.page, 0), known.reduce((sum, run) => sum + (run.pages ?? 0), 0)];
}

/** The line at the foot of the side; nothing when nothing takes its time. */
export function line(now: SyncNow, at: number): { ring: Ring; word: string; rest: string } | null {
  const running = atWork(now);
  const stopped = now.runs.length - running.length;
  const slow = now.pass !== null || running.some((run) => at - run.since > 1500);
  if (!slow) {
    if (now.allStopped) return { ring: "slashed", word: "Downloads stopped", rest: "" };
    return stopped ? { ring: "slashed", word: `${plural(stopped, "download")} stopped`, rest: "" } : null;
  }
  const rest = now.endsAt && now.endsAt > at ? about(now.endsAt - at) : "";
  const [first] = running;
  const word = now.pass ? `${count(now.pass.done)} of ${plural(now.pass.companies, "company", "companies")}` : running.length === 1 && first ? `${first.label}, ${pages(first)}` : plural(running.length + now.hidden, "download");
  if (now.pass && !now.waitsUntil) return { ring: "running", word, rest: rest.replace(/^about /, "") };
  return now.waitsUntil ? { ring: "clock", word, rest: `waits until ${hourMinute(now.waitsUntil)}` } : { ring: "running", word, rest };
}
