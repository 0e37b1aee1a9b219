import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { mountsBelow, mountTmpfs } from "../../support/mounts.ts";
import type { Scratch } from "../../support/scratch.ts";

/** Files of the host that no guest has any business with, and mounts among them. */
export class Outside {
  readonly path: string;
  readonly #before: readonly string[];

  constructor(scratch: Scratch) {
    this.path = scratch.directory("outside");
    scratch.file("outside/secret");
    for (const mounted of ["mount", "rootfs", "c1", "c2"]) {
      mountTmpfs(scratch.directory(`outside/${mounted}`));
      scratch.file(`outside/${mounted}/secret`);
      scratch.file(`outside/${mounted}/rootfs/secret`);
    }
    this.#before = this.#state();
  }

  /** Nothing of it has changed: not a byte, not a time, not a mount. What was made and is gone again shows too. */
  assertUntouched(): void {
    assert.deepEqual(this.#state(), this.#before, "the host's own files changed");
  }

  #state(): string[] {
    const mounts = mountsBelow(this.path).map((mount) => Object.values(mount).join(" "));
    return [...linesOf(this.path), ...mounts];
  }
}

function linesOf(path: string): string[] {
  const { ino, mode, uid, gid, nlink, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
  const line = [path, ino, mode, uid, gid, nlink, mtimeNs, ctimeNs].join(" ");
  const stat = lstatSync(path);
  if (stat.isDirectory()) {
    const names = readdirSync(path).sort();
    return [line, ...names.flatMap((name) => linesOf(join(path, name)))];
  }
  return [`${line} ${stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, "latin1")}`];
}
