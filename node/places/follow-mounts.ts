import { release } from "node:os";
import { followSandboxes } from "../../ffi/mod.ts";

// Many come and go at once: they are said together.
const EVERY_MS = 250;

/** Hears of mounts that came and went in a sandbox's directory. */
export type OnMounts = (directory: string, attached: number, detached: number) => void;

/** Whether this kernel reports mounts (Linux 6.15): to read the whole table again and again would cost more than it gives. */
export function reportsMounts(): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(release()) ?? []).map(Number);
  return major > 6 || (major === 6 && minor >= 15);
}

/** Follows the mounts in directories of sandboxes, each once. */
export class MountFollower {
  readonly #onMounts: OnMounts;
  readonly #followed = new Set<string>();

  constructor(onMounts: OnMounts) {
    this.#onMounts = onMounts;
  }

  /** Follows these from now on. What cannot be followed is seen by the next look. */
  follow(directories: readonly string[]): void {
    for (const hostDir of directories) {
      if (this.#followed.has(hostDir)) continue;
      this.#followed.add(hostDir);
      void this.#run(hostDir).catch(() => this.#followed.delete(hostDir));
    }
  }

  async #run(hostDir: string): Promise<void> {
    let counts = new Map<string, { attached: number; detached: number }>();
    const timer = setInterval(() => {
      const said = counts;
      counts = new Map();
      for (const [directory, { attached, detached }] of said) this.#onMounts(directory, attached, detached);
    }, EVERY_MS);
    try {
      for await (const change of followSandboxes({ hostDir, intervalMs: EVERY_MS })) {
        if (change.kind === "looked" || !change.mount) continue;
        const [name = ""] = change.mount.target.slice(hostDir.length + 1).split("/", 1);
        const directory = `${hostDir}/${name}`;
        const count = counts.get(directory) ?? { attached: 0, detached: 0 };
        count[change.kind] += 1;
        counts.set(directory, count);
      }
    } finally {
      clearInterval(timer);
    }
  }
}
