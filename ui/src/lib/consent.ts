// Since when a bank may be read, in words.
import type { ConnectionCard } from "../bridge/types";
import { t } from "./language.svelte";

/** `day` writes a moment as a day. Of a bank that was read before anybody looked for its link, the day is not known. */
export function consentSince(card: Pick<ConnectionCard, "linkedAt" | "lastRead">, day: (moment: number) => string): string {
  if (card.linkedAt) return t("Consent since {linkedAt}", { linkedAt: day(card.linkedAt) });
  return card.lastRead ? t("Day of consent not known") : t("Not linked yet");
}
