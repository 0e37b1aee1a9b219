import { EmbeddedGuest, type EmbeddedGuestOptions } from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";
import { commandHere, terminalHere } from "./command-here.ts";
import type { CommandResult } from "./run-command.ts";

/** A guest in this process, for a command that copies to it. */
export class GuestPlace {
  /** What stands for the directory of shares in the guest. */
  readonly directory: string;
  /** The options that name its agent. */
  readonly words: readonly string[];
  readonly #guest: EmbeddedGuest;

  private constructor(directory: string, guest: EmbeddedGuest) {
    this.directory = directory;
    this.#guest = guest;
    this.words = ["--agent", guest.address, "--id", "s1"];
  }

  static async open(scratch: Scratch, options: EmbeddedGuestOptions = {}): Promise<GuestPlace> {
    const directory = scratch.directory("guest");
    const socket = `${scratch.path}/agent.sock`;
    return new GuestPlace(directory, await EmbeddedGuest.serve(directory, socket, { libc, ...options }));
  }

  /** Runs a command in this process to its end, as in a pipe or in a terminal. */
  run(words: readonly string[], where: "pipe" | "terminal" = "pipe"): Promise<CommandResult> {
    const run = where === "pipe" ? commandHere : terminalHere;
    return run([...words, ...this.words]);
  }

  close(): Promise<void> {
    return this.#guest.close();
  }
}
