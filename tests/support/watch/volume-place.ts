import assert from "node:assert/strict";
import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CopyFileRequest } from "../../../ffi/agent/agent.ts";
import { AgentError } from "../../../ffi/agent/agent-error.ts";
import type { CopyOptions } from "../../../ffi/copy/options.ts";
import { writeCopied } from "../../../ffi/guest/copy-rules.ts";
import { type Generation, traits } from "../../../ffi/guest/generation.ts";
import { GuestCalls } from "../../../ffi/guest/guest-calls.ts";
import { hostOf } from "../../../ffi/linux/host.ts";
import type { Libc } from "../../../ffi/linux/libc.ts";
import { Volume } from "../../../ffi/watch/volume.ts";
import { type CopyPlace, copyTest, shareDir } from "../copy/place.ts";
import { libc } from "../runtimes.ts";
import { KubeletVolume, readVolume } from "./kubelet-volume.ts";

/** A volume and its guest without a watch or a connection: whoever tests does each step, and interrupts it where he likes. */
export class VolumePlace {
  readonly kubelet: KubeletVolume;
  readonly volume: Volume;
  /** Is called before each of our calls to the kernel, but the guest's. */
  onCall: () => void = () => {};
  /** Is called when a request was done; what it throws is the answer. */
  onAnswer: (request: CopyFileRequest) => void = () => {};
  readonly #arrived: string;

  constructor(place: CopyPlace, sys: GuestCalls, root: number, name: string, options: VolumeOptions) {
    const { generation = "4.0", wrap = (libc) => libc, ...copy } = options;
    const wrapped = wrap(libc);
    const call: Libc["call"] = (...args) => {
      this.onCall();
      return wrapped.call(...args);
    };
    const copyFile = async (request: CopyFileRequest) => {
      await new Promise((resolve) => setImmediate(resolve));
      try {
        writeCopied({ sys, root, shareDir, traits: traits[generation] }, request);
      } catch (error) {
        throw refusal(request, String(error));
      }
      this.assertWhole();
      this.onAnswer(request);
    };
    const close = async () => {};
    const agent: Agent = { copyFile, close, [Symbol.asyncDispose]: close };
    this.kubelet = new KubeletVolume(join(place.source, name));
    this.#arrived = place.arrived(name);
    const paths = { source: this.kubelet.path, guestPath: `${shareDir}/${name}` };
    this.volume = new Volume(hostOf({ name: libc.name, call }), paths, agent, copy);
  }

  /** Whether the guest reads what the host has. */
  get isEqual(): boolean {
    return JSON.stringify(readVolume(this.#arrived)) === JSON.stringify(readVolume(this.kubelet.path));
  }

  assertEqual(message: string): void {
    assert.deepEqual(readVolume(this.#arrived), readVolume(this.kubelet.path), message);
  }

  /** What a reader in the guest finds by a key. */
  inGuest(key: string): Stats {
    return statSync(join(this.#arrived, key));
  }

  /** The guest has every key that the host has. */
  assertSameNames(): void {
    const namesIn = (path: string) =>
      readdirSync(path)
        .filter((name) => !name.startsWith(".."))
        .sort();
    assert.deepEqual(namesIn(this.#arrived), namesIn(this.kubelet.path));
  }

  /** All that is read through `..data` has the same version, if it has one at all. */
  assertWhole(): void {
    const versions = new Set(
      Object.values(readVolume(this.#arrived) ?? {}).map((text) => text.split(" ")[0]),
    );
    assert.ok(versions.size <= 1, `the guest sees versions ${[...versions].join(" and ")}`);
  }
}

/** What an agent says that could not do it. */
export function refusal({ path }: CopyFileRequest, reason: string, status = 13): AgentError {
  const code = status === 7 ? "PERMISSION_DENIED" : "INTERNAL";
  return new AgentError({ request: "copyFile", path, trouble: "status", status, code, reason, sent: "all" });
}

/** How a volume is copied, and by whom. */
export interface VolumeOptions extends CopyOptions {
  readonly generation?: Generation;
  /** The host's calls, made otherwise. */
  readonly wrap?: (libc: Libc) => Libc;
}

/** A test that makes volumes of its own. */
export function volumeTest(
  name: string,
  body: (make: (options?: VolumeOptions) => VolumePlace) => Promise<void>,
): void {
  copyTest(name, async (place) => {
    const sys = new GuestCalls(libc);
    const root = sys.openPath(place.guestDirectory);
    let count = 0;
    try {
      await body((options = {}) => new VolumePlace(place, sys, root, `v${++count}`, options));
    } finally {
      sys.close(root);
    }
  });
}
