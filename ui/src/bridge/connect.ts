// Chooses the host at build time; the mock never reaches the real build.
import { setHost } from "./host";
import { tauri } from "./tauri";

export async function connect(): Promise<void> {
  if (import.meta.env.VITE_MOCK) {
    const { mock } = await import("./mock");
    setHost(mock());
  } else {
    setHost(tauri);
  }
}
