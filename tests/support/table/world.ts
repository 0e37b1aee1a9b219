import { mkdirSync } from "node:fs";
import type { Mount } from "../../../ffi/mod.ts";
import type { Dice } from "../../campaign/dice.ts";
import { mount, mountTmpfs } from "../mounts.ts";
import { isMachineRoot } from "../namespace.ts";
import type { Scratch } from "../scratch.ts";

/** What there is to share in a sequence of operations, and where else its directories are mounted. */
export interface World {
  /** Directories that a root filesystem may be. */
  readonly roots: readonly string[];
  /** Files and directories, with mounts below them and without. */
  readonly sources: readonly string[];
}

const kinds = ["private", "shared", "slave", "unbindable"] as const;

/** Makes a world at random: mounts of all kinds of propagation, mounts below others, hidden ones, the kernel's own. */
export function makeWorld(scratch: Scratch, dice: Dice): World {
  const tree = scratch.directory("tree");
  const below = scratch.directory("tree/below");
  mountTmpfs(below, dice.oneOf(["mode=0755", "mode=0755,ro,nosuid", "mode=0755,noexec,noatime"]));
  if (!dice.onceIn(2)) changePropagation(dice, below);
  const deep = scratch.directory("tree/deep/er");
  mountTmpfs(deep);
  mountTmpfs(scratch.directory("tree/deep/er/est"));
  if (dice.onceIn(3)) changePropagation(dice, deep);
  if (dice.onceIn(3)) mountTmpfs(scratch.directory("tree/deep"));
  if (dice.onceIn(3)) mount("--bind", "/proc", scratch.directory("tree/proc"));
  const strict = scratch.directory("strict");
  mount("--bind", strict, strict);
  mount("-o", "remount,bind,nosuid,nodev,noexec", strict);
  mountElsewhere(scratch, dice);
  const file = scratch.file("files/one");
  const covered = scratch.file("files/two");
  if (dice.onceIn(2)) mount("--bind", file, covered);
  scratch.directory("plain/inner");
  return {
    roots: [`${scratch.path}/plain`, strict, tree],
    sources: [file, covered, `${scratch.path}/plain`, strict, tree, `${scratch.path}/tree/deep`, below],
  };
}

// Where the directories of sandboxes, and of sources, are mounted once more: as a peer, a slave, or both.
function mountElsewhere(scratch: Scratch, dice: Dice): void {
  for (const [name, what] of [
    ["other-sandboxes", scratch.hostDir],
    ["other-tree", `${scratch.path}/tree`],
    ["other-all", scratch.path],
  ] as const) {
    if (!dice.onceIn(3)) continue;
    const target = scratch.directory(name);
    mount(dice.onceIn(2) ? "--bind" : "--rbind", what, target);
    if (dice.onceIn(2)) continue;
    mount(dice.onceIn(2) ? "--make-slave" : "--make-rslave", target);
    if (dice.onceIn(2)) mount("--make-shared", target);
    if (name === "other-sandboxes" && dice.onceIn(2)) coverSandbox(scratch, target);
  }
}

// What propagates to a sandbox's directory there goes beneath this.
function coverSandbox(scratch: Scratch, otherHostDir: string): void {
  mkdirSync(scratch.inSandbox(), { mode: 0o700 });
  mountTmpfs(`${otherHostDir}/s1`);
}

function changePropagation(dice: Dice, target: string): void {
  mount(`--make-${dice.oneOf(kinds)}`, target);
}

const idmapped = {
  options: ["idmap"],
  uidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
  gidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
};

/** A mount whose source does not exist. */
export const missing: Mount = { source: "/does-not-exist", destination: "/missing", options: ["bind"] };

/** A mount of one of the world's sources, with options at random. */
export function anyMount(dice: Dice, { sources }: World): Mount {
  const source = dice.oneOf(sources);
  const words = ["ro", "nosuid", "rnosuid", "noexec", "rnoatime", "strictatime", "nodiratime"];
  const options = [dice.oneOf(["bind", "rbind"]), ...words.filter(() => dice.onceIn(4))];
  const destination = `/at/${dice.below(100)}${source}`;
  if (!isMachineRoot || !dice.onceIn(8)) return { source, destination, options };
  return { source, destination, ...idmapped, options: [...options, ...idmapped.options] };
}
