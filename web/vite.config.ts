import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The server's pages name their entries by source path and find the hashed files in manifest.json.
const entries = [
  "src/buyer/main.tsx",
  "src/hold/main.ts",
  "src/order/main.ts",
  "src/pay/main.ts",
  "src/waiting/main.ts",
  "src/organizer/main.tsx",
  "src/places/main.tsx",
  "src/boxoffice/main.tsx",
  "src/boxoffice/import.ts",
  "src/boxoffice/print.ts",
  "src/editor/main.tsx",
  "src/editor/shelf.tsx",
  "src/portal/upload.ts",
  "src/board/main.tsx",
  "src/reference/main.tsx",
  "src/styles/app.css",
];

/** A dynamic import as the browser has it: Vite's helper would preload what has nothing to preload. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null),
};

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } },
  plugins: [plainImports],
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: entries,
      // One file for what pages share at once: small ones compress worse, and buyers have it from the event page.
      output: { codeSplitting: { groups: [{ name: "shared", test: /preact|src.feed.(client|follower|sse|seats|checksum)|src.lib.(?!table|words|api)/ }] } },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node", css: true },
});
