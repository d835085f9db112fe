import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const mock = process.env.VITE_MOCK ?? "";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  clearScreen: false,
  define: { "import.meta.env.VITE_MOCK": JSON.stringify(mock) },
  server: { port: 1420, strictPort: true },
  build: {
    target: "safari16.4",
    outDir: mock ? "dist-mock" : "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { main: "index.html", key: "key-entry.html" } },
  },
  // A busy computer is no failing test.
  test: { include: ["src/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
