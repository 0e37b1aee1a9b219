import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { bringTerminationLog } from "../../ffi/agent/sandbox/termination-log.ts";
import { type SandboxPlace, sandboxTest } from "../support/agent/sandbox-place.ts";

// A container of kubelet that leaves a message for it. Where files are shared it is on the host already.

const path = "/dev/termination-log";
const annotations = {
  "io.kubernetes.container.terminationMessagePolicy": "File",
  "io.kubernetes.container.terminationMessagePath": path,
};

interface Asked {
  readonly isCopied?: boolean;
  readonly answer: () => Promise<{ data: string }>;
  readonly policy?: string;
  readonly source?: string;
}

/** What kubelet's file has once the container was removed, and which calls were made. */
async function removed(place: SandboxPlace, { isCopied = true, answer, policy = "File", source }: Asked) {
  const asked: string[] = [];
  const calls: Partial<Record<string, unknown>> = {
    getDiagnosticData: async ({ logType, containerId }: { logType: string; containerId: string }) => {
      asked.push(`${logType} ${containerId}`);
      return answer();
    },
    removeStaleVirtiofsShareMounts: async () => void asked.push("stale"),
  };
  const agent = new Proxy(place.agent, {
    get(target, name: keyof RuntimeAgent) {
      const call = calls[name] ?? target[name];
      return typeof call === "function" ? call.bind(target) : call;
    },
  });
  const share = new Proxy(place.share, {
    get(target, name: keyof typeof place.share) {
      if (name === "viewPath") return isCopied ? undefined : target.viewPath;
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const file = join(place.directory, "message");
  writeFileSync(file, "kubelet's own, and longer than the message");
  const mount = { destination: path, type: "bind", source: source ?? file, options: ["rbind"] };
  const more = {
    annotations: { ...annotations, "io.kubernetes.container.terminationMessagePolicy": policy },
    mounts: [mount],
  };
  const { container, config } = place.bundle("c1", "true", more);
  const sandbox = await GuestSandbox.create(agent, share, { id: "s1", timeoutMs: 20_000 });
  await sandbox.start(container, config);
  const failure = await sandbox.remove(container).then(
    () => undefined,
    (error) => String(error),
  );
  await sandbox.destroy();
  return { text: readFileSync(file, "utf8"), asked, failure, left: await place.share.list() };
}

sandboxTest("a copied container's last message is brought to kubelet's file", async (place) => {
  const { text, asked, failure } = await removed(place, { answer: async () => ({ data: "out of luck" }) });
  assert.deepEqual([text, asked, failure], ["out of luck", ["termination_log c1"], undefined]);
});

sandboxTest("a message is as long as kubelet reads, whatever the agent gives", async (place) => {
  const { text } = await removed(place, { answer: async () => ({ data: "ä".repeat(5000) }) });
  assert.equal(new TextEncoder().encode(text).length, 4096);
});

sandboxTest(
  "where files are shared, the message is there already, and the guest forgets the mount",
  async (place) => {
    const answer = async () => ({ data: "no" });
    const { text, asked } = await removed(place, { isCopied: false, answer });
    assert.match(text, /^kubelet's own/);
    assert.deepEqual(asked, ["stale"]);
  },
);

for (const [what, answer, policy] of [
  ["that is empty", async () => ({ data: "" }), "File"],
  ["that nobody wants", async () => ({ data: "no" }), "FallbackToLogsOnError"],
  ["of an agent that has no such call", () => refused("UNIMPLEMENTED", "not there"), "File"],
  ["of an agent of Rust that has no such call", () => refused("NOT_FOUND", "/x is not supported"), "File"],
] as const) {
  sandboxTest(`a message ${what} leaves kubelet's file`, async (place) => {
    const { text, failure } = await removed(place, { answer, policy });
    assert.match(text, /^kubelet's own/);
    assert.equal(failure, undefined);
  });
}

sandboxTest(
  "a message that cannot be got is told, and the container is removed all the same",
  async (place) => {
    const { failure, left } = await removed(place, { answer: () => refused("INTERNAL", "no such mount") });
    assert.match(
      String(failure),
      /Cannot get diagnostic data of the container "c1": INTERNAL \(no such mount\)/,
    );
    assert.deepEqual(left, []);
  },
);

sandboxTest("a message is written through no link", async (place) => {
  const target = join(place.directory, "target");
  writeFileSync(target, "the host's");
  const link = join(place.directory, "link");
  symlinkSync(target, link);
  const answer = async () => ({ data: "written" });
  assert.match(String((await removed(place, { answer, source: link })).failure), /ELOOP/);
  assert.equal(readFileSync(target, "utf8"), "the host's");
});

sandboxTest("a message is written into no directory", async (place) => {
  const directory = join(place.directory, "folder");
  mkdirSync(directory);
  const answer = async () => ({ data: "written" });
  assert.match(String((await removed(place, { answer, source: directory })).failure), /EISDIR/);
});

sandboxTest(
  "a message is written beside the bundle that names its file, not into another's",
  async (place) => {
    const bundle = join(place.directory, "bundle-c1");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "log"), "empty");
    const own = process.cwd();
    const other = join(place.directory, "other");
    mkdirSync(other);
    writeFileSync(join(other, "log"), "another's");
    try {
      process.chdir(other);
      const { failure } = await removed(place, { answer: async () => ({ data: "message" }), source: "log" });
      assert.equal(failure, undefined);
    } finally {
      process.chdir(own);
    }
    const texts = [bundle, other].map((directory) => readFileSync(join(directory, "log"), "utf8"));
    assert.deepEqual(texts, ["message", "another's"]);
  },
);

for (const bundle of [undefined, "some/bundle"])
  sandboxTest(`without the bundle's place (${bundle}) no relative file is written`, async ({ directory }) => {
    const container = {
      ...{ id: "c1", annotations, ...(bundle !== undefined && { bundle }) },
      mounts: [{ destination: path, source: "log" }],
    };
    const own = process.cwd();
    writeFileSync(join(directory, "log"), "another's");
    try {
      process.chdir(directory);
      const agent = { getDiagnosticData: async () => ({ data: "message" }) } as unknown as RuntimeAgent;
      const writing = bringTerminationLog(agent, container, { timeoutMs: undefined });
      await assert.rejects(writing, /"log" is relative, and the container has no bundle/);
    } finally {
      process.chdir(own);
    }
    assert.equal(readFileSync(join(directory, "log"), "utf8"), "another's");
  });

async function refused(code: string, reason: string): Promise<never> {
  throw new AgentError({
    request: "getDiagnosticData",
    trouble: "status",
    code,
    reason,
    sent: "all",
    container: "c1",
  });
}
