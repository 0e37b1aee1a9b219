import type { Logger } from "../../ffi/mod.ts";
import type { Machine, MachineStartOptions, OpenSharesOptions, RunOptions } from "../../vm/mod.ts";
import { usageError } from "../failure.ts";
import { type Io, onInterruption } from "../io.ts";
import { connect } from "./connect.ts";
import type { GivenDirectory } from "./given.ts";
import type { RequestedShare } from "./options.ts";
import { placeDirectory } from "./place.ts";

/** What `guestshare run` is to do. */
export interface WantedRun {
  readonly given: GivenDirectory;
  readonly requested: readonly RequestedShare[];
  readonly command: readonly string[];
  readonly open: OpenSharesOptions;
  readonly start: MachineStartOptions;
  readonly place: RunOptions;
  readonly log: Logger;
}

const PATIENCE_MS = 10_000;

/** Shares, starts a machine, runs the command in it, and takes all of it away. Gives the command's exit code. */
export async function runSession(
  vm: typeof import("../../vm/mod.ts"),
  io: Io,
  { given, requested, command, open, start, place, log }: WantedRun,
): Promise<number> {
  const shares = await vm.openShares({ ...open, log, signal: io.signal });
  try {
    const placed = await placeDirectory(shares, given, requested);
    const words = command.length > 0 ? command : placed.command;
    if (words.length === 0)
      throw usageError("Cannot run this bundle: its config.json names no command", "name one behind --");
    const root = placed.root === undefined ? {} : { root: placed.root };
    const machine = await untilInterrupted(io.signal, (signal) =>
      vm.Machine.start(placed.shares, { ...start, ...root, processes: 1, terminals: 1, log, signal }),
    );
    return await attach(io, machine, words, { ...placed.place, ...place }).finally(() => machine.stop());
  } finally {
    await shares.close();
  }
}

async function attach(
  io: Io,
  machine: Machine,
  words: readonly string[],
  place: RunOptions,
): Promise<number> {
  io.signal.throwIfAborted();
  const streams = io.openBytes();
  const { terminal } = streams;
  const { TERM } = io.env;
  const env = { ...(terminal && TERM && { TERM }), ...place.env };
  const child = await machine.run(words, { ...place, env, ...(terminal && { terminal: terminal.size() }) });
  // The command is told by a signal first, and the machine does not wait for it for ever.
  const impatient = () => setTimeout(() => void machine.stop(), PATIENCE_MS).unref();
  onInterruption(io.signal, impatient);
  return connect(io, streams, child);
}

/** Something that an interruption ends, until it is there. */
async function untilInterrupted<T>(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const until = new AbortController();
  const interrupt = () => until.abort(signal.reason);
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  return begin(until.signal).finally(() => signal.removeEventListener("abort", interrupt));
}
