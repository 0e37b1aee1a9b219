import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { SpecSchema } from "../../ffi/agent/generated/oci_pb.ts";
import { type OciMessage, type OciMessageOptions, ociMessage } from "../../ffi/agent/spec/oci-message.ts";
import { type ContainerPlan, containerOf, FormatError, load } from "../../mod.ts";
import { packageRoot } from "../support/package-root.ts";

const core = await load();

interface Config {
  readonly [name: string]: unknown;
}

const smallest: Config = { root: { path: "rootfs" }, process: { args: ["/bin/true"], cwd: "/" } };

function planOf(config: string | object): ContainerPlan {
  const container = containerOf(config, { id: "c1", bundle: "/srv/example/bundle" });
  const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
  return core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random });
}

const messageOf = (config: string | object, options?: OciMessageOptions): OciMessage =>
  ociMessage(config, planOf(config), options);

const refusalOf = (config: object, options?: OciMessageOptions): [path: string, code: string] => {
  try {
    messageOf(config, options);
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return [error.path, error.code];
  }
  return ["", "none"];
};

test("of the smallest bundle the agent gets all that it insists on", () => {
  const { oci, storages, sandboxPidns, leftOut } = messageOf(smallest);
  assert.equal(oci.root?.path, "/run/kata-containers/shared/containers/c1/rootfs");
  assert.deepEqual(
    oci.mounts.map(({ destination, type }) => `${type} ${destination}`),
    ["proc /proc", "tmpfs /dev"],
  );
  assert.deepEqual(
    oci.linux?.namespaces.map(({ type, path }) => type + path),
    ["mount", "uts", "ipc"],
  );
  assert.ok(oci.process?.capabilities);
  assert.deepEqual([storages, sandboxPidns, leftOut], [[], false, []]);
});

const bundles = join(packageRoot, "tests/fixtures/bundles");

const rootless = "crun-spec-rootless.json";

test("a bundle of an ordinary user, whose mappings its runtime makes, is refused: a guest has no such user", () => {
  const config = JSON.parse(readFileSync(join(bundles, rootless), "utf8"));
  assert.deepEqual(refusalOf(config), ["linux.uidMappings", "missing-field"]);
});

for (const name of readdirSync(bundles).filter((one) => one.endsWith(".json") && one !== rootless)) {
  test(`of the bundle ${name} the agent gets its mounts, and what a guest has no use for is listed`, () => {
    const config = JSON.parse(readFileSync(join(bundles, name), "utf8"));
    const { leftOut, oci } = messageOf(config, { systemd: true, seccomp: true });
    const read = fromBinary(SpecSchema, toBinary(SpecSchema, oci));
    assert.deepEqual(read.process?.args, config.process.args);
    assert.deepEqual(read.process?.capabilities?.bounding ?? [], config.process.capabilities?.bounding ?? []);
    const plan = planOf(config);
    const { length } = plan.mounts;
    assert.deepEqual(
      read.mounts.slice(-length).map(({ destination, source }) => ({ destination, source })),
      plan.mounts.map(({ destination, source = "" }) => ({ destination, source })),
    );
    assert.ok(read.linux?.namespaces.every(({ type, path }) => path === "" && type !== "pid"));
    assert.equal(read.linux?.seccomp?.syscalls.length, config.linux.seccomp?.syscalls?.length);
    const places = config.linux.namespaces.flatMap(({ type }: { type: string }, at: number) =>
      ["pid", "network", "cgroup", "time"].includes(type) ? [`linux.namespaces[${at}]`] : [],
    );
    for (const place of places) assert.ok(leftOut.includes(place), place);
    if (config.linux.resources?.devices) assert.ok(leftOut.includes("linux.resources.devices"));
    if (config.hooks) assert.ok(leftOut.includes("hooks"));
  });
}

test("everything of a specification that the agent has a field for reaches it", () => {
  const process = {
    ...{ terminal: true, consoleSize: { height: 24, width: 80 }, args: ["a"], env: ["A=b"], cwd: "/w" },
    user: { uid: 1, gid: 2, additionalGids: [3], username: "u" },
    capabilities: { bounding: ["CAP_KILL"], ambient: ["CAP_CHOWN"] },
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 2 ** 64, soft: 1024 }],
    ...{ noNewPrivileges: true, apparmorProfile: "p", oomScoreAdj: -998 },
  };
  const resources = {
    memory: { limit: 2 ** 63, reservation: -1, swap: 3, swappiness: 4, disableOOMKiller: true },
    cpu: { shares: 5, quota: -1, period: 7, realtimeRuntime: 8, realtimePeriod: 9, cpus: "0-3", mems: "0" },
    hugepageLimits: [{ pageSize: "2MB", limit: 10 }],
    ...{ pids: { limit: 11 }, blockIO: { weight: 12 }, network: { classID: 13 }, devices: [] },
  };
  const linux = {
    ...{ sysctl: { "net.core.somaxconn": "1" }, cgroupsPath: "/pod/c1", rootfsPropagation: "slave" },
    ...{ maskedPaths: ["/m"], readonlyPaths: ["/r"], intelRdt: { l3CacheSchema: "L3:0=1" }, resources },
    devices: [
      { path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 0o666, uid: 1, gid: 2 },
      { path: "/dev/null", type: "c", major: 1, minor: 3 },
    ],
    namespaces: [
      { type: "user" },
      { type: "pid", path: "/proc/7/ns/pid" },
      { type: "ipc", path: "/proc/7/ns/ipc" },
    ],
    ...{
      uidMappings: [{ hostID: 1, containerID: 0, size: 9 }],
      gidMappings: [{ hostID: 2, containerID: 0, size: 9 }],
    },
    seccomp: {
      ...{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, architectures: ["SCMP_ARCH_X86_64"] },
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      syscalls: [
        {
          ...{ names: ["read"], action: "SCMP_ACT_ALLOW", errnoRet: 0 },
          args: [{ index: 0, value: 1, valueTwo: 2, op: "SCMP_CMP_EQ" }],
        },
      ],
    },
  };
  const annotations = { a: "b", ["__proto__"]: "c" };
  const config = { ...smallest, ociVersion: "1.2.0", hostname: "h", process, linux, annotations };
  const { oci, sandboxPidns, leftOut } = messageOf(config, { seccomp: true });
  const { $typeName: _, ...read } = fromBinary(SpecSchema, toBinary(SpecSchema, oci));
  const plain = JSON.parse(
    JSON.stringify(read, (name, value) =>
      name === "$typeName" || name === "mounts" || name === "root"
        ? undefined
        : typeof value === "bigint"
          ? String(value)
          : value,
    ),
  );
  assert.ok(Buffer.from(toBinary(SpecSchema, oci)).includes("__proto__"));
  assert.deepEqual(plain.process, {
    ...process,
    capabilities: { ...none("bounding effective inheritable permitted ambient"), ...process.capabilities },
    rlimits: [{ type: "RLIMIT_NOFILE", hard: "18446744073709551615", soft: "1024" }],
    ...{ oomScoreAdj: "-998", selinuxLabel: "" },
  });
  assert.deepEqual(plain.linux.resources.memory, {
    ...{
      limit: "9223372036854775807",
      reservation: "-1",
      swap: "3",
      swappiness: "4",
      disableOOMKiller: true,
    },
    ...{ kernel: "0", kernelTCP: "0" },
  });
  assert.deepEqual(plain.linux.resources.cpu, {
    ...{
      shares: "5",
      quota: "-1",
      period: "7",
      realtimeRuntime: "8",
      realtimePeriod: "9",
      cpus: "",
      mems: "",
    },
  });
  assert.deepEqual(
    plain.linux.devices.map(({ path, minor }: { path: string; minor: string }) => [path, minor]),
    [["/dev/fuse", "229"]],
  );
  assert.deepEqual(plain.linux.seccomp.syscalls[0].errnoRet, 0);
  assert.deepEqual([plain.linux.cgroupsPath, plain.linux.sysctl], ["/pod/c1", linux.sysctl]);
  assert.deepEqual(
    plain.linux.namespaces.map(({ type }: { type: string }) => type),
    ["mount", "uts", "ipc", "user"],
  );
  assert.equal(sandboxPidns, true);
  assert.deepEqual([...leftOut].sort(), [
    ...["linux.devices[1]", "linux.namespaces[1]", "linux.namespaces[2].path", "linux.resources.blockIO"],
    ...["linux.resources.cpu.cpus", "linux.resources.cpu.mems", "linux.resources.devices"],
    ...["linux.resources.network", "linux.resources.pids", "linux.seccomp.defaultErrnoRet"],
  ]);
});

const none = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, []]));

const deviceMount = { destination: "/dev/zero", type: "bind", source: "/srv/zero", options: ["rbind"] };
const users = { uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }] };

for (const [what, config, path, code, options] of [
  ["no process", { process: undefined }, "process", "missing-field"],
  ["no arguments", { process: { cwd: "/" } }, "process.args", "missing-field"],
  ["an empty list of arguments", { process: { args: [] } }, "process.args", "missing-field"],
  ["an argument that ends early", { process: { args: ["a\0b"] } }, "process.args[0]", "nul"],
  [
    "an argument that is no text",
    { process: { args: ["a", "\udc80"] } },
    "process.args[1]",
    "lone-surrogate",
  ],
  [
    "a capability that is none",
    { process: { args: ["a"], capabilities: { bounding: ["CAP_FLY"] } } },
    "process.capabilities.bounding[0]",
    "unknown-word",
  ],
  [
    "a limit that is none",
    { process: { args: ["a"], rlimits: [{ type: "NOFILE" }] } },
    "process.rlimits[0].type",
    "unknown-word",
  ],
  ["a user below 0", { process: { args: ["a"], user: { uid: -1 } } }, "process.user.uid", "out-of-range"],
  [
    "a mount on /dev/zero",
    { mounts: [{ destination: "/a", type: "tmpfs" }, deviceMount] },
    "mounts[1].destination",
    "device-of-agent",
  ],
  [
    "a mount on /dev//full",
    { mounts: [{ ...deviceMount, destination: "/dev//full" }] },
    "mounts[0].destination",
    "device-of-agent",
  ],
  [
    "a destination with dots",
    { mounts: [{ ...deviceMount, destination: "/a..b" }] },
    "mounts[0].destination",
    "not-a-destination",
  ],
  [
    "a cgroup path of systemd's",
    { linux: { cgroupsPath: "a.slice:b:c" } },
    "linux.cgroupsPath",
    "needs-systemd",
  ],
  [
    "a setting of the whole kernel",
    { linux: { sysctl: { "vm.swappiness": "1" } } },
    'linux.sysctl["vm.swappiness"]',
    "not-namespaced",
  ],
  [
    "the host name as a setting",
    { linux: { sysctl: { "kernel.hostname": "x" } } },
    'linux.sysctl["kernel.hostname"]',
    "not-namespaced",
  ],
  ["mappings without a namespace", { linux: users }, "linux.uidMappings", "needs-user-namespace"],
  [
    "a user namespace without mappings",
    { linux: { namespaces: [{ type: "user", path: "/x" }] } },
    "linux.uidMappings",
    "missing-field",
  ],
  [
    "a namespace that is none",
    { linux: { namespaces: [{ type: "moon" }] } },
    "linux.namespaces[0].type",
    "unknown-word",
  ],
  [
    "a device that is none",
    { linux: { devices: [{ path: "/dev/x", type: "q" }] } },
    "linux.devices[0].type",
    "unknown-word",
  ],
  [
    "an action that is none",
    { linux: { seccomp: { defaultAction: "ALLOW" } } },
    "linux.seccomp.defaultAction",
    "unknown-word",
    { seccomp: true },
  ],
  [
    "a number that is none",
    { linux: { resources: { memory: { limit: "1G" } } } },
    "linux.resources.memory.limit",
    "wrong-type",
  ],
  [
    "a number that is too large",
    { linux: { resources: { memory: { limit: 1e300 } } } },
    "linux.resources.memory.limit",
    "out-of-range",
  ],
  ["a host name that is none", { hostname: 7 }, "hostname", "wrong-type"],
] as const satisfies readonly (readonly [string, Config, string, string, OciMessageOptions?])[]) {
  test(`a bundle with ${what} is refused before the agent is asked`, () => {
    const { process, ...rest } = { ...smallest, ...config } as Config;
    const given = { ...rest, ...(process !== undefined && { process }) };
    assert.deepEqual(refusalOf(given, options), [path, code]);
  });
}

test("what only some agents cannot take passes with them, and what is not told is not read", () => {
  const config = { ...smallest, linux: { cgroupsPath: "a.slice:b:c", seccomp: { defaultAction: "ALLOW" } } };
  const { oci, leftOut } = messageOf(config, { systemd: true });
  assert.equal(oci.linux?.cgroupsPath, "a.slice:b:c");
  assert.deepEqual([oci.linux?.seccomp, leftOut], [undefined, ["linux.seccomp"]]);
});

test("where /dev is a bind, the agent makes no devices, and one may be mounted", () => {
  const dev = { destination: "/dev", type: "bind", source: "/srv/dev", options: ["rbind"] };
  const { oci } = messageOf({ ...smallest, mounts: [dev, deviceMount] });
  assert.deepEqual(
    oci.mounts.map(({ destination }) => destination),
    ["/proc", "/dev", "/dev/zero"],
  );
});

test("an unknown option is refused", () => {
  assert.throws(() => messageOf(smallest, { systemdd: true } as OciMessageOptions), /nearest|systemd/);
});

test("any value at any place is told or refused, and never anything else", () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(null, "", "a:b:c", -1, 2 ** 64, [null], {}),
  );
  const places = [
    ...["ociVersion", "process", "hostname", "annotations", "linux", "hooks", "process.args", "process.user"],
    ...["process.rlimits", "process.capabilities", "process.env", "linux.namespaces", "linux.devices"],
    ...["linux.resources", "linux.resources.memory", "linux.resources.cpu", "linux.seccomp", "linux.sysctl"],
    ...["linux.uidMappings", "linux.cgroupsPath", "linux.maskedPaths", "linux.intelRdt"],
  ];
  const plan = planOf(smallest);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places), value), { maxLength: 4 }), (changes) => {
      const config = structuredClone(smallest) as Record<string, unknown>;
      for (const [place, given] of changes) put(config, place.split("."), given);
      try {
        const { oci } = ociMessage(config, plan, { seccomp: true });
        fromBinary(SpecSchema, toBinary(SpecSchema, oci));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }),
  );
});

function put(record: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) record[name] = value;
  else {
    const inner = record[name];
    const isRecord = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    record[name] = isRecord ? inner : {};
    put(record[name] as Record<string, unknown>, rest, value);
  }
}
