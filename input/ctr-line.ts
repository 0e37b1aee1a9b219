import type { RootFs } from "../wasm/types.ts";
import { type FormatCode, FormatError } from "./format-error.ts";

const START = "mount -t ";
const BEFORE_OPTIONS = " -o ";

/** Reads the mounts that `ctr snapshots mounts` prints, one a line. Empty lines are skipped. */
export function readCtrLines(text: string): RootFs[] {
  const lines = text.split(/\r?\n/);
  const mounts = lines.flatMap((line, at) => (line.trim() === "" ? [] : [readLine(line, at + 1)]));
  if (mounts.length === 0) throw new FormatError({ ...whole, code: "no-mounts", subject: "" });
  return mounts;
}

const whole = { format: "containerd mount", path: "" } as const;

function refuse(code: FormatCode, text: string, line: number, at: number): never {
  throw new FormatError({ ...whole, code, subject: text.slice(at), line, column: at + 1 });
}

// containerd prints the four parts with spaces between them, and quotes nothing.
function readLine(text: string, line: number): RootFs {
  if (!text.startsWith(START)) return refuse("not-a-mount-line", text, line, 0);
  const typeEnd = text.indexOf(" ", START.length);
  const padded = text.endsWith(BEFORE_OPTIONS.trimEnd()) ? `${text} ` : text;
  const optionsAt = padded.indexOf(BEFORE_OPTIONS, typeEnd);
  if (typeEnd < 0 || optionsAt < 0) return refuse("not-a-mount-line", text, line, 0);
  const next = padded.indexOf(BEFORE_OPTIONS, optionsAt + 1);
  if (next >= 0) return refuse("several-readings", text, line, next + 1);
  const from = typeEnd + 1;
  const space = spaceBetween(text.slice(from, optionsAt)) ?? refuse("several-readings", text, line, from);
  if (space < 0) return refuse("not-a-mount-line", text, line, 0);
  const start = optionsAt + BEFORE_OPTIONS.length;
  return {
    source: text.slice(from, from + space),
    target: text.slice(from + space + 1, optionsAt),
    type: text.slice(START.length, typeEnd),
    options: splitOptions(padded.slice(start)) ?? refuse("several-readings", text, line, start),
  };
}

// The index of the space between two paths. If the paths contain spaces, the second has to be absolute. -1 if there is only one
// path, undefined if there are several readings.
function spaceBetween(paths: string): number | undefined {
  const mark = paths.indexOf(" ") === paths.lastIndexOf(" ") ? " " : " /";
  const space = paths.indexOf(mark);
  return space === paths.lastIndexOf(mark) && (space >= 0 || mark === " ") ? space : undefined;
}

// Splits options as mount(8) and overlayfs do: not at a comma in double quotes (SELinux contexts have some), nor after a backslash.
function splitOptions(text: string): string[] | undefined {
  const options: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) {
      options.push(text.slice(from, at));
      from = at + 1;
    }
  }
  if (isQuoted) return undefined;
  return text === "" ? [] : [...options, text.slice(from)];
}

/**
 * The line that `ctr snapshots mounts` prints for the mount of a root filesystem. `rootFsOf` reads such lines.
 *
 * @throws {FormatError} if the line would be read as another mount, such as one with a comma in an option.
 *
 * @example
 * ```ts
 * import { ctrLine } from "guestshare";
 *
 * console.log(ctrLine({ type: "bind", source: "/srv/a", target: "/run/c1/rootfs", options: ["rbind", "ro"] }));
 * // mount -t bind /srv/a /run/c1/rootfs -o rbind,ro
 * ```
 */
export function ctrLine({ source = "", target = "rootfs", type = "", options = [] }: RootFs): string {
  const line = `${START}${type} ${source} ${target}${BEFORE_OPTIONS}${options.join(",")}`;
  const mount = { source, target, type, options };
  if (!isReadAs(line, mount)) throw new FormatError({ ...whole, code: "unprintable", subject: line });
  return line;
}

function isReadAs(line: string, mount: RootFs): boolean {
  try {
    return JSON.stringify(readCtrLines(line)) === JSON.stringify([mount]);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
