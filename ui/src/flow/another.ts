import { call } from "../bridge/commands";
import { go } from "../lib/route.svelte";

/** Begins a new draft for a company that exists and goes straight to the choice of its bank, or past it when the bank is known. */
export async function anotherBank(companyId: string, bankKey: string | null = null): Promise<void> {
  const draft = await call.saveDraft({ id: null, name: null, reference: null, companyId, bankKey, sheetSeen: false });
  go(`/new/${encodeURIComponent(draft.id)}/${bankKey ? "access" : "bank"}`);
}
