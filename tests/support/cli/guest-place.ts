import { EmbeddedGuest, type EmbeddedGuestOptions } from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";
import { RunningCommand } from "./running-command.ts";

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

  /** Runs a command to its end. This process goes on meanwhile: it is the guest. */
  async run(words: readonly string[], where: "pipe" | "terminal" = "pipe"): Promise<RunningCommand> {
    const all = [...words, ...this.words];
    const command = where === "pipe" ? RunningCommand.start(all) : RunningCommand.startInTerminal(all);
    await command.end();
    return command;
  }

  close(): Promise<void> {
    return this.#guest.close();
  }
}
