import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Plan, Step } from "../../mod.ts";
import { readMountinfo } from "../../table/mod.ts";
import { type Change, changeOf } from "./planned.ts";

/** What this machine has of the things that steps make, without a call that takes privileges. */
export class StepLook {
  readonly #mounted: ReadonlySet<string>;

  constructor() {
    const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
    this.#mounted = new Set(mounts.map(({ target }) => target));
  }

  /** What each step of a plan would do now. */
  changesOf({ directory, steps }: Plan): Change[] {
    const inTable = tablePath(directory);
    const real = (path: string) =>
      path === directory || path.startsWith(`${directory}/`) ? inTable + path.slice(directory.length) : path;
    return steps.map((step) => (this.#isDone(step, real) ? "unchanged" : changeOf(step)));
  }

  #isDone(step: Step, real: (path: string) => string): boolean {
    switch (step.op) {
      case "mkdir":
      case "mark":
      case "use":
        return isThere(step.path);
      case "guard":
      case "hub":
      case "view":
      case "bind":
        return this.#mounted.has(real(step.target));
      case "umount":
        return !this.#mounted.has(real(step.target));
      case "remove":
      case "unuse":
        return !isThere(step.path);
      case "copy":
      case "rafsMount":
      case "rafsUmount":
        return false;
    }
  }
}

// The table has paths without links.
function tablePath(directory: string): string {
  try {
    return join(realpathSync(dirname(directory)), basename(directory));
  } catch {
    return directory;
  }
}

// Where this user may not look, it is taken for missing.
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
