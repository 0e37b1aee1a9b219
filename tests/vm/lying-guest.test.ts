// A guest that lies on the machine's ports: a played QEMU, whose descriptors are the ports.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { env } from "node:process";
import { findParts } from "../../vm/machine/requirements.ts";
import { Machine, MachineError, type MachineStartOptions } from "../../vm/mod.ts";
import { findTool } from "../support/runner/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { processesWith } from "./support/virtiofsds.ts";

const virtiofsd = `#!/usr/bin/perl
use Socket;
if ($ARGV[0] eq "--help") {
  print "-o source=PATH\\n";
  exit;
}
my ($path) = $ARGV[0] =~ /^--socket-path=(.*)/;
socket(my $socket, PF_UNIX, SOCK_STREAM, 0);
bind($socket, pack_sockaddr_un($path));
listen($socket, 1);
sleep 1000;
`;

// The port of scripts and answers is descriptor 4, that of signals 5, that of the first program 6: each script stands behind a line of its number and length. A
// program's port has its input, too, which nobody reads here: the end of it is a line of 0.
const guest = `
const { createReadStream, writeSync } = require("node:fs");
const say = (text) => writeSync(4, text);
function serve(port, answer) {
  let rest = Buffer.alloc(0);
  createReadStream("", { fd: port }).on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const end = rest.indexOf("\\n");
      const [id, length] = rest.subarray(0, end).toString().split(" ").map(Number);
      if (end < 0 || rest.length < end + 1 + (length ?? 0)) return;
      rest = rest.subarray(end + 1 + (length ?? 0));
      if (length !== undefined) answer(id);
    }
  });
}
setInterval(() => {}, 1000);
`;
const honest = String.raw`for (const port of [4, 5, 6]) serve(port, (id) => say("done " + id + " 0 \n"));`;
const nonsense = String.raw`
say("ready?\n done 1 0\ndone 1 0 %%%\ndone 1 1000 \ndone 99999 0 \nexit 1 256\nexit 77 0\ndone -1 0 \n\n\0\xff\n");
for (let line = 0; line < 20000; line += 1) say("done " + line * 1000 + " x\n");
say("x".repeat(8000) + "\nexit 1e3 0\n");
`;

const liars = {
  silent: "",
  endless: `for (;;) say("x".repeat(65536));`,
  nonsense: `${nonsense} say("ready\\n"); ${honest}`,
  readyOnly: `say("ready\\n");`,
  loud: `say("ready\\n"); for (;;) { say("done 12 34 56\\n"); process.stdout.write("x".repeat(100000)); }`,
  failing: `serve(4, (id) => say("done " + id + " 255 " + Buffer.from("\\x1b]0;title\\x07no").toString("base64") + "\\n")); say("ready\\n");`,
} as const;

/** Starts a machine that has this guest. */
async function start(
  scratch: Scratch,
  liar: keyof typeof liars,
  options: MachineStartOptions = {},
): Promise<Machine> {
  const program = `#!${findTool("node")}\n${guest}\n${liars[liar]}\n`;
  scratch.file("bin/qemu-system-x86_64", program, 0o755);
  const chosen = { PATH: env.PATH, GUESTSHARE_VIRTIOFSD: env.GUESTSHARE_VIRTIOFSD };
  env.PATH = `${scratch.path}/bin:${env.PATH}`;
  env.GUESTSHARE_VIRTIOFSD = scratch.file("bin/virtiofsd", virtiofsd, 0o755);
  mkdirSync(`${scratch.path}/view`, { recursive: true });
  const shares = { tag: "guestshare", directory: `${scratch.path}/view`, guestMounts: async () => [] };
  try {
    return await Machine.start(shares, { accelerator: "tcg", ...options });
  } finally {
    env.PATH = chosen.PATH;
    if (chosen.GUESTSHARE_VIRTIOFSD === undefined) delete env.GUESTSHARE_VIRTIOFSD;
    else env.GUESTSHARE_VIRTIOFSD = chosen.GUESTSHARE_VIRTIOFSD;
  }
}

const skip = whatIsMissing();

function whatIsMissing(): string | false {
  try {
    findParts();
    return false;
  } catch (error) {
    return (error as MachineError).message;
  }
}

const refusals: readonly (readonly [keyof typeof liars, RegExp, number])[] = [
  ["silent", /the guest did not answer in 1500 ms/, 1500],
  ["endless", /the machine is gone, it sent a line of more than 8192 bytes/, 60_000],
  ["readyOnly", /the guest did not answer in 1500 ms/, 1500],
  ["loud", /the guest did not answer in 3000 ms/, 3000],
  ["failing", /put the shares in their places: [^\p{Cc}]*no$/u, 60_000],
];

for (const [liar, message, startTimeoutMs] of refusals)
  mountTest(
    `a machine does not start whose guest is ${liar}, and nothing is left of it`,
    async (scratch) => {
      await assert.rejects(start(scratch, liar, { startTimeoutMs }), (error: Error) => {
        assert.ok(error instanceof MachineError);
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(processesWith(scratch.path), []);
    },
    { skip },
  );

mountTest(
  "nonsense of a guest is passed over, and what it never answers ends with the machine",
  async (scratch) => {
    const machine = await start(scratch, "nonsense", { startTimeoutMs: 60_000 });
    // It says that its script is done, and never that the program began, nor how it ended.
    await assert.rejects(machine.run(["true"]), /run true in the machine: it did not begin/);
    await machine.refresh();
    await machine.stop();
    await assert.rejects(machine.run(["true"]), /the machine is gone/);
    assert.deepEqual(processesWith(scratch.path), []);
  },
  { skip },
);
