// What can be done here and now, told by the screens that are shown, for the palette and the list of shortcuts.
import { untrack, type Component } from "svelte";

export interface Action {
  id: string;
  label: string;
  icon: Component<{ class?: string }>;
  /** Keys that do the same, as the system writes them. */
  keys?: string[];
  /** More words to find it by. */
  also?: string;
  /** Why it cannot be done now. */
  reason?: string;
  run: () => unknown;
}

let lists = $state.raw<(() => Action[])[]>([]);

/** Offers a screen's actions for as long as it is shown. */
export function offer(actions: () => Action[]): void {
  $effect(() => {
    untrack(() => (lists = [actions, ...lists]));
    return () => { lists = lists.filter((each) => each !== actions); };
  });
}

/** The actions of what is shown now, the innermost first. */
export const actionsHere = (): Action[] => lists.flatMap((list) => list());
