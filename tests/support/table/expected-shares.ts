import { existsSync, readdirSync, statSync } from "node:fs";
import type { Attribute, Plan, Step } from "../../../ffi/mod.ts";
import {
  type FoundSandbox,
  type FoundShare,
  type MountTable,
  type PredictedFailure,
  recognise,
} from "../../../table/mod.ts";

interface Expected {
  readonly attributes: readonly Attribute[];
  readonly source: string;
}

/** The shares that plans made, by the plans' own words, to hold what is recognised against. */
export class ExpectedShares {
  readonly #hostDir: string;
  /** By where they are mounted. */
  readonly #shares = new Map<string, Expected>();
  /** Those that could not be unmounted: their users went before. */
  readonly #stuck = new Set<string>();

  constructor(hostDir: string) {
    this.#hostDir = hostDir;
  }

  /** Follows a plan that was performed, of which these steps failed. */
  follow({ steps }: Plan, failures: readonly PredictedFailure[]): void {
    const isAdding = steps.some(({ undo }) => undo.length > 0);
    if (isAdding && failures.length > 0) return;
    for (const [at, step] of steps.entries()) {
      const hasFailed = failures.some((one) => one.step === at);
      if (!hasFailed) this.#followStep(step);
      else if (step.op === "umount") this.#stuck.add(step.target);
    }
  }

  #followStep(step: Step): void {
    if (step.op === "bind" && !this.#shares.has(step.target)) {
      this.#shares.set(step.target, { attributes: step.attributes, source: step.source });
    }
    if (step.op !== "umount") return;
    for (const target of [...this.#shares.keys()]) {
      if (target === step.target || target.startsWith(`${step.target}/`)) this.#shares.delete(target);
    }
  }

  /** What a table shows otherwise. */
  compare(table: MountTable): string[] {
    const found = recognise(table, { hostDir: this.#hostDir, users: this.#users() });
    const wrong = found.flatMap((sandbox) => [
      ...sandbox.others.map(({ target }) => `${target} is not recognised`),
      ...sandbox.shares.flatMap((share) => this.#compareShare(share)),
      // A cleanup of which a step failed may have left the guard alone.
      ...(sandbox.shares.length > 0 ? missingParts(sandbox) : []),
    ]);
    const names = found.flatMap(({ shares }) => shares.map(({ mount }) => mount.target)).sort();
    const expected = [...this.#shares.keys()].sort();
    if (names.join() !== expected.join()) wrong.push(`recognised are ${names}, and not ${expected}`);
    return wrong;
  }

  // Of each share, as the directories of the hubs say.
  #users(): Record<string, string[]> {
    const users: Record<string, string[]> = {};
    for (const id of readdirSync(this.#hostDir)) {
      const hub = `${this.#hostDir}/${id}/mounts`;
      const names = existsSync(`${hub}/.users`) ? readdirSync(`${hub}/.users`) : [];
      for (const name of names) users[`${hub}/${name}`] = readdirSync(`${hub}/.users/${name}`);
    }
    return users;
  }

  #compareShare(share: FoundShare): string[] {
    const { mount, attributes, source, isInView, users, kind, container } = share;
    const expected = this.#shares.get(mount.target);
    const lacking = (expected?.attributes ?? []).filter((word) => !hasWord(attributes, word));
    const wrong = lacking.map((word) => `${mount.target} is not recognised as ${word}`);
    if (!isInView) wrong.push(`${mount.target} is not recognised in the view`);
    if (!isSameFile(source.hostPath, mount.target))
      wrong.push(`${mount.target} is not of ${source.hostPath}`);
    if (kind === "unknown" || (kind === "own" && container === undefined))
      wrong.push(`${mount.target} has no name`);
    if (kind === "together" && !users?.length && !this.#stuck.has(mount.target))
      wrong.push(`${mount.target} has no users`);
    return wrong;
  }
}

function missingParts({ id, guard, hub, view }: FoundSandbox): string[] {
  return Object.entries({ guard, hub, view }).flatMap(([name, mount]) =>
    mount ? [] : [`${id} has no ${name}`],
  );
}

// Access times are one field: what is said last counts, and none of these tests ask for two.
function hasWord(attributes: readonly string[], word: Attribute): boolean {
  const times: readonly string[] = ["noatime", "strictatime", "relatime"];
  const plain = word.startsWith("r") && word !== "ro" && word !== "relatime" ? word.slice(1) : word;
  return times.includes(plain) || attributes.includes(plain);
}

function isSameFile(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  const [left, right] = [statSync(one), statSync(other)];
  return left.dev === right.dev && left.ino === right.ino;
}
