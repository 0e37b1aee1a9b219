#!/usr/bin/env node
/**
 * The command `guestshare`: it does what its words say, and ends with an exit code that tells how it went.
 * @module
 */
import type { Input, Io, Output } from "./io.ts";
import { main } from "./main.ts";

// The one place that knows of this process: all else gets what it uses of it as an `Io`.

const interrupted = new AbortController();
const interruptedTwice = new AbortController();

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks a command to end, the second ends it. */
function onSignal(): void {
  if (interrupted.signal.aborted) {
    interruptedTwice.abort();
    process.exit(130);
  }
  interrupted.abort();
}

// Who reads may have enough, as `head` has. Data is written when the work is done, so the exit code is known.
function onLostData({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") process.exit(process.exitCode ?? 0);
  const why = "  why:  what the command did is done, and its data is lost\n  next: make room there\n";
  process.stderr.write(`guestshare: Cannot write to stdout: ${code ?? message}\n${why}`);
  process.exit(process.exitCode || 1);
}

// Words that nobody reads any more: what is being done goes on.
function onLostWords(): void {}

function outputOf(stream: NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void): Output {
  stream.on("error", onError);
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

let isStdinRead = false;

// It is opened by whoever asks it for something.
const stdin: Input = {
  get isTerminal() {
    return process.stdin.isTTY === true;
  },
  async *[Symbol.asyncIterator]() {
    isStdinRead = true;
    for await (const chunk of process.stdin) yield String(chunk);
  },
};

const io: Io = {
  stdin,
  stdout: outputOf(process.stdout, onLostData),
  stderr: outputOf(process.stderr, onLostWords),
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
  secondSignal: interruptedTwice.signal,
};

for (const name of endings) process.on(name, onSignal);
process.exitCode = await main(process.argv.slice(2), io);
if (isStdinRead) process.stdin.destroy(); // nobody waits for an answer any more
// Deno goes on reading.
if (isStdinRead && interrupted.signal.aborted) process.exit();
