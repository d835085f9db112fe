// What a person is told for each code: whose side is in the error itself, the next step is here.
import type { ErrorCode, Side, WireError } from "../bridge/types";

export function asWireError(caught: unknown): WireError {
  if (typeof caught === "object" && caught !== null && "code" in caught && "message" in caught) return caught as WireError;
  return {
    code: "internal",
    message: "Fairlead could not finish this. Nothing was sent twice.",
    side: "fairlead",
    retry: true,
    detail: caught instanceof Error ? caught.message : String(caught),
    correlationId: null,
    traceId: "none",
  };
}

export const sideWords: Record<Side, string> = {
  bank: "The bank’s side",
  codat: "Codat’s side",
  network: "The network",
  fairlead: "Our side",
  thisComputer: "This computer",
  customer: "The customer’s choice",
  nobody: "Nobody’s fault",
};

interface Advice {
  title: string;
  next: string;
  go?: { label: string; to: string };
}

export const advice: Record<ErrorCode, Advice> = {
  noProfile: { title: "No profile is open", next: "Open a profile or try the demo.", go: { label: "Choose a profile", to: "/settings/profiles" } },
  locked: { title: "Fairlead is locked", next: "Unlock it, then try again." },
  managed: { title: "Your organisation sets this", next: "Only your organisation can change it. Nothing was done." },
  badRequest: { title: "Codat did not accept this", next: "Change what is named below, then try again." },
  notFound: { title: "It is no longer there", next: "It may have been removed at Codat. Go back to the list; it refreshes by itself.", go: { label: "All companies", to: "/companies/all" } },
  keyRefused: { title: "Codat refused the key", next: "Enter a current key. Everything read so far stays here.", go: { label: "Profiles and keys", to: "/settings/profiles" } },
  forbidden: { title: "This key may not do that", next: "Ask a Codat administrator to allow it, or use another profile." },
  planLimit: { title: "Your Codat plan does not include this", next: "Your Codat contact can add it. Nothing was changed." },
  limited: { title: "Today’s calls are used up", next: "Fairlead goes on by itself when Codat allows more calls." },
  offline: { title: "There is no connection", next: "Data on this computer stays readable. Fairlead tries again when the network is back." },
  captivePortal: { title: "This network asks for a sign-in first", next: "Open a browser, sign in to the network, then try again." },
  untrusted: { title: "The connection could not be trusted", next: "Something between this computer and Codat presents its own certificate. Ask your IT." },
  codatDown: { title: "Codat did not answer properly", next: "Try again in a minute. Nothing was lost." },
  unreadable: { title: "Codat’s answer could not be read", next: "Try again. If it stays, send us the id below." },
  bankUnavailable: { title: "The bank is not available through Codat now", next: "Try again in a minute, or choose another bank." },
  outcomeUnknown: { title: "It is not known whether this arrived", next: "Fairlead looks it up before it sends anything again, so nothing happens twice." },
  unsafeLink: { title: "The link did not lead where it should", next: "It was not opened. Make a new link; if this repeats, send us the id below." },
  keychain: { title: "The keychain did not answer", next: "Unlock it, then try again. Fairlead does not fall back to a weaker place by itself." },
  keyMissing: { title: "The key is not on this computer any more", next: "Enter it again. Everything read so far stays here.", go: { label: "Profiles and keys", to: "/settings/profiles" } },
  damaged: { title: "The local database is damaged", next: "Nothing at Codat is affected. Remove the profile here and read it again." },
  newerDatabase: { title: "This profile was written by a newer Fairlead", next: "Update Fairlead on this computer to open it." },
  disk: { title: "This computer could not write the file", next: "Free some space or choose another place, then try again." },
  busy: { title: "Another Fairlead has this profile open", next: "Close it there, then try again." },
  internal: { title: "Fairlead could not finish this", next: "Try again. If it stays, send us the id below." },
};
