// Fails where `deno doc --lint` finds something about the doors that deno.json names; run by `npm run check`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const { exports } = JSON.parse(readFileSync("deno.json", "utf8"));
const doors = Object.values(exports).filter((path) => path.endsWith(".ts"));
const { status, stderr, error } = spawnSync("deno", ["doc", "--lint", ...doors], {
  encoding: "utf8",
});
if (error) throw error;

const findings = stripVTControlCharacters(stderr)
  .split(/\n(?=error\[)/)
  .filter((text) => text.startsWith("error["));
if (status !== 0 && findings.length === 0) throw new Error(`deno doc says no finding:\n${stderr}`);

// Types of another package are public there, and what protoc-gen-es writes is documented in the .proto.
const foreign = /^error\[private-type-ref\].*'(?:Desc(?:Message|MethodUnary|Service)|Message(?:Init)?Shape)'/;
const isGenerated = (text) => /\/ffi\/(?:agent|nri)\/generated\//.test(text);
const ours = findings.filter((text) => !foreign.test(text) && !isGenerated(text));

for (const text of ours) console.error(text);
if (ours.length === 0) console.log(`Checked the documentation of ${doors.length} doors. Nothing is missing.`);
process.exitCode = ours.length === 0 ? 0 : 1;
