import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { FilesystemShare, type FilesystemShareOptions, type Sandbox } from "../../ffi/mod.ts";
import { killLeftovers } from "./child.ts";
import { mountsBelow, mountTmpfs, unmount } from "./mounts.ts";
import { requireOwnNamespace } from "./namespace.ts";
import { mountTable, openFiles } from "./state.ts";

/** The 16 digits with which tests name their shares. */
export const random: string = "0123456789abcdef";

/** A directory of a test's own, on a tmpfs of its own, with a place for sandboxes. */
export class Scratch {
  readonly path: string;
  /** Where sandboxes are. */
  readonly hostDir: string;

  constructor(path: string) {
    this.path = path;
    this.hostDir = join(path, "sandboxes");
    mkdirSync(this.hostDir);
  }

  /** A file with this content; its path. Missing directories are made. */
  file(name: string, content: string = name, mode = 0o644): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  /** A directory; its path. */
  directory(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  sandbox(overrides: Partial<Sandbox> = {}): Sandbox {
    return { id: "s1", hostDir: this.hostDir, guestDir: "/guest", ...overrides };
  }

  share(overrides: Partial<Sandbox> = {}, options: FilesystemShareOptions = {}): FilesystemShare {
    return new FilesystemShare(this.sandbox(overrides), options);
  }

  /** Where something in the sandbox's directory is: `scratch.inSandbox("mounts", name)`. */
  inSandbox(...names: string[]): string {
    return join(this.hostDir, "s1", ...names);
  }

  /** A share's path in the hub. */
  hub(name: string): string {
    return this.inSandbox("mounts", name);
  }

  /** A share's path as the guest reads it. */
  view(name: string): string {
    return this.inSandbox("shared", name);
  }
}

/** Options of a test; `skip` says why it cannot run here. */
export interface MountTestOptions {
  readonly skip?: string | false;
}

// What a test that waits for ever has started is ended, so that it fails, and the others run.
const LONGEST_MS = 1_200_000;

/**
 * A test with a scratch directory. When it ends, no descriptor of this process may lead there, and no mount outside may
 * have changed.
 */
export function mountTest(
  name: string,
  body: (scratch: Scratch) => void | Promise<void>,
  { skip = false }: MountTestOptions = {},
): void {
  if (skip !== false) console.log(`SKIPPED: ${name}: ${skip}`);
  test(name, { skip }, async () => {
    requireOwnNamespace();
    const before = mountTable();
    const path = realpathSync(mkdtempSync(join(tmpdir(), "guestshare-test-")));
    mountTmpfs(path);
    const watchdog = setTimeout(() => void killLeftovers(), LONGEST_MS);
    try {
      await body(new Scratch(path));
      const left = openFiles().filter((file) => file.startsWith(path));
      assert.deepEqual(left, [], "descriptors were left open");
    } finally {
      clearTimeout(watchdog);
      await killLeftovers();
      for (const _ of mountsBelow(path).filter(({ point }) => point === path)) unmount(path);
      rmdirSync(path);
    }
    assert.deepEqual(mountTable(), before, "mounts outside the test's directory changed");
  });
}
