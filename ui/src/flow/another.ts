import { call } from "../bridge/commands";
import { go } from "../lib/route.svelte";

/** Begins a new draft for a company that exists and goes straight to the choice of its bank. */
export async function anotherBank(companyId: string): Promise<void> {
  const draft = await call.saveDraft({ id: null, name: null, reference: null, companyId, bankKey: null, sheetSeen: false, language: null });
  go(`/new/${encodeURIComponent(draft.id)}/bank`);
}
