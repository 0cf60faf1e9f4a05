// Says what a page loads, gzipped, and fails the build when the buyer's JavaScript outgrows its budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUYER_BYTES_MAX = 20 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist)));

const gzipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function scripts(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) scripts(next, seen);
  return seen;
}

for (const [key, entry] of Object.entries(manifest)) {
  if (!entry.isEntry) continue;
  const bytes = [...scripts(key)].reduce((sum, at) => sum + gzipped(manifest[at].file), 0);
  console.log(`${key.padEnd(28)} ${(bytes / 1024).toFixed(1).padStart(6)} KB gzipped`);
  if (key === "src/buyer/main.tsx" && bytes > BUYER_BYTES_MAX) {
    console.error(`The buyer's JavaScript may have ${BUYER_BYTES_MAX} bytes gzipped; it has ${bytes}.`);
    process.exitCode = 1;
  }
}
