// What the page's build makes smaller than the package has it.
import binaryen from "assemblyscript/binaryen";

// Characters that stand in a text as more than themselves.
const escaped = [0, 7, 8, 9, 10, 11, 12, 13, 27, 34, 92, 127];
const characters = Array.from({ length: 300 }, (_, code) => code)
  .filter((code) => !escaped.includes(code))
  .map((code) => String.fromCharCode(code));
const SINGLE = characters.findIndex((one) => one > "\x7f");

/**
 * The module of the core's bytes, in a text with a character for each, whose frequent ones take a byte: base64, in which a compressor
 * finds no byte again, takes a fifth more when it is compressed.
 */
export function packedCore(core) {
  const bytes = renumbered(core);
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  const isRare = new Array(256).fill(1);
  for (const byte of [...counts.keys()].sort((one, other) => counts[other] - counts[one]).slice(0, SINGLE))
    isRare[byte] = 0;
  const order = [...isRare.keys()].sort((one, other) => isRare[one] - isRare[other]);
  const text = Array.from(bytes, (byte) => characters[order.indexOf(byte)]).join("");
  return `const rare = ${JSON.stringify(isRare.join(""))};
const order = [...rare].map((_, byte) => byte).sort((one, other) => rare[one] - rare[other]);
const codes = [];
for (let code = 0; order.length; code += 1)
  if (![${escaped}].includes(code)) codes[code] = String.fromCharCode(order.shift());
export const bytes = btoa("${text}".replace(/./gsu, (one) => codes[one.charCodeAt(0)]));
`;
}

// The same functions, whose locals are few and have small numbers where they are used often: a compressor finds 1.5 kB more again.
function renumbered(bytes) {
  const core = binaryen.readBinary(bytes);
  core.setFeatures(binaryen.Features.All);
  core.runPasses(["coalesce-locals", "reorder-locals"]);
  return core.emitBinary();
}

/** The module of the requests' fields and words, made from the schema, which the page has anyway. */
export const shapeOfSchema = `import schema from "./schema.json" with { type: "json" };
import { shapeOfRequests } from "./shape.mjs";
export const requestShape = shapeOfRequests(schema.definitions);
`;

/** The reading and writing of JSON as the browser does it: what is faster where thousands are planned, a page has no use for. */
export const plainJson = {
  "read-plan.ts": "export const readPlan = JSON.parse, parsePlan = readPlan;",
  "fast-json.ts": "export const writeFastJson = () => -1;",
};

/** What a date in a configuration becomes: none of its fields is one. */
export const dateOfToml = "export class TomlDate extends Date { isValid() { return true; } }";

/** The editor's commands without its own keys, of which the page takes a few: a bundler takes them for something that acts. */
export function withoutKeymap(commands) {
  const without = commands.replace(/^var (\w*(?:Keymap|Labels)) = [{[].*?^[}\]][^\n]*;$/gms, "var $1;");
  if (without === commands) throw new Error("the editor's keys are elsewhere now");
  return without;
}

/** A module without the names of its enumerations, whose numbers it has where they are used: a bundler takes them for something that acts. */
export function withoutEnums(module) {
  const without = module.replace(enumeration, "$1");
  if (without === module) throw new Error("the enumerations are elsewhere now");
  return without;
}

const enumeration =
  /^((?:export )?var (\w+);)\n\(function \(\2\) \{\n(?:\s+\2\[\2\["\w+"\] = -?\d+\] = "\w+";\n)+\}\)\(\2 \|\| \(\2 = \{\}\)\);/gm;

// Of Kata's agent and of a node's gate, whose doors no page opens.
const reasonsElsewhere = [
  ...["nul", "not-a-destination", "device-of-agent", "not-proc", "inside-proc", "needs-systemd"],
  ...["not-namespaced", "needs-user-namespace", "not-a-gate-path", "no-rules", "contradiction"],
];

/** The module of errors of formats without the reasons that no page gives. */
export function withoutReasons(module) {
  return reasonsElsewhere.reduce((text, code) => {
    const without = text.replace(new RegExp(`^  "?${code}"?:\\s+"[^"]*",\n`, "m"), "");
    if (without === text) throw new Error(`the reason of ${code} is elsewhere now`);
    return without;
  }, module);
}

/** What of the schema an editor completes: of requests the fields, their words, and the beginning of what is said of each field. */
export function packedSchema({ anyOf, definitions }) {
  const packed = {};
  const isKnown = (ref) => ref in packed || isTold(definitions[nameOf(ref)]);
  const pending = anyOf.map(({ $ref }) => $ref);
  for (const ref of pending) packed[nameOf(ref)] ??= packedType(definitions[nameOf(ref)], pending, isKnown);
  const sorted = Object.entries(packed).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ anyOf, definitions: Object.fromEntries(sorted) });
}

const nameOf = (ref) => ref.replace("#/definitions/", "");

// Any text or number has no words.
const isTold = ({ anyOf, items, properties, enum: words, const: word, type }) =>
  [anyOf, items, properties, words, word].some(Boolean) || type === "boolean";

function packedType({ $ref, anyOf, items, properties, enum: words, const: word, type }, pending, isKnown) {
  const isFollowed = $ref !== undefined && isKnown($ref);
  if (isFollowed) pending.push($ref);
  return {
    $ref: isFollowed ? $ref : undefined,
    anyOf: anyOf?.map((one) => packedType(one, pending, isKnown)),
    items: items && packedType(items, pending, isKnown),
    enum: words,
    const: word,
    type: type === "boolean" ? type : undefined,
    properties: properties && packedFields(properties, pending, isKnown),
  };
}

function packedFields(properties, pending, isKnown) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      {
        ...packedType(field, pending, isKnown),
        description: field.description && beginningOf(field.description),
      },
    ]),
  );
}

// The first sentence, without what stands in brackets.
function beginningOf(text) {
  const plain = text.replace(/ \([^)]*\)/g, "");
  const [sentence = plain] = /^.*?[.:;](?=\s|$)/s.exec(plain) ?? [];
  return sentence.replace(/[.:;]$/, "");
}
