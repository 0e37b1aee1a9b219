import type { Container } from "../../../ffi/mod.ts";
import type { Dice } from "../../campaign/dice.ts";
import type { AnyCall } from "./call.ts";
import { anyMount, missing, type World } from "./world.ts";

/** A share of one file that can be unshared again. */
export interface SharedOne {
  readonly sandbox: string;
  readonly container: string;
  readonly hostPath: string;
}

/** Chooses operations at random. */
export class RandomCalls {
  readonly #dice: Dice;
  readonly #world: World;
  #count = 0;

  constructor(dice: Dice, world: World) {
    this.#dice = dice;
    this.#world = world;
  }

  /** An operation on a sandbox of which some files were shared. */
  next(sandbox: string, shared: readonly SharedOne[]): AnyCall {
    const dice = this.#dice;
    const id = dice.oneOf(["c1", "c2", "c3"]);
    const root = { id, rootFs: { target: dice.oneOf(this.#world.roots), options: this.#rootOptions() } };
    const kinds: readonly (() => AnyCall)[] = [
      () => ["prepare"],
      () => dice.oneOf<AnyCall>([["cleanup"], ["cleanup", { revoke: true }], ["prepare"], ["prepare"]]),
      () => ["shareFile", { id }, this.#mount(), { random: this.#random() }],
      () => ["shareFile", { id }, this.#mount(), { random: this.#random(), together: true }],
      () => this.#unsharing(shared.filter((one) => one.sandbox === sandbox)),
      () => ["shareRootFilesystem", root],
      () => ["unshareRootFilesystem", root],
      () => this.#container(root),
      () => this.#container(root),
      () => ["unshareContainer", { id }],
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

  #container(root: Container): AnyCall {
    const mounts = Array.from({ length: 1 + this.#dice.below(4) }, () => this.#mount());
    return ["shareContainer", { ...root, mounts }, { random: mounts.map(() => this.#random()) }];
  }

  #unsharing(shared: readonly SharedOne[]): AnyCall {
    if (shared.length === 0) return ["prepare"];
    const { container, hostPath } = this.#dice.oneOf(shared);
    return ["unshareFile", { id: container }, { source: "/x", destination: "/x", hostPath }];
  }
}
