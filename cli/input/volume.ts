import { resolve } from "node:path";
import type { Mount } from "../../mod.ts";
import { usageError } from "../failure.ts";

const form = "SRC[:DST[:OPTIONS]], such as -v /srv/data:/data:ro; write \\: for a colon in a path";

/**
 * The bind that `-v SRC[:DST[:OPTIONS]]` means. Relative sources are in the directory of the command. Where there is no destination, or an
 * empty one before options, it is where the source is.
 */
export function mountOfVolume(text: string, cwd: string): Mount {
  const refuse = (why: string) => usageError(`Cannot read -v ${JSON.stringify(text)}`, `write ${form}`, why);
  const parts = partsOf(text);
  const [source = "", destination = source, options, ...more] = parts;
  if (more.length > 0) throw refuse("it has more than three parts between its colons");
  if (source === "") throw refuse("it has no source");
  if (!source.startsWith("/") && !source.startsWith("."))
    throw refuse(`its source is neither absolute nor begins with a dot; no volume has the name "${source}"`);
  const isNamed = parts.length > 1 && !(destination === "" && options !== undefined);
  if (isNamed && !destination.startsWith("/"))
    throw refuse("its destination has to be an absolute path in the container");
  const words = options === undefined ? [] : options.split(",");
  if (words.includes("")) throw refuse("an option in it is empty");
  const path = resolve(cwd, source);
  return {
    ...{ source: path, destination: isNamed ? destination : path, type: "bind" },
    options: withRbind(words),
  };
}

/** Option words of a bind, which brings the mounts below its source along unless it says that it does not. */
export function withRbind(words: readonly string[]): string[] {
  return words.includes("bind") || words.includes("rbind") ? [...words] : ["rbind", ...words];
}

// Between colons that no backslash is before.
function partsOf(text: string): string[] {
  const parts = [""];
  for (const piece of text.match(/\\[:\\]|[^:\\]+|[:\\]/g) ?? []) {
    if (piece === ":") parts.push("");
    else parts.push(`${parts.pop()}${/^\\[:\\]$/.test(piece) ? piece.slice(1) : piece}`);
  }
  return parts;
}
