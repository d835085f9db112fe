// Words for what is fetched from Codat right now.
import type { Ring, StatusPill, SyncNow, SyncRun, WaitReason } from "../bridge/types";
import { count, hourMinute, plural } from "./fmt";
import { t } from "./language.svelte";

export const waitWords: Record<WaitReason, string> = {
  get limited() { return t("Codat asked for a pause"); }, get away() { return t("Codat is away for a while"); }, get minute() { return t("This minute’s calls are used up"); }, get day() { return t("Today’s calls are used up, but for those kept for you"); },
};

/** `under a minute`, `about 4 min`, `about 3 h`: nobody knows it to the second. Where there is little room, `4 min`. */
export function about(ms: number, little = false): string {
  const minutes = Math.round(ms / 60_000);
  const time = minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return minutes < 1 ? t("under a minute") : little ? time : t("about {time}", { time });
}

export const atWork = (now: SyncNow): SyncRun[] => now.runs.filter((run) => run.state !== "stopped");

/** `3 of 12`, `first page`. */
export function pageOf(run: SyncRun): string {
  return run.pages !== null && run.pages > 1 ? t("{part} of {whole}", { part: count(Math.min(run.page + (run.state === "stopped" ? 0 : 1), run.pages)), whole: count(run.pages) }) : pages(run);
}

/** `page 3 of 12`; nothing while one page is all there is. */
export function pages(run: SyncRun): string {
  if (run.pages === null) return run.page ? plural(run.page, "page") : t("first page");
  return run.pages > 1 ? t("page {place}", { place: pageOf(run) }) : t("one page");
}

/** `page 3 of 12, about 4 min`. */
export const far = (run: SyncRun, at: number): string => `${pages(run)}${run.endsAt && run.endsAt > at && run.state !== "stopped" ? `, ${about(run.endsAt - at)}` : ""}`;

export function standing(run: SyncRun, now: SyncNow): StatusPill {
  if (run.state === "stopped") return { ring: "slashed", word: t("Stopped") };
  if (run.state === "waiting") return { ring: "clock", word: now.waitsUntil ? t("Waits until {time}", { time: hourMinute(now.waitsUntil) }) : t("Waits") };
  return { ring: "running", word: t("Downloading") };
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
    if (now.allStopped) return { ring: "slashed", word: t("Downloads stopped"), rest: "" };
    return stopped ? { ring: "slashed", word: t("{downloads} stopped", { downloads: plural(stopped, "download") }), rest: "" } : null;
  }
  const rest = now.endsAt && now.endsAt > at ? about(now.endsAt - at, now.pass !== null && !now.waitsUntil) : "";
  const [first] = running;
  const word = now.pass ? t("{done} of {companies}", { done: count(now.pass.done), companies: plural(now.pass.companies, "company", "companies") }) : running.length === 1 && first ? `${first.label}, ${pages(first)}` : plural(running.length + now.hidden, "download");
  if (now.pass && !now.waitsUntil) return { ring: "running", word, rest };
  return now.waitsUntil ? { ring: "clock", word, rest: t("waits until {time}", { time: hourMinute(now.waitsUntil) }) } : { ring: "running", word, rest };
}
