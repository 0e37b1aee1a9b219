import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import type { Agent, CopyFileRequest } from "../../../ffi/agent/agent.ts";
import { connectAgent } from "../../../ffi/agent/ttrpc-agent.ts";
import { copyTree } from "../../../ffi/copy/copy-tree.ts";
import type { CopyResult } from "../../../ffi/copy/ledger.ts";
import type { CopyOptions } from "../../../ffi/copy/options.ts";
import { EmbeddedGuest } from "../../../ffi/guest/embedded-guest.ts";
import type { EmbeddedGuestOptions } from "../../../ffi/guest/options.ts";
import { type Host, hostOf } from "../../../ffi/linux/host.ts";
import { libc } from "../runtimes.ts";
import { openFiles } from "../state.ts";

/** Where the guest's shares are for its agent. */
export const shareDir = "/run/kata-containers/shared/containers";

/** This machine. */
export const host: Host = hostOf(libc);

/** A place for one test: a source, a guest's directory, and guests that write into it. */
export class CopyPlace {
  readonly path: string;
  /** What is copied, unless the test says something else. */
  readonly source: string;
  /** What stands for the shared directory. */
  readonly guestDirectory: string;
  #count = 0;

  constructor(path: string) {
    this.path = path;
    this.source = join(path, "source");
    this.guestDirectory = join(path, "guest");
    mkdirSync(this.source);
    mkdirSync(this.guestDirectory);
  }

  /** Makes the guest's directory empty. */
  empty(): void {
    execFileSync("rm", ["-rf", this.guestDirectory]);
    mkdirSync(this.guestDirectory);
  }

  /** Where a copy arrives. */
  arrived(name = "c1"): string {
    return join(this.guestDirectory, name);
  }

  /** Runs something with a guest and an agent that is connected to it. */
  async with<T>(
    options: EmbeddedGuestOptions,
    use: (agent: Agent, guest: EmbeddedGuest) => Promise<T>,
  ): Promise<T> {
    this.#count += 1;
    const socket = join(this.path, `agent-${this.#count}.sock`);
    const guest = await EmbeddedGuest.serve(this.guestDirectory, socket, { libc, ...options });
    const agent = await connectAgent(`unix://${socket}`, { timeoutMs: 60_000, callTimeoutMs: 60_000 });
    try {
      return await use(agent, guest);
    } finally {
      await agent.close();
      await guest.close();
    }
  }

  /** Copies the source to "c1" in a guest of its own; gives what came of it and what the guest was asked. */
  async copy(
    options: CopyOptions = {},
    guestOptions: EmbeddedGuestOptions = {},
    { source = this.source, name = "c1" }: { source?: string; name?: string } = {},
  ): Promise<CopyResult & { requests: CopyFileRequest[] }> {
    const requests: CopyFileRequest[] = [];
    const onRequest: EmbeddedGuestOptions["onRequest"] = (request, index) => {
      requests.push({ ...request, data: request.data.slice(0, 4096) });
      return guestOptions.onRequest?.(request, index);
    };
    const result = await this.with({ ...guestOptions, onRequest }, (agent) =>
      copyTree(host, source, `${shareDir}/${name}`, agent, options),
    );
    return { ...result, requests };
  }
}

type CopyBody = (place: CopyPlace) => Promise<void>;

/** A test with a place of its own. No descriptor may be left open. */
export function copyTest(name: string, body: CopyBody): void {
  test(name, async () => {
    const path = realpathSync(mkdtempSync(join(tmpdir(), "guestshare-copy-")));
    try {
      await body(new CopyPlace(path));
      const left = openFiles().filter((file) => file.startsWith(path));
      assert.deepEqual(left, [], "descriptors were left open");
    } finally {
      execFileSync("rm", ["-rf", path]); // paths may be too long for Node
    }
  });
}

/** Reasons by path, without the path of the source. */
export function reasonsOf(notes: CopyResult["skipped" | "warnings"], source: string): string[] {
  const short = (path: string) => (path === source ? "." : path.slice(source.length + 1));
  return notes.map(({ path, reason }) => `${short(path)}: ${reason}`).sort();
}

/** Makes the directories above a path. */
export function makeAbove(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
