import type { AgentStorage } from "../../../mod.ts";
import { type AgentTraits, newest } from "./agent-traits.ts";

// The agent forgets where these are (their devices have no path, in its storage/*.rs), so that they are never counted down.
const uncounted = ["local", "ephemeral", "watchable-bind"];

/**
 * What Kata's agent counts of storages, by their mount points (add_storages, remove_sandbox_storage): it says which ones
 * it does something for, and mounts nothing.
 */
export class AgentStorages {
  /** How many ask for a mount point, and whether the first one of them is `shared`. */
  readonly #counts = new Map<string, { users: number; isShared: boolean }>();
  readonly #watched = new Set<AgentStorage>();
  readonly #keepsShared: boolean;

  constructor({ keepsShared }: Pick<AgentTraits, "keepsShared"> = newest) {
    this.#keepsShared = keepsShared;
  }

  /** Whether the agent mounts it: of those with one mount point that is the first, whatever the others' sources are. */
  add(storage: AgentStorage): boolean {
    const count = this.#counts.get(storage.mountPoint);
    if (count) count.users += 1;
    else
      this.#counts.set(storage.mountPoint, {
        users: 1,
        isShared: this.#keepsShared && (storage.shared ?? false),
      });
    if (!count && storage.driver === "watchable-bind") this.#watched.add(storage);
    return !count;
  }

  /** Whether what is at its mount point goes, when the container goes that brought it. */
  remove(storage: AgentStorage): boolean {
    // The watcher knows the containers of its storages, and deletes their copies; the count does not learn of it.
    if (uncounted.includes(storage.driver)) return this.#watched.delete(storage);
    const count = this.#counts.get(storage.mountPoint);
    if (!count) return false;
    count.users -= 1;
    if (count.users > 0) return false;
    if (count.isShared) count.users = 1;
    else this.#counts.delete(storage.mountPoint);
    return !count.isShared;
  }

  /** The agent could not mount what `add` said it mounts. */
  fail(storage: AgentStorage): void {
    this.#counts.delete(storage.mountPoint);
    this.#watched.delete(storage);
  }

  clear(): void {
    this.#counts.clear();
    this.#watched.clear();
  }
}
