import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const SERVER = process.env["SPANWISE_DEV_SERVER"] ?? "http://127.0.0.1:3000";

/** What the first page and others share; then what shows payloads; then what lists other than traces are made of. */
const FIRST_VISIT =
  /\/src\/(format|api|app)\/|\/src\/components\/(Button|CopyButton|ErrorPanel|Heading|Menu|Popover|SearchField|Skeleton|Time|badges|icons|rows)\b|\/src\/pages\/traces\/list\/(?!TracesPage)/;
const PAYLOADS = /\/src\/payload\/|\/src\/components\/(ChatView|JsonTree|LongText|Markdown|PayloadView|RawText)\b/;
const TABLES = /\/src\/components\/(DataTable|FactStrip|Foldable|ListFooter|MetadataFold|RowsSkeleton)\b/;

export default defineConfig({
  // Relative, so that a server behind a path prefix only has to rewrite `<base href>` in index.html.
  base: "./",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../packages/spanwise-server/src/spanwise_server/web/dist",
    emptyOutDir: true,
    // light-dark(), nesting and :has() are used as they are; the oldest engines that know them all.
    target: ["chrome123", "firefox121", "safari17.5"],
    // The Content-Security-Policy allows only files of our own: nothing may become a data: address or an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // One file for each component that two pages share would be dozens on the first visit, each with its headers.
        codeSplitting: {
          groups: [
            { name: "shared", test: FIRST_VISIT, priority: 3 },
            { name: "payload", test: PAYLOADS, priority: 2 },
            { name: "tables", test: TABLES, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": SERVER } },
  test: {
    // Tests that need a document say so in their first line; the others start much faster without one.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    sequence: { shuffle: true },
  },
});
