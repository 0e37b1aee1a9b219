import type { AgentStorage } from "../../../ffi/mod.ts";
import { StorageKeeper } from "../../support/agent/played/storage-keeper.ts";
import type { Guest } from "./guest.ts";
import { GuestHands } from "./guest-hands.ts";

/** Plays Kata's agent: does in the guest what the agent does with the storages that it is sent, and knows nothing else. */
export class Agent {
  readonly #hands: GuestHands;
  readonly #storages: StorageKeeper;

  /** `deviceTimeoutMs` is how long it waits for a device. */
  constructor(guest: Guest, options: { deviceTimeoutMs?: number } = {}) {
    this.#hands = new GuestHands(guest, options);
    this.#storages = new StorageKeeper(this.#hands);
  }

  /** Mounts what a request brings, in order. A place that is in use already is only counted. */
  add(storages: readonly AgentStorage[]): Promise<void> {
    return this.#storages.add(storages);
  }

  /** Unmounts what nobody uses any more, the last first, as when a container ends. */
  remove(storages: readonly AgentStorage[]): Promise<void> {
    return this.#storages.remove(storages);
  }

  /** Unmounts all that it mounted, however far it came. */
  async forget(): Promise<void> {
    await this.#hands.unmountAll();
    this.#storages.clear();
  }
}
