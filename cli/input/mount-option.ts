import { resolve } from "node:path";
import type { Mount } from "../../mod.ts";
import { insteadOf, nearestOf } from "../../words/nearest.ts";
import { usageError } from "../failure.ts";
import { withRbind } from "./volume.ts";

const spellings: Readonly<Record<string, string>> = {
  ...{ type: "type", source: "source", src: "source", target: "target", dst: "target" },
  ...{ destination: "target", readonly: "readonly", ro: "readonly", options: "options" },
};
const flags = ["readonly"];
const form = "type=bind,source=/srv/data,target=/data,readonly";

/** The mount that `--mount type=bind,source=…,target=…,readonly` means. A field with a comma stands in double quotes. */
export function mountOfOption(text: string, cwd: string): Mount {
  const refuse = (why: string, next = `write such as --mount ${form}`) =>
    usageError(`Cannot read --mount ${JSON.stringify(text)}`, next, why);
  if (text.replace(quoted, "").includes('"')) throw refuse("a double quote in it has no other one");
  const found = new Map<string, string>();
  for (const field of fieldsOf(text)) {
    const at = field.indexOf("=");
    const written = at === -1 ? field : field.slice(0, at);
    const name = Object.hasOwn(spellings, written) ? (spellings[written] as string) : undefined;
    if (name === undefined) throw refuse(`it has no field ${JSON.stringify(written)}`, suggest(written));
    if (found.has(name)) throw refuse(`it has the field ${JSON.stringify(written)} twice`);
    if (at === -1 && !flags.includes(name)) throw refuse(`its field ${JSON.stringify(written)} has no value`);
    found.set(name, at === -1 ? "true" : field.slice(at + 1));
  }
  const { type = "bind", source, target, readonly = "false", options = "" } = Object.fromEntries(found);
  if (target === undefined) throw refuse("it has no target");
  if (readonly !== "true" && readonly !== "false") throw refuse("readonly is either true or false");
  if (type === "bind" && !source) throw refuse("it has no source");
  const words = [...options.split(",").filter(Boolean), ...(readonly === "true" ? ["ro"] : [])];
  return {
    ...{ type, destination: target, options: type === "bind" ? withRbind(words) : words },
    source: type === "bind" ? resolve(cwd, source ?? "") : (source ?? type),
  };
}

function suggest(written: string): string {
  const known = Object.keys(spellings);
  return nearestOf(written, known) === undefined
    ? `write such as --mount ${form}`
    : insteadOf(written, known);
}

const quoted = /"((?:[^"]|"")*)"/g;

// As CSV: "source=/a,b" in double quotes is one field.
function fieldsOf(text: string): string[] {
  const fields = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return fields.map((field) => field.replace(quoted, (_, inner) => inner.replaceAll('""', '"')));
}
