import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import test from "node:test";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { connectAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { PlayedAgent } from "../support/agent/played/played-agent.ts";
import { ScratchMachine } from "../support/agent/played/scratch-machine.ts";
import { type Bundle, bundleIn } from "../support/agent/sandbox-place.ts";
import { mountsBelow } from "../support/mounts.ts";
import { packageRoot } from "../support/package-root.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The program of docs/agent.md, in a process of its own.

const program = readFileSync(join(packageRoot, "examples/runtime.ts"), "utf8");

test("docs/agent.md shows the program as it is", () => {
  const document = readFileSync(join(packageRoot, "docs/agent.md"), "utf8");
  const body = program.slice(program.indexOf("import "));
  assert.ok(document.includes(body));
  assert.ok(body.split("\n").length <= 36, "it is no longer short");
});

interface Ran {
  readonly child: ChildProcess;
  readonly ended: Promise<{ status: number | null; out: string; err: string }>;
}

function run(scratch: Scratch, address: string, { container }: Bundle): Ran {
  const start =
    ownRuntime === "deno"
      ? ["run", "-A", "--no-check", "examples/runtime.ts"]
      : ["--enable-source-maps", "dist/examples/runtime.js"];
  const sandbox = JSON.stringify(scratch.sandbox());
  const command = [...start, address, sandbox, String(container.bundle)];
  const child = spawn(execPath, command, { cwd: packageRoot, stdio: ["ignore", "pipe", "pipe"] });
  const text = { out: "", err: "" };
  child.stdout.on("data", (bytes) => {
    text.out += bytes;
  });
  child.stderr.on("data", (bytes) => {
    text.err += bytes;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, ended: ended.then((status) => ({ status, ...text })) };
}

function runtimeTest(
  name: string,
  body: (scratch: Scratch, played: PlayedAgent, script: (text: string) => Bundle) => Promise<void>,
): void {
  mountTest(name, async (scratch) => {
    const machine = new ScratchMachine(scratch.directory("guest"), scratch.inSandbox("shared"));
    await using played = await PlayedAgent.start(join(scratch.path, "agent.sock"), machine);
    const script = (text: string) => {
      const mounts = [
        { destination: "/data", type: "bind", source: scratch.directory("data"), options: ["rbind"] },
      ];
      const bundle = bundleIn(scratch.path, "c1", text, { mounts });
      writeFileSync(join(String(bundle.container.bundle), "config.json"), JSON.stringify(bundle.config));
      return { ...bundle, container: { ...bundle.container, id: "bundle-c1" } };
    };
    await body(scratch, played, script);
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
  });
}

runtimeTest(
  "the documented program runs a bundle, and ends as its program does",
  async (scratch, played, script) => {
    const { ended } = run(scratch, played.address, script('echo "$GREETING"; echo oh >&2; exit 7'));
    assert.deepEqual(await ended, { status: 7, out: "hello\n", err: "oh\n" });
  },
);

runtimeTest("a program that fails leaves nothing shared", async (scratch, played, script) => {
  const bundle = script("");
  const wrong = { ...bundle.config, process: { args: ["/none"], cwd: "/" } };
  writeFileSync(join(String(bundle.container.bundle), "config.json"), JSON.stringify(wrong));
  const { status, err } = await run(scratch, played.address, bundle).ended;
  assert.notEqual(status, 0);
  assert.match(err, /Cannot create the container "bundle-c1": INTERNAL \(the file \/none was not found/);
});

for (const name of ["stdout", "stderr"] as const) {
  runtimeTest(
    `where nobody reads its ${name} any more, the program is ended, and nothing is left`,
    async (scratch, played, script) => {
      const { child, ended } = run(scratch, played.address, script("yes & exec yes >&2"));
      await new Promise((resolve) => child[name]?.once("data", resolve));
      child[name]?.destroy();
      assert.equal((await ended).status, 1);
    },
  );
}

const SLOWLY = rounds(60_000_000, 40_000_000); // more than may wait

runtimeTest("its reader may be slow: nothing is lost, and little waits", async (scratch, played, script) => {
  const { child, ended } = run(scratch, played.address, script(`head -c ${SLOWLY} /dev/zero`));
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  child.stdout?.pause();
  const resident = () =>
    Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
  const before = resident();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const more = resident() - before;
  child.stdout?.resume();
  const { status, out } = await ended;
  assert.deepEqual([status, out.length], [0, SLOWLY]);
  assert.ok(more < 30_000, `${more} KiB more`);
});

runtimeTest(
  "after a kill, another process attaches and cleans up: the host's files stay",
  async (scratch, played, script) => {
    scratch.file("data/kept", "kept");
    const bundle = script("echo started; sleep 600");
    const { child, ended } = run(scratch, played.address, bundle);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGKILL");
    await ended;
    assert.ok(mountsBelow(scratch.hostDir).length > 3);

    const again = await run(scratch, played.address, bundle).ended;
    assert.match(again.err, /writable-shares/);
    await using agent = await connectAgent(played.address);
    {
      await using sandbox = await GuestSandbox.attach(agent, scratch.share(), { id: "s1" });
      await sandbox.remove(bundle.container);
    }
    assert.equal(readFileSync(join(scratch.path, "data/kept"), "utf8"), "kept");
  },
);
