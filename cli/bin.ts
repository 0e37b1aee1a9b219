#!/usr/bin/env node
/**
 * The command `guestshare`: it does what its words say, and ends with an exit code that tells how it went.
 * @module
 */
import { ExitCode } from "./exit-code.ts";
import type { ByteStreams, Input, Io, Output } from "./io.ts";
import { main } from "./main.ts";

// The one place that knows of this process: all else gets what it uses of it as an `Io`.

const interrupted = new AbortController();
const interruptedTwice = new AbortController();

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
// What a shell has for each: 128 and the number that it has in signal(7).
const endingCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

// A command that runs once more inside of a namespace gets each Ctrl-C twice: from the terminal, and from the first run.
const sameSignalMs = process.env.GUESTSHARE_OUTSIDE_NAMESPACE === undefined ? 0 : 500;
let signalledMs = Number.NEGATIVE_INFINITY;
let firstSignal: (typeof endings)[number] = "SIGINT";

/** The first signal asks a command to end, the second ends it. */
function onSignal(name: (typeof endings)[number]): void {
  if (performance.now() - signalledMs < sameSignalMs) return;
  signalledMs = performance.now();
  if (interrupted.signal.aborted) {
    interruptedTwice.abort();
    process.exit(endingCodes[firstSignal]);
  }
  firstSignal = name;
  interrupted.abort();
}

// Who reads may have enough, as `head` has. Data is written when the work is done, so the exit code is known.
function onLostData({ code, message }: NodeJS.ErrnoException): void {
  if (hasBytesOpen) return; // whoever writes is told
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

let hasBytesOpen = false;

function bytesIn(input: NodeJS.ReadStream): ReadableStream<Uint8Array> {
  const chunks = input[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array);
      },
    },
    { highWaterMark: 0 },
  );
}

function bytesOut(output: NodeJS.WriteStream): WritableStream<Uint8Array> {
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      output.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  return new WritableStream({ write });
}

function openBytes(): ByteStreams {
  const { stdin: input, stdout: output } = process;
  hasBytesOpen = true;
  isStdinRead = true;
  const terminal = {
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    setRaw: (isRaw: boolean) => {
      input.setRawMode(isRaw);
      if (isRaw) void import("./run/raw-terminal.ts").then(({ endLinesOnce }) => endLinesOnce());
    },
    onResize: (listener: () => void) => void output.on("resize", listener),
  };
  return {
    stdin: bytesIn(input),
    stdout: bytesOut(output),
    stderr: bytesOut(process.stderr),
    terminal: input.isTTY && output.isTTY ? terminal : undefined,
  };
}

const io: Io = {
  stdin,
  stdout: outputOf(process.stdout, onLostData),
  stderr: outputOf(process.stderr, onLostWords),
  openBytes,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
  secondSignal: interruptedTwice.signal,
};

for (const name of endings) process.on(name, onSignal);
const ended = main(process.argv.slice(2), io);
const { closeGoneTerminals, goneTerminals } = await import("./gone-terminals.ts");
process.on("exit", closeGoneTerminals); // no sooner: what waits for them would abort
const exitCode = await ended;
process.exitCode = exitCode === ExitCode.interrupted ? endingCodes[firstSignal] : exitCode;
if (goneTerminals().length > 0) process.exitCode = endingCodes.SIGHUP;
if (isStdinRead) process.stdin.destroy(); // nobody waits for an answer any more
// Deno goes on reading.
if (isStdinRead && (hasBytesOpen || interrupted.signal.aborted)) process.exit();
