// A question to the core that stays current: it is asked again when its arguments change or a topic is stale.
// The old answer stays on screen meanwhile, so that focus and scroll survive.
import type { Topic, WireError } from "../bridge/types";
import { asWireError } from "./errors";
import { concerns, watch } from "./stale";

export class Ask<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<WireError | null>(null);
  asking = $state(false);
  #turn = 0;
  #run: () => Promise<T>;

  constructor(run: () => Promise<T>) {
    this.#run = run;
  }

  again = async (): Promise<void> => {
    const turn = ++this.#turn;
    this.asking = true;
    try {
      const value = await this.#run();
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (caught) {
      if (turn !== this.#turn) return;
      this.error = asWireError(caught);
    } finally {
      if (turn === this.#turn) this.asking = false;
    }
  };
}

/** `deps` is read to know when to ask again; `kinds` and `id` name the topics. */
export function ask<T>(deps: () => unknown, run: () => Promise<T>, kinds: Topic["kind"][], id?: () => string | undefined): Ask<T> {
  const question = new Ask(run);
  $effect(() => {
    deps();
    void question.again();
  });
  $effect(() =>
    watch((topics) => {
      if (concerns(topics, kinds, id?.())) void question.again();
    }),
  );
  return question;
}
