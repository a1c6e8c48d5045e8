/** Fails when the application has grown over its budget: what the first visit loads, and all of it. Sizes are gzipped. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../../packages/spanwise-server/src/spanwise_server/web/dist/", import.meta.url));
const FIRST_LOAD_LIMIT = 300_000;
const TOTAL_LIMIT = 1_500_000;
/** The page that a first visit ends on; its chunk counts as loaded. */
const FIRST_PAGE = "src/pages/traces/list/TracesPage.tsx";

const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8"));

function collect(key, files) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the build: adjust FIRST_PAGE in scripts/check-size.mjs`);
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
  for (const imported of chunk.imports ?? []) collect(imported, files);
  return files;
}

const size = (file) => {
  const body = readFileSync(join(DIST, file));
  return file.endsWith(".woff2") ? body.length : gzipSync(body, { level: 9 }).length;
};
/** Only texts with characters beyond Latin-1 make a browser fetch this font (`unicode-range` in fonts.css). */
const isOnDemand = (file) => file.includes("latin-ext");
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);

const first = new Set(["index.html", "theme.js", "favicon.svg"]);
collect("index.html", first);
collect(FIRST_PAGE, first);
const all = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(DIST.length));

const results = [
  ["first load", sum([...first].filter((file) => !isOnDemand(file))), FIRST_LOAD_LIMIT],
  ["everything", sum(all), TOTAL_LIMIT],
];
for (const [name, bytes, limit] of results) {
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzipped of ${limit / 1000} kB`);
}
if (results.some(([, bytes, limit]) => bytes > limit)) {
  console.error("The application is over its budget: split a page off, or drop a dependency.");
  process.exit(1);
}
