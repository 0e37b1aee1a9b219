import type { Dice } from "../../campaign/dice.ts";
import {
  cleaning,
  type PlannedOperation,
  preparing,
  revoking,
  sharingContainer,
  sharingFile,
  sharingRoot,
  sharingTogether,
  unsharingContainer,
  unsharingFile,
  unsharingRoot,
} from "./planned-operation.ts";
import { anyMount, missing, type World } from "./world.ts";

/** A share of one file that can be unshared again. */
export interface SharedOne {
  readonly sandbox: string;
  readonly container: string;
  readonly hostPath: string;
}

/** Chooses operations at random. */
export class AnyOperation {
  readonly #dice: Dice;
  readonly #world: World;
  #count = 0;

  constructor(dice: Dice, world: World) {
    this.#dice = dice;
    this.#world = world;
  }

  /** An operation on a sandbox of which some files were shared. */
  next(sandbox: string, shared: readonly SharedOne[]): PlannedOperation {
    const dice = this.#dice;
    const id = dice.oneOf(["c1", "c2", "c3"]);
    const root = { id, rootFs: { target: dice.oneOf(this.#world.roots), options: this.#rootOptions() } };
    const kinds: readonly (() => PlannedOperation)[] = [
      () => preparing,
      () => dice.oneOf([cleaning, revoking, preparing, preparing]),
      () => sharingFile(id, this.#mount(), this.#random()),
      () => sharingTogether(id, this.#mount(), this.#random()),
      () => this.#unsharing(shared.filter((one) => one.sandbox === sandbox)),
      () => sharingRoot(root),
      () => unsharingRoot(root),
      () => this.#container(root),
      () => this.#container(root),
      () => unsharingContainer(id),
    ];
    return dice.oneOf(kinds)();
  }

  #rootOptions(): string[] {
    return this.#dice.oneOf([["rbind"], ["rbind", "ro"], ["bind", "nosuid"]]);
  }

  #mount() {
    return this.#dice.onceIn(10) ? missing : anyMount(this.#dice, this.#world);
  }

  #random(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(16, "0");
  }

  #container(root: Parameters<typeof sharingRoot>[0]): PlannedOperation {
    const mounts = Array.from({ length: 1 + this.#dice.below(4) }, () => this.#mount());
    const random = mounts.map(() => this.#random());
    return sharingContainer({ ...root, mounts }, random);
  }

  #unsharing(shared: readonly SharedOne[]): PlannedOperation {
    if (shared.length === 0) return preparing;
    const { container, hostPath } = this.#dice.oneOf(shared);
    return unsharingFile(container, { source: "/x", destination: "/x", hostPath });
  }
}
