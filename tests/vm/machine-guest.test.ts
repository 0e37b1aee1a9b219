// What a hostile guest says to its machine: nothing of it is trusted, and little of it is kept.
import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { Console } from "../../vm/machine/console.ts";
import { GuestCalls } from "../../vm/machine/guest-calls.ts";
import { piecewiseInput } from "../../vm/machine/input.ts";
import { MarkedOutput } from "../../vm/machine/marked-output.ts";

const said = (text: string) => Buffer.from(text).toString("base64");
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

function readAll(port: PassThrough): Buffer {
  const parts: Buffer[] = [];
  for (let part = port.read(); part !== null; part = port.read()) parts.push(part);
  return Buffer.concat(parts);
}

test("an answer is for the script of its number, once; all other lines change nothing", async () => {
  const port = new PassThrough();
  const calls = new GuestCalls(port);
  const exits: (readonly [number, number])[] = [];
  calls.onExit = (id, status) => void exits.push([id, status]);
  const sink = new PassThrough().resume();
  const [first, second] = [calls.call(sink, () => "true"), calls.call(sink, () => "true")];
  const lies = [
    "",
    "done",
    "done 9 0",
    "done x 0",
    `done ${first.id} 999x`,
    "exit 1 256",
    "exit 1",
    "ready now",
    "\0",
  ];
  port.write(`${lies.join("\n")}\nexit 77 3\nready\ndone ${second.id} 1 ${said("two\n")}\n`);
  assert.deepEqual(await second.answer, { status: 1, said: "two" });
  await calls.ready;
  assert.deepEqual(exits, [[77, 3]]);
  port.write(`done ${second.id} 0\ndone ${first.id} 0 ${said("")}\n`);
  assert.deepEqual(await first.answer, { status: 0, said: "" });
  const waiting = calls.call(sink, () => "true");
  calls.end(new Error("the machine is gone"));
  await assert.rejects(waiting.answer, /is gone/);
  await assert.rejects(calls.call(sink, () => "true").answer, /is gone/);
});

test("a script goes behind its number and its length in bytes", async () => {
  const sink = new PassThrough();
  const { id } = new GuestCalls(new PassThrough()).call(sink, (own) => `echo é ${own}`);
  assert.equal(String(sink.read()), `${id} ${7 + String(id).length + 1}\necho é ${id}`);
});

test("a line without an end is not kept for ever, and is told", async () => {
  const port = new PassThrough();
  const calls = new GuestCalls(port);
  const nonsense = new Promise<string>((resolve) => {
    calls.onNonsense = resolve;
  });
  port.write("x".repeat(10_000));
  assert.match(await nonsense, /a line of more than 8192 bytes/);
});

test("output stands between its marks, however it is cut into pieces", async () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const port = new PassThrough();
    const output = new MarkedOutput(port, "mark");
    const text = "of another>mark>mark<mar mark< mark\nmamark!mark>of another";
    for (let at = 0; at < text.length; at += size) port.write(text.slice(at, at + size));
    assert.equal(await textOf(output.stream), "mar mark< mark\nmamark!", `pieces of ${size}`);
    await Promise.all([output.begun, output.ended]);
  }
});

test("who does not read makes the guest wait, and who cancels reads nothing more", async () => {
  const port = new PassThrough({ highWaterMark: 1024 });
  const output = new MarkedOutput(port, "m");
  port.write("m<");
  let sent = 0;
  while (port.write(Buffer.alloc(1024)) || sent < 200) {
    sent += 1;
    await new Promise((go) => setImmediate(go));
    if (sent > 400) break;
  }
  assert.ok(output.isBlocked && sent <= 400, `${sent} KiB were taken`);
  await output.stream.cancel();
  port.write("m>");
  await output.ended;
});

test("input goes in pieces behind their lengths, ends with 0 once, and is refused when the program has ended", async () => {
  const port = new PassThrough({ highWaterMark: 1 << 20 });
  const { stream, stop } = piecewiseInput(port);
  const writer = stream.getWriter();
  await writer.write(new Uint8Array(100_000));
  const bytes = readAll(port);
  assert.equal(bytes.length, 100_000 + "65536\n".length + "34464\n".length);
  stop(new Error("the program has ended"));
  stop(new Error("again"));
  assert.equal(String(readAll(port)), "0\n");
  await assert.rejects(writer.write(new Uint8Array(1)), /has ended/);
  // One that is full, too.
  const full = new PassThrough({ highWaterMark: 1 });
  const other = piecewiseInput(full);
  const written = other.stream.getWriter().write(new Uint8Array(100_000));
  written.catch(() => {});
  await once(full, "readable");
  other.stop(new Error("the program has ended"));
  await assert.rejects(written, /has ended/);
});

test("of a console's flood the last lines are kept, without what would move a terminal's cursor", () => {
  const console = new Console();
  for (let line = 0; line < 10_000; line++) console.add(`line ${line}\r\n`);
  console.add("\x1b[2J\x1b[31mred\x07\x9b1mx\n");
  const lines = console.lastLines.split("\n");
  assert.deepEqual([lines.length, lines.at(-2)], [20, "line 9999"]);
  assert.doesNotMatch(console.lastLines.replaceAll("\n", ""), /\p{Cc}/u);
});

test("what a kernel said where it gave up is kept, however many registers follow and however it is cut", () => {
  const console = new Console();
  for (const piece of ["[ 1.0] Kernel pa", "nic - not syncing: sysrq\x1b[2J triggered", " crash\r\n"]) {
    assert.equal(console.panic, undefined);
    console.add(piece);
  }
  for (let line = 0; line < 10_000; line++) console.add(`RAX: ${line}\n`);
  assert.equal(console.panic, "sysrq triggered crash");
});
