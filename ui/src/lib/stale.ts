// One stream of "this is stale" messages, handed to whoever shows the topic. A gap in the numbers means messages
// were missed, so everything visible asks again.
import { host } from "../bridge/host";
import type { Stale, Topic } from "../bridge/types";

type Watcher = (topics: Topic[]) => void;
const watchers = new Set<Watcher>();
let last: number | null = null;

export function topicsOf(message: Stale, previous: number | null): Topic[] {
  const gap = previous !== null && message.seq > previous + 1;
  return gap ? [{ kind: "resync" }, ...message.topics] : message.topics;
}

export function watch(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export async function followStale(): Promise<() => void> {
  return host.listen("stale", (message) => {
    const topics = topicsOf(message, last);
    last = message.seq;
    for (const watcher of [...watchers]) watcher(topics);
  });
}

/** True when any of the topics is one of `kinds` (optionally for `id`), or everything is stale. */
export function concerns(topics: Topic[], kinds: Topic["kind"][], id?: string): boolean {
  return topics.some(
    (topic) =>
      topic.kind === "resync" ||
      (kinds.includes(topic.kind) && (id === undefined || !("id" in topic) || topic.id === id)),
  );
}
