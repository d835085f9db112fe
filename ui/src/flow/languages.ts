// The languages that customers read, each by its own name.
import type { Language } from "../bridge/types";

export const languages: { value: Language; label: string }[] = [{ value: "en", label: "English" }, { value: "de", label: "Deutsch" }, { value: "fr", label: "Français" }, { value: "es", label: "Español" }];
export const named = (language: Language): string => languages.find((each) => each.value === language)?.label ?? language;
