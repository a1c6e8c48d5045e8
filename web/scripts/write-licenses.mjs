/** Writes the licences of everything that is in the build beside it: their authors ask that the notices travel along. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const TARGET = join(WEB, "../packages/spanwise-server/src/spanwise_server/web/dist/third-party-licenses.txt");

const { packages } = JSON.parse(readFileSync(join(WEB, "package-lock.json"), "utf8"));
const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== "" && !dev);

const parts = shipped.map(([path, { version }]) => {
  const folder = join(WEB, path);
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(TARGET, parts.sort().join(`\n${"-".repeat(80)}\n\n`));
console.log(`${parts.length} licences written`);
