import { defineConfig } from "vitest/config";

// The server's pages name their entries by source path and find the hashed files in manifest.json.
const entries = [
  "src/buyer/main.tsx",
  "src/hold/main.ts",
  "src/order/main.ts",
  "src/organizer/main.tsx",
  "src/board/main.tsx",
  "src/styles/app.css",
];

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: entries,
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
