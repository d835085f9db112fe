// What a person is told for each code: whose side is in the error itself, the next step is here.
import type { ErrorCode, Side, WireError } from "../bridge/types";
import { t } from "./language.svelte";

export function asWireError(caught: unknown): WireError {
  if (typeof caught === "object" && caught !== null && "code" in caught && "message" in caught) return caught as WireError;
  return {
    code: "internal",
    message: t("Fairlead could not finish this. Nothing was sent twice."),
    side: "fairlead",
    retry: true,
    detail: caught instanceof Error ? caught.message : String(caught),
    correlationId: null,
    traceId: "none",
  };
}

export const sideWords: Record<Side, string> = {
  get bank() { return t("The bank’s side"); },
  get codat() { return t("Codat’s side"); },
  get network() { return t("The network"); },
  get fairlead() { return t("Our side"); },
  get thisComputer() { return t("This computer"); },
  get customer() { return t("The customer’s choice"); },
  get nobody() { return t("Nobody’s fault"); },
};

interface Advice {
  title: string;
  next: string;
  go?: { label: string; to: string };
}

export const advice: Record<ErrorCode, Advice> = {
  noProfile: { get title() { return t("No profile is open"); }, get next() { return t("Open a profile or try the demo."); }, go: { get label() { return t("Choose a profile"); }, to: "/settings/profiles" } },
  locked: { get title() { return t("Fairlead is locked"); }, get next() { return t("Unlock it, then try again."); } },
  managed: { get title() { return t("Your organisation sets this"); }, get next() { return t("Only your organisation can change it. Nothing was done."); } },
  badRequest: { get title() { return t("Codat did not accept this"); }, get next() { return t("Change what is named below, then try again."); } },
  notFound: { get title() { return t("It is no longer there"); }, get next() { return t("It may have been removed at Codat. Go back to the list; it refreshes by itself."); }, go: { get label() { return t("All companies"); }, to: "/companies/all" } },
  keyRefused: { get title() { return t("Codat refused the key"); }, get next() { return t("Enter a current key. Everything read so far stays here."); }, go: { get label() { return t("Profiles and keys"); }, to: "/settings/profiles" } },
  forbidden: { get title() { return t("This key may not do that"); }, get next() { return t("Ask a Codat administrator to allow it, or use another profile."); } },
  planLimit: { get title() { return t("Your Codat plan does not include this"); }, get next() { return t("Your Codat contact can add it. Nothing was changed."); } },
  limited: { get title() { return t("Today’s calls are used up"); }, get next() { return t("Fairlead goes on by itself when Codat allows more calls."); } },
  offline: { get title() { return t("There is no connection"); }, get next() { return t("Data on this computer stays readable. Fairlead tries again when the network is back."); } },
  captivePortal: { get title() { return t("This network asks for a sign-in first"); }, get next() { return t("Open a browser, sign in to the network, then try again."); } },
  untrusted: { get title() { return t("The connection could not be trusted"); }, get next() { return t("Something between this computer and Codat presents its own certificate. Ask your IT."); } },
  codatDown: { get title() { return t("Codat did not answer properly"); }, get next() { return t("Try again in a minute. Nothing was lost."); } },
  unreadable: { get title() { return t("Codat’s answer could not be read"); }, get next() { return t("Try again. If it stays, send us the id below."); } },
  bankUnavailable: { get title() { return t("The bank is not available through Codat now"); }, get next() { return t("Try again in a minute, or choose another bank."); } },
  outcomeUnknown: { get title() { return t("It is not known whether this arrived"); }, get next() { return t("Fairlead looks it up before it sends anything again, so nothing happens twice."); } },
  unsafeLink: { get title() { return t("The link did not lead where it should"); }, get next() { return t("It was not opened. Make a new link; if this repeats, send us the id below."); } },
  keychain: { get title() { return t("The keychain did not answer"); }, get next() { return t("Unlock it, then try again. Fairlead does not fall back to a weaker place by itself."); } },
  keyMissing: { get title() { return t("The key is not on this computer any more"); }, get next() { return t("Enter it again. Everything read so far stays here."); }, go: { get label() { return t("Profiles and keys"); }, to: "/settings/profiles" } },
  damaged: { get title() { return t("The local database is damaged"); }, get next() { return t("Nothing at Codat is affected. Remove the profile here and read it again."); } },
  newerDatabase: { get title() { return t("This profile was written by a newer Fairlead"); }, get next() { return t("Update Fairlead on this computer to open it."); } },
  disk: { get title() { return t("This computer could not write the file"); }, get next() { return t("Free some space or choose another place, then try again."); } },
  busy: { get title() { return t("Another Fairlead has this profile open"); }, get next() { return t("Close it there, then try again."); } },
  internal: { get title() { return t("Fairlead could not finish this"); }, get next() { return t("Try again. If it stays, send us the id below."); } },
};
