import type { AgentStorage } from "../../../../ffi/mod.ts";
import { type AgentTraits, newest } from "../agent-traits.ts";
import { AgentStorages } from "../storages.ts";
import type { StorageHands } from "./machine.ts";

/** Storages that are mounted and unmounted as their users come and go, by the agent's count of them. */
export class StorageKeeper {
  readonly #hands: StorageHands;
  readonly #storages: AgentStorages;

  constructor(hands: StorageHands, traits: Pick<AgentTraits, "keepsShared"> = newest) {
    this.#hands = hands;
    this.#storages = new AgentStorages(traits);
  }

  /** Mounts what a request brings, in order. A place that is in use already is only counted. */
  async add(storages: readonly AgentStorage[]): Promise<void> {
    for (const storage of storages) {
      if (!this.#storages.add(storage)) continue;
      try {
        await this.#hands.mount(storage);
      } catch (error) {
        this.#storages.fail(storage);
        throw error;
      }
    }
  }

  /** Unmounts what nobody uses any more, the last first, as when a container ends. */
  async remove(storages: readonly AgentStorage[]): Promise<void> {
    for (const storage of storages.toReversed())
      if (this.#storages.remove(storage)) await this.#hands.unmount(storage);
  }

  /** Knows of none any more. */
  clear(): void {
    this.#storages.clear();
  }
}
