import assert from "node:assert/strict";
import { join } from "node:path";
import type { NriEventName } from "../../ffi/nri/events.ts";
import { startPlugin } from "../../ffi/nri/plugin.ts";
import { Gate } from "../../node/gate/gate.ts";
import type { GateNews } from "../../node/gate/gate-options.ts";
import type { GateRules } from "../../node/gate/rules.ts";
import { Child } from "../support/child.ts";
import { pluginOf } from "../support/nri/checks.ts";
import { dialectsHere } from "../support/nri/dialects.ts";
import { gateChecks } from "../support/nri/gate-checks.ts";
import { containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { commandOf, ownRuntime } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { socketTest, until } from "../support/ttrpc/served.ts";

const pod = podOf("p1");
const harmless = containerOf("c1", "p1");
const options = ["rbind", "rprivate", "rw"];
const rootBind = { destination: "/host", source: "/", type: "bind", options };
const harmful = containerOf("c2", "p1", { mounts: [...(harmless.mounts ?? []), rootBind] });
const rules: GateRules = { refuse: { hostRoot: true, runtimeSockets: true } };
const create = (container = harmless) => eventOf("createContainer", pod, container);
const start = (container = harmless) => eventOf("startContainer", pod, container);

interface Played {
  readonly runtime: PlayedRuntime;
  readonly gate: Gate;
  readonly news: GateNews[];
}

/** A test with a played runtime and a gate that is connected to it. */
function gateTest(
  name: string,
  body: (played: Played) => Promise<void>,
  { isTrial = false, nri = "0.12" as "0.8" | "0.12" } = {},
): void {
  socketTest(name, async (directory) => {
    await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
    const news: GateNews[] = [];
    const gate = new Gate({ rules, isTrial, tell: (one) => void news.push(one) });
    await using _ = await pluginOf(runtime, gate.handlers, {
      name: "gate",
      index: "90",
      leaveOut: gate.leaveOut,
      lighten: gate.lighten,
    });
    await body({ runtime, gate, news });
  });
}

for (const nri of dialectsHere) {
  for (const { what, only, holds } of gateChecks) {
    if (only !== undefined && only !== nri) continue;
    socketTest(`NRI ${nri}: ${what}`, async (directory) => {
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
      await holds(runtime);
    });
  }
}

gateTest("containers that were judged and refused are counted", async ({ runtime, gate, news }) => {
  await runtime.event("createContainer", create());
  await runtime.event("createContainer", create(harmful));
  // "/" has the sockets as well.
  const codes = { "host-root": 1, "runtime-socket": 1 };
  assert.deepEqual(gate.counts(), { isTrial: false, judged: 2, refused: 1, codes, unseen: {} });
  assert.deepEqual(
    news.map(({ kind, pod, container, code }) => [kind, pod, container, code]),
    [["refused", "default/pod-p1", "container-c2", "host-root"]],
  );
});

gateTest(
  "in a trial nothing is refused, and each finding is told once",
  async ({ runtime, gate, news }) => {
    assert.equal((await runtime.event("createContainer", create(harmful))).error, undefined);
    assert.equal((await runtime.event("startContainer", start(harmful))).error, undefined);
    assert.deepEqual(
      news.map(({ kind, isTrial, code }) => [kind, isTrial, code]),
      [["refused", true, "host-root"]],
    );
    const { judged, refused, unseen } = gate.counts();
    assert.deepEqual([judged, refused, unseen], [1, 1, {}]);
  },
  { isTrial: true },
);

gateTest("what comes after the question is alarmed at the start, which is refused", async (played) => {
  const { runtime, gate, news } = played;
  const CDIDevices = [{ name: "vendor.com/disk=0" }, { name: "vendor.com/disk=1" }];
  const before = eventOf("createContainer", pod, {
    ...harmful,
    ...{ mounts: harmless.mounts ?? [], CDIDevices },
  } as typeof harmful);
  assert.equal((await runtime.event("createContainer", before)).error, undefined);
  const { error = "" } = await runtime.event("startContainer", start(harmful));
  assert.match(error, /PERMISSION_DENIED: Cannot mount "\/" on "\/host"/);
  assert.deepEqual(
    news.map(({ kind, code, why }) => [kind, code, why.slice(0, 58)]),
    [
      ["unseen", "cdi-device", 'container.CDI_devices[0] is "vendor.com/disk=0", and 1 more'.slice(0, 58)],
      [
        "unseen",
        "host-root",
        'Cannot mount "/" on "/host" (container.mounts[12]): host-root (it is'.slice(0, 58),
      ],
    ],
  );
  assert.deepEqual(gate.counts().unseen, { "cdi-device": 2, "host-root": 1, "runtime-socket": 1 });
});

gateTest(
  "devices and namespaces by their paths are told when the runtime asks",
  async ({ runtime, gate, news }) => {
    const linux = {
      devices: [{ path: "/dev/disk", type: "b", major: 8n, minor: 1n }],
      namespaces: [
        { type: "ipc", path: "/proc/42/ns/ipc" },
        { type: "mount", path: "/proc/1/ns/mnt" },
      ],
    };
    const request = create({ ...harmless, linux } as typeof harmless);
    assert.equal((await runtime.event("createContainer", request)).error, undefined);
    assert.deepEqual(
      news.map(({ kind, code, why }) => [kind, code, why]),
      [["unseen", "device", 'container.linux.devices[0] is "/dev/disk (b 8:1)", and 1 more']],
    );
    assert.deepEqual(gate.counts().unseen, { device: 1, namespace: 1 });
  },
);

gateTest(
  "a runtime without validations is refused its container at the start",
  async ({ runtime, gate, news }) => {
    assert.equal((await runtime.event("createContainer", create(harmful))).error, undefined);
    const { error = "" } = await runtime.event("startContainer", start(harmful));
    assert.match(error, /PERMISSION_DENIED: Cannot mount "\/" on "\/host"/);
    assert.equal((await runtime.event("startContainer", start())).error, undefined);
    const { judged, refused } = gate.counts();
    assert.deepEqual([judged, refused, news.map(({ kind }) => kind)], [2, 1, ["refused"]]);
  },
  { nri: "0.8" },
);

gateTest(
  "a hostile container's refusal is one short line, whatever its names are",
  async ({ runtime, news }) => {
    const texts = [
      '"',
      "\\",
      "\n",
      "\r",
      "\u001b[2J",
      "\u202e",
      "\u2028",
      "€".repeat(3000),
      "😀".repeat(3000),
      "'",
      "%s",
    ];
    const nasty = [...texts, ...texts, ...texts];
    const mounts = nasty.map((text, i) => ({
      ...rootBind,
      destination: `/${i}${text}`,
      source: `/run/./${"/".repeat(i)}`,
    }));
    const hostile = containerOf("c3", "p1", { mounts, name: nasty.join("") });
    const { error = "" } = await runtime.event("createContainer", create(hostile));
    const reason = error.slice(error.indexOf("reason: ") + 8);
    assert.ok(new TextEncoder().encode(reason).length < 4000, `${reason.length}`);
    assert.doesNotMatch(reason, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.match(reason, /and \d+ more$/);
    assert.match(reason, /container\.mounts\[0\]/);
    assert.ok(news.every((one) => JSON.stringify(one).length < 6000));
    // The plugin is still there.
    assert.equal((await runtime.event("createContainer", create())).error, undefined);
  },
);

const life: readonly NriEventName[] = [
  ...(["runPodSandbox", "createContainer", "postCreateContainer", "startContainer"] as const),
  ...(["postStartContainer", "stopContainer", "removeContainer", "stopPodSandbox"] as const),
  ...(["removePodSandbox", "validateContainerAdjustment"] as const),
];

// Killed in each event, the gate is away: what is asked then, and what becomes of it with the runtime's own validator and without.
// The short run has each event once on each runtime, once in the one way and once in the other.
const ways = [[], ["gate"]];
const deaths = life.flatMap((name, at) =>
  (at % 2 === 0 ? ways : ways.toReversed()).map((required) => ({ name, required })),
);

for (const { name, required } of sampleOf(deaths, 2, ownRuntime === "deno" ? 1 : 0)) {
  const isClosed = required.length > 0;
  const what = isClosed ? "closed by the runtime's validator" : "open without the runtime's validator";
  socketTest(`a gate that is killed in ${name} fails ${what}`, async (directory) => {
    await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { required });
    const child = new Child([...commandOf("nri-gate"), runtime.socket, name]);
    try {
      assert.equal(await child.line(), "ready");
      await until(() => runtime.identities.includes("90-gate"));
      const event = name === "validateContainerAdjustment" ? "createContainer" : name;
      const { error } = await runtime.event(event, eventOf(event, pod, harmful));
      assert.equal((await child.ended).signal, "SIGKILL");
      // A container that is not judged because the gate died of it is refused in any case.
      const isRefused = event === "createContainer";
      assert.equal(error !== undefined, isRefused, error);
      const next = await runtime.event("createContainer", create(harmful));
      assert.equal(next.error, isClosed ? 'validation error: required plugin "gate" not present' : undefined);
    } finally {
      await child.kill();
    }
  });
}

socketTest("until it is known where sources are, a container with any is refused", async (directory) => {
  await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"));
  let where: "own" | undefined;
  const gate = new Gate({ rules, isTrial: false, runtimePid: () => where });
  await using _ = await pluginOf(runtime, gate.handlers, {
    name: "gate",
    index: "90",
    leaveOut: gate.leaveOut,
    lighten: gate.lighten,
  });
  const { error = "" } = await runtime.event("createContainer", create());
  assert.match(error, /unknown-source \(the mount namespace of the runtime is not known yet; rule refuse\)/);
  assert.equal(
    (await runtime.event("createContainer", create(containerOf("c4", "p1", { mounts: [] })))).error,
    undefined,
  );
  where = "own";
  assert.equal((await runtime.event("createContainer", create())).error, undefined);
});

socketTest("a gate that comes back judges again, and one that fails itself refuses", async (directory) => {
  await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { required: ["gate"] });
  const gate = new Gate({ rules, isTrial: false });
  const identity = { name: "gate", index: "90", socket: runtime.socket };
  const plugin = await startPlugin(gate.handlers, identity);
  await until(() => runtime.identities.length === 1);
  assert.equal((await runtime.event("createContainer", create())).error, undefined);
  await plugin.close();
  await until(() => runtime.connections === 0);
  assert.match((await runtime.event("createContainer", create())).error ?? "", /required plugin/);
  const broken = () => {
    throw new RangeError("\u001b[2Jbroken");
  };
  const failing = new Gate({ rules, isTrial: false, runtimePid: broken });
  await using _ = await pluginOf(runtime, failing.handlers, identity);
  const { error = "" } = await runtime.event("createContainer", create());
  assert.match(error, /Cannot judge the container \(container\): gate-failed \(.*RangeError: .*1b.*2Jbroken/);
});

gateTest(
  "of a container with more mounts than a gate judges nothing is looked at",
  async ({ runtime, gate }) => {
    const mounts = (count: number) =>
      containerOf("c3", "p1", { mounts: Array(count).fill({ ...rootBind, source: "/srv" }) });
    assert.equal((await runtime.event("startContainer", start(mounts(1000)))).error, undefined);
    const { error = "" } = await runtime.event("startContainer", start(mounts(1001)));
    assert.match(
      error,
      /Cannot mount all of .*: too-many-mounts \(1001 mounts and adjustments.* at most 1000; rule refuse\)/,
    );
    assert.deepEqual(gate.counts().codes, { "too-many-mounts": 1 });
  },
);

for (const isTrial of [false, true]) {
  gateTest(
    `what takes more than a gate judges is ${isTrial ? "told in a trial" : "refused"}, and not by what is in it`,
    async ({ runtime, gate, news }) => {
      const devices = (count: number) => {
        const device = { path: `/dev/${"a".repeat(1000)}`, type: "c" };
        return start(containerOf("c4", "p1", { linux: { devices: Array(count).fill(device) } }));
      };
      assert.equal((await runtime.event("startContainer", devices(2000))).error, undefined);
      const { error } = await runtime.event("startContainer", devices(3000));
      const reason = /too-many-mounts \(what is judged of it takes more than 3145728 bytes; rule refuse\)/;
      if (isTrial) assert.equal(error, undefined);
      else assert.match(error ?? "", reason);
      assert.deepEqual(
        news.map(({ kind, code, container, pod }) => [kind, code, container, pod]),
        [["refused", "too-many-mounts", "container-c4", "default/pod-p1"]],
      );
      assert.match(news[0]?.why ?? "", reason);
      assert.deepEqual(gate.counts().codes, { "too-many-mounts": 1 });
    },
    { isTrial },
  );
}
