import type { Buffer } from "node:buffer";

/** A directory that an overlay is made of, as it was named when the overlay was mounted. */
export interface LayerPath {
  readonly path: string;
  /** Whether what is written to the overlay gets there. */
  readonly isUpper: boolean;
}

// As the kernel shows them: "lowerdir+" and "datadir+" are those that were given one by one.
const lower = new Set(["lowerdir", "lowerdir+", "datadir+"]);

/** The directories of the overlay that has an id in a mountinfo; empty if it has no such mount. */
export function overlayLayers(mountinfo: Buffer, id: number): LayerPath[] {
  const start = mountinfo.indexOf(`${id} `) === 0 ? 0 : mountinfo.indexOf(`\n${id} `) + 1;
  if (start === 0 && !mountinfo.subarray(0, 24).toString("latin1").startsWith(`${id} `)) return [];
  const newline = mountinfo.indexOf("\n", start);
  const line = mountinfo.toString("utf8", start, newline === -1 ? mountinfo.length : newline);
  const [, , options = ""] = line.slice(line.lastIndexOf(" - ") + 3).split(" ");
  return options.split(",").flatMap(layersOfOption);
}

function layersOfOption(option: string): LayerPath[] {
  const equals = option.indexOf("=");
  const [name, value] = [option.slice(0, equals), option.slice(equals + 1)];
  if (name === "upperdir") return [{ path: withoutOctals(value), isUpper: true }];
  if (!lower.has(name)) return [];
  // A colon of a name stands behind a backslash, which the kernel shows as \134, or as \072.
  const paths = name === "lowerdir" ? value.replaceAll("\\134:", "\\072").split(":") : [value];
  return paths.filter((path) => path !== "").map((path) => ({ path: withoutOctals(path), isUpper: false }));
}

// In options more is escaped than in the fields of mountinfo: each character that would end an option, or a path in one.
function withoutOctals(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
