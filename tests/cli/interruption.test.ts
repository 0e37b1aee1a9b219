import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { isAnsweredYes } from "../../cli/input/ask.ts";
import { textOf } from "../../cli/input/files.ts";
import { type ByteStreams, type Input, type Io, interruption, textOfStdin } from "../../cli/io.ts";
import { connect } from "../../cli/run/connect.ts";
import type { MachineProcess } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";

// A command that is told to end before it waits for something: whoever listens after that is told nothing.

const reason = new Error("Ctrl-C");

/** An input of which nothing comes. */
const silent: Input = {
  isTerminal: true,
  async *[Symbol.asyncIterator]() {
    yield await new Promise<string>(() => {});
  },
};

const io = {
  ...{ stdin: silent, signal: AbortSignal.abort(reason) },
  stderr: { write: () => {}, isTerminal: true, columns: 80 },
} as unknown as Io;

const refuses = (work: Promise<unknown>) => assert.rejects(work, (error) => error === reason);

test("who was interrupted before waits neither for its input nor for an answer", async () => {
  await refuses(interruption(io.signal));
  await refuses(textOfStdin(io));
  await refuses(isAnsweredYes(io, "Go on?"));
});

mountTest("who was interrupted before opens no FIFO, whose thread would stay", async (scratch) => {
  const fifo = join(scratch.directory("pipes"), "fifo");
  execFileSync("mkfifo", [fifo]);
  await refuses(textOf(io, fifo));
});

test("a program that starts while its command is interrupted is told so", async () => {
  const told: string[] = [];
  let end: (status: number) => void = () => {};
  const exited = new Promise<number>((resolve) => {
    end = resolve;
  });
  const empty = () => new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
  const child = {
    ...{ stdin: new WritableStream(), stdout: empty(), stderr: empty(), exited },
    signal: async (name: string) => {
      told.push(name);
      end(130);
    },
  } as unknown as MachineProcess;
  const streams: ByteStreams = {
    ...{ stdin: empty(), stdout: new WritableStream(), stderr: new WritableStream() },
    terminal: undefined,
  };
  assert.equal(await connect(io, streams, child), 130);
  assert.deepEqual(told, ["SIGINT"]);
});
