import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { stateOfTable } from "../../link/state.ts";
import { type MountEntry, readMountinfo } from "../../table/mod.ts";
import type { Io } from "../io.ts";
import { linkTo } from "./page-address.ts";

/** The address of the page with the mounts of sandboxes, by their directories. Undefined if there is nothing to draw, which is said. */
export async function linkToSandboxes(
  io: Io,
  page: string,
  directories: readonly string[],
): Promise<string | undefined> {
  const table = tableTextOf(readFileSync("/proc/self/mountinfo"), new Set(directories));
  if (table !== "") return linkTo(io, page, stateOfTable(table));
  io.stderr.write("Nothing of it is mounted here: the page has nothing to draw.\n");
  return undefined;
}

interface Line {
  readonly text: string;
  readonly mount: MountEntry;
}

/**
 * The lines of a mountinfo from which the page tells what sandboxes share: their mounts, what those are of, who gets copies of them,
 * and what all of them are mounted on. Nobody needs to send more of a host.
 */
export function tableTextOf(mountinfo: Uint8Array, directories: ReadonlySet<string>): string {
  const lines = linesOf(mountinfo);
  const own = new Set(lines.filter(({ mount }) => pathsTo(mount.target).some((one) => directories.has(one))));
  const sources = new Set<string>();
  const groups = new Set<number>();
  for (const { mount } of own) {
    for (const above of pathsTo(mount.root)) sources.add(`${mount.device} ${above}`);
    if (mount.peerGroup !== 0) groups.add(mount.peerGroup);
  }
  const isOfThem = ({ device, root, peerGroup, master }: MountEntry) =>
    sources.has(`${device} ${root}`) || groups.has(peerGroup) || groups.has(master);
  const kept = new Set(lines.filter((line) => own.has(line) || isOfThem(line.mount)));
  const byId = new Map(lines.map((line) => [line.mount.id, line]));
  // What is added is looked at, too.
  for (const { mount } of kept) {
    const below = byId.get(mount.parent);
    if (below) kept.add(below);
  }
  return lines.map((line) => (kept.has(line) ? `${line.text}\n` : "")).join("");
}

// A name in it may have any bytes.
function linesOf(mountinfo: Uint8Array): Line[] {
  const texts = Buffer.from(mountinfo).toString("latin1").split("\n");
  return texts.flatMap((latin) => {
    const bytes = Buffer.from(latin, "latin1");
    const [mount] = readMountinfo(bytes).mounts;
    return mount ? { text: bytes.toString(), mount } : [];
  });
}

// A path and those above it.
function pathsTo(path: string): string[] {
  const ends = Array.from(path.matchAll(/(?<=.)(?:\/|$)/gs), ({ index }) => path.slice(0, index));
  return ["/", ...ends];
}
