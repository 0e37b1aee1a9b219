import { existsSync, mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { random, type Scratch } from "../support/scratch.ts";
import { attempt, run } from "./attempt.ts";
import type { Dice } from "./dice.ts";

// What others do to a sandbox, and what a killed process leaves of one.

const parts = { guard: [], hub: ["mounts"], view: ["shared"] } as const;
const shares = [`c1-${random}-file`, `c1-${random}-tree`, `c1-${random}-tree/below`, "c1/rootfs"];

/** By a second mount of the same. */
export const boundAgain = "bound again";

const changes: Readonly<Record<string, readonly string[]>> = {
  private: ["mount", "--make-private"],
  shared: ["mount", "--make-shared"],
  slave: ["mount", "--make-slave"],
  unbindable: ["mount", "--make-unbindable"],
  "recursively shared": ["mount", "--make-rshared"],
  "recursively private": ["mount", "--make-rprivate"],
  "read-only": ["mount", "-o", "remount,bind,ro"],
  writable: ["mount", "-o", "remount,bind,rw"],
  "without nosuid": ["mount", "-o", "remount,bind,suid,exec"],
  gone: ["umount", "-n", "-l"],
  covered: ["mount", "-t", "tmpfs", "cover"],
  [boundAgain]: ["mount", "--bind"], // the path is named twice
};
const everywhere = ["--make-rshared", "--make-rprivate", "--make-rslave"];

/** One thing that is done to a sandbox, by its name. */
export interface Damage {
  readonly name: string;
  readonly apply: (scratch: Scratch) => void;
}

/** What somebody does to a part of a sandbox, a share, all mounts, or a directory. */
export function anyDamage(dice: Dice): Damage {
  const kind = dice.below(8);
  if (kind === 0) return ofAll(dice.oneOf(everywhere));
  if (kind === 1)
    return stray(dice.oneOf(["directory", "mounts", "shared"]), dice.oneOf(["file", "directory"]));
  if (kind === 2) return ofShare(dice);
  if (kind === 3)
    return dice.onceIn(3) ? ofHub : ofMark(dice.oneOf(["gone", "empty", ...Object.keys(forged)]));
  const part = dice.oneOf(Object.keys(parts)) as keyof typeof parts;
  const change = dice.oneOf(Object.keys(changes));
  return {
    name: `the ${part} ${change}`,
    apply: (scratch) => {
      const path = scratch.inSandbox(...parts[part]);
      run([...(changes[change] ?? []), path, ...(change === boundAgain ? [path] : [])]);
    },
  };
}

/** The hub says nothing of it: what is shared then fails. */
export const readOnlyHub = "the hub's filesystem read-only";
/** Shares that are in the hub are not in the view any more: nobody looks at each of them there. */
export const isHiding = ({ name }: Damage): boolean =>
  /^shared\/.*(?:gone|covered)$/.test(name) || name === `the view ${boundAgain}`;

// Of the others the filesystem is the one in which tests are.
const ofHub: Damage = {
  name: readOnlyHub,
  apply: (scratch) => run(["mount", "-o", "remount,ro", scratch.inSandbox("mounts")]),
};

/** The mark of a sandbox that is somewhere else, as far as anybody can know. */
export const foreignMark = "the mark of another namespace";

// What a mark says that nobody of ours wrote. The boot of the second one is this one's, as far as can be known.
const forged: Readonly<Record<string, object>> = {
  "of another boot": { boot: "another" },
  "of another namespace": { boot: "" },
};

function ofMark(change: string): Damage {
  const said = { inode: 1, userInode: 1, process: 1, started: 1, ...forged[change], forged: true };
  return {
    name: `the mark ${change}`,
    apply: (scratch) => {
      const mark = scratch.inSandbox("namespace");
      if (!existsSync(mark)) return;
      attempt(() => unlinkSync(mark));
      if (change !== "gone")
        attempt(() => writeFileSync(mark, change === "empty" ? "" : JSON.stringify(said)));
    },
  };
}

function ofAll(how: string): Damage {
  return { name: `mount ${how} /`, apply: () => run(["mount", how, "/"]) };
}

function ofShare(dice: Dice): Damage {
  const place = dice.oneOf(["mounts", "shared"]);
  const share = dice.oneOf(shares);
  const change = dice.oneOf(["private", "shared", "gone", "covered"]);
  const path = (scratch: Scratch) => scratch.inSandbox(place, share);
  return {
    name: `${place}/${share} ${change}`,
    apply: (scratch) => run([...(changes[change] ?? []), path(scratch)]),
  };
}

/** What is called so is nobody's. */
export const strayName = (place: string): string[] => (place === "directory" ? ["stray"] : [place, "stray"]);

// With content, so that it cannot be taken for a placeholder.
function stray(place: string, kind: string): Damage {
  return {
    name: `a stray ${kind} in ${place}`,
    apply: (scratch) => {
      const path = scratch.inSandbox(...strayName(place));
      attempt(() =>
        kind === "file" ? writeFileSync(path, "not ours") : mkdirSync(`${path}/inner`, { recursive: true }),
      );
    },
  };
}
