import { lstatSync, readFileSync } from "node:fs";
import type { Plan, Step } from "../../mod.ts";
import { readMountinfo } from "../../table/mod.ts";
import { type Change, changeOf } from "./planned.ts";
import { realDirectory } from "./real-paths.ts";
import { isWithin } from "./within.ts";

/** Gives the path that the mount table has for a path of a plan. */
type TablePath = (path: string) => string;

/**
 * What this machine has of the things that steps make, as it is after the plans that were looked at before. No call takes
 * privileges.
 */
export class StepLook {
  readonly #mounted: Set<string>;
  /** Whether a file is there that a step made or removed. */
  readonly #files = new Map<string, boolean>();
  /** The hubs that a step unmounted: their files went with them. */
  readonly #unmountedHubs = new Set<string>();

  constructor() {
    const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
    this.#mounted = new Set(mounts.map(({ target }) => target));
  }

  /** What each step of a plan would do, once the plans before it are obeyed. */
  changesOf({ directory, steps }: Plan): Change[] {
    const inTable = realDirectory(directory);
    const real: TablePath = (path) =>
      isWithin(path, directory) ? inTable + path.slice(directory.length) : path;
    return steps.map((step) => {
      const change = this.#isDone(step, real) ? "unchanged" : changeOf(step);
      this.#follow(step, directory, real);
      return change;
    });
  }

  #isDone(step: Step, real: TablePath): boolean {
    switch (step.op) {
      case "mkdir":
      case "mark":
      case "use":
        return this.#isThere(step.path);
      case "guard":
      case "hub":
      case "view":
      case "bind":
        return this.#mounted.has(real(step.target));
      case "umount":
        return !this.#mounted.has(real(step.target));
      case "remove":
      case "unuse":
        return !this.#isThere(step.path);
      case "copy":
      case "rafsMount":
      case "rafsUmount":
        return false;
    }
  }

  #isThere(path: string): boolean {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    for (const hub of this.#unmountedHubs) if (path.startsWith(`${hub}/`)) return false;
    return isThere(path);
  }

  #follow(step: Step, directory: string, real: TablePath): void {
    if (step.op === "umount") this.#unmount(step.target, directory, real);
    else if ("path" in step) this.#files.set(step.path, changeOf(step) === "add");
    else if ("target" in step) this.#mounted.add(real(step.target));
  }

  // With the guard, the hub or the view goes what is mounted in it.
  #unmount(target: string, directory: string, real: TablePath): void {
    const place = real(target);
    this.#mounted.delete(place);
    const hub = `${directory}/mounts`;
    if (![directory, hub, `${directory}/shared`].includes(target)) return;
    for (const one of this.#mounted) if (isWithin(one, place)) this.#mounted.delete(one);
    if (target !== hub) return;
    this.#unmountedHubs.add(hub);
    for (const path of this.#files.keys()) if (path.startsWith(`${hub}/`)) this.#files.delete(path);
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
