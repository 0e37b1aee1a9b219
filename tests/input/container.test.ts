import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf } from "../../input/container.ts";
import { sandboxOf } from "../../input/sandbox.ts";
import { load } from "../../mod.ts";
import { plain, pod1, rootless } from "./bundles.ts";
import { errorOf, problemOf } from "./problem.ts";

const options = { id: "c1", bundle: "/run/bundles/c1" };
const root = { path: "rootfs" };

test("containerOf() reads what `runc spec` writes: root and mounts in order, without what has no part in sharing", () => {
  assert.deepEqual(containerOf(plain, options), {
    id: "c1",
    bundle: "/run/bundles/c1",
    rootFs: { target: "rootfs" },
    readonlyRootfs: true,
    mounts: plain.mounts,
  });
});

test("root.readonly is the guest's to obey: a plan says so, and binds the root as any other", async () => {
  const core = await load();
  const plans = [undefined, null, false, true].map((readonly) => {
    const container = containerOf({ root: { path: "/r", readonly } }, options);
    return core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random: [] });
  });
  assert.deepEqual(
    plans.map(({ readonlyRootfs }) => readonlyRootfs),
    [undefined, undefined, undefined, true],
  );
  for (const { steps } of plans) assert.deepEqual(steps, plans[0]?.steps);
  const rootFs = { type: "bind", source: "/r", target: "/r" };
  assert.equal(containerOf({ root: { readonly: true } }, { ...options, rootFs }).readonlyRootfs, true);
});

test("containerOf() reads a text as it reads what was parsed of it, with a byte order mark too", () => {
  for (const config of [plain, pod1, rootless]) {
    const expected = containerOf(config, options);
    assert.deepEqual(containerOf(JSON.stringify(config), options), expected);
    assert.deepEqual(containerOf(`\ufeff${JSON.stringify(config, null, 4)}\r\n`, options), expected);
  }
});

test("containerOf() reads a pod's bundle: volumes, annotations and the limits of huge pages", () => {
  const container = containerOf(pod1, options);
  assert.deepEqual(
    container.mounts?.map(({ destination }) => destination),
    pod1.mounts.map(({ destination }) => destination),
  );
  assert.deepEqual(container.annotations, pod1.annotations);
  assert.deepEqual(container.hugepageLimits, [
    { pageSize: "2MB", limit: 4194304 },
    { pageSize: "1GB", limit: 0 },
  ]);
});

test("a mount that is to be mapped has its own mappings, else those of the user namespace; others have none", () => {
  const { mounts = [] } = containerOf(rootless, options);
  const of = (destination: string) => mounts.find((mount) => mount.destination === destination);
  assert.deepEqual(of("/data")?.uidMappings, rootless.linux.uidMappings);
  assert.deepEqual(of("/data")?.gidMappings, rootless.linux.gidMappings);
  assert.deepEqual(of("/more")?.uidMappings, [{ containerID: 5, hostID: 6, size: 7 }]);
  assert.equal(of("/etc/hostname")?.uidMappings, undefined);
});

test("an empty list of mappings is as good as none", () => {
  const mount = { destination: "/a", options: ["idmap"], uidMappings: [], gidMappings: null };
  const { mounts } = containerOf({ root, mounts: [mount], linux: rootless.linux }, options);
  assert.deepEqual(mounts?.[0]?.uidMappings, rootless.linux.uidMappings);
});

test("without a user namespace a mount that is to be mapped stays without mappings: the core refuses it", () => {
  const { mounts } = containerOf({ root, mounts: [{ destination: "/a", options: ["idmap"] }] }, options);
  assert.deepEqual(mounts, [{ destination: "/a", options: ["idmap"] }]);
});

test("a root filesystem that is given takes the place of the root of the configuration", () => {
  const rootFs = { source: "/dev/dm-1", type: "ext4", target: "/run/c1/rootfs" };
  assert.deepEqual(containerOf(plain, { ...options, rootFs }).rootFs, rootFs);
  assert.deepEqual(containerOf({}, { id: "c1", rootFs: {} }), { id: "c1", rootFs: {} });
});

test("what else is given of the container comes along", () => {
  const blockDrive = { scsiAddr: "0:1" };
  const container = containerOf(plain, { ...options, fstype: "ext4", blockDrive, rootfsSuffix: "" });
  assert.deepEqual(
    [container.fstype, container.blockDrive, container.rootfsSuffix],
    ["ext4", blockDrive, ""],
  );
});

test("layers that the root filesystem names become mounts behind the others", () => {
  const layer = "io.katacontainers.fs-opt.layer=/var/layers/abc,tar,ro,io.katacontainers.fs-opt.is-layer";
  const { mounts } = containerOf(
    { root, mounts: [{ destination: "/a" }] },
    { ...options, rootFs: { type: "fuse3.kata-overlay", options: ["lowerdir=abc", layer] } },
  );
  assert.deepEqual(mounts, [
    { destination: "/a" },
    {
      destination: "/run/kata-containers/sandbox/layers/abc",
      type: "tar",
      source: "/var/layers/abc",
      options: ["ro", "io.katacontainers.fs-opt.is-layer"],
    },
  ]);
});

test("a container with layers is planned: the guest gets the options that name them as they are", async () => {
  const layer = "io.katacontainers.fs-opt.layer=/l1,tar,ro,io.katacontainers.fs-opt.is-layer";
  const rootFs = {
    type: "fuse3.kata-overlay",
    options: ["lowerdir=l1", "io.katacontainers.fs-opt.overlay-rw", layer],
  };
  const container = containerOf({ root: { path: "rootfs" } }, { ...options, rootFs });
  const mounts = container.mounts?.map((mount) => ({ ...mount, blockDrive: { scsiAddr: "0:1" } })) ?? [];
  const sandbox = { id: "s1" };
  const random = ["0011223344556677"];
  const plan = (await load()).plan({
    op: "shareContainer",
    sandbox,
    container: { ...container, mounts },
    random,
  });
  assert.deepEqual(
    plan.storages.map(({ driver, fstype, options }) => [driver, fstype, options]),
    [
      ["scsi", "tar", ["ro", "io.katacontainers.fs-opt.is-layer"]],
      ["overlayfs", rootFs.type, rootFs.options],
    ],
  );
});

test("a layer without a type is refused", () => {
  const rootFs = { options: ["ro", "io.katacontainers.fs-opt.layer=/var/layers/abc"] };
  assert.equal(
    problemOf(() => containerOf(plain, { ...options, rootFs })),
    "rootFs.options[1] malformed-layer",
  );
});

test("null is as good as absent: Go writes it for what is not set", () => {
  const config = {
    root,
    mounts: [{ destination: "/a", source: null, type: null, options: null, uidMappings: null }],
    annotations: null,
    linux: { resources: null, uidMappings: null },
  };
  const container = containerOf(config, options);
  assert.deepEqual(container, { ...options, rootFs: { target: "rootfs" }, mounts: [{ destination: "/a" }] });
  assert.deepEqual(containerOf({ root, mounts: null, linux: null }, options), {
    ...options,
    rootFs: { target: "rootfs" },
  });
});

test("what is missing or of another type is named by its path", () => {
  const destination = "/a";
  for (const [config, problem] of [
    [{}, "root missing-field"],
    [{ root: null }, "root missing-field"],
    [{ root: {} }, "root.path missing-field"],
    [{ root: { path: 1 } }, "root.path wrong-type"],
    [{ root: "rootfs" }, "root wrong-type"],
    [{ root: { path: "rootfs", readonly: "yes" } }, "root.readonly wrong-type"],
    [[], "wrong-type"],
    [{ root, mounts: {} }, "mounts wrong-type"],
    [
      { root, mounts: [{ destination }, { destination }, { source: "/a" }] },
      "mounts[2].destination missing-field",
    ],
    [{ root, mounts: [{ destination: null }] }, "mounts[0].destination missing-field"],
    [{ root, mounts: [null] }, "mounts[0] wrong-type"],
    [{ root, mounts: [{ destination, options: "ro" }] }, "mounts[0].options wrong-type"],
    [{ root, mounts: [{ destination, options: ["ro", 1] }] }, "mounts[0].options[1] wrong-type"],
    [{ root, mounts: [{ destination, type: true }] }, "mounts[0].type wrong-type"],
    [
      { root, mounts: [{ destination, uidMappings: [{ containerID: 0, hostID: "0", size: 1 }] }] },
      "mounts[0].uidMappings[0].hostID wrong-type",
    ],
    [
      { root, mounts: [{ destination, gidMappings: [{ containerID: 0, hostID: 0, size: -1 }] }] },
      "mounts[0].gidMappings[0].size out-of-range",
    ],
    [
      { root, mounts: [], linux: { uidMappings: [{ containerID: 0 }] } },
      "linux.uidMappings[0].hostID missing-field",
    ],
    [{ root, annotations: { "a.b/c": 1 } }, 'annotations["a.b/c"] wrong-type'],
    [
      { root, linux: { resources: { hugepageLimits: [{ limit: 1 }] } } },
      "linux.resources.hugepageLimits[0].pageSize missing-field",
    ],
    [
      { root, linux: { resources: { hugepageLimits: [{ pageSize: "2MB", limit: 1.5 }] } } },
      "linux.resources.hugepageLimits[0].limit wrong-type",
    ],
  ] as const) {
    assert.equal(
      problemOf(() => containerOf(config, options)),
      problem,
    );
    assert.equal(
      problemOf(() => containerOf(JSON.stringify(config), options)),
      problem,
    );
  }
});

test("a limit of huge pages is a uint64: one above 2^53 - 1 is none, and matters only to a mount of such pages", async () => {
  const core = await load();
  const random = ["0011223344556677"];
  const sandbox = { id: "s1" };
  for (const limit of [
    "9007199254740992",
    "9223372036854772000",
    "9223372036854775807",
    "18446744073709551615",
  ]) {
    const config = `{"root":{"path":"/r"},"mounts":[{"destination":"/p","type":"tmpfs"}],"linux":{"resources":{"hugepageLimits":[
      {"pageSize":"2MB","limit":${limit}},{"pageSize":"1GB","limit":9007199254740991}]}}}`;
    const container = containerOf(config, options);
    assert.deepEqual(container.hugepageLimits, [{ pageSize: "1GB", limit: Number.MAX_SAFE_INTEGER }]);
    assert.equal(core.plan({ op: "shareContainer", sandbox, container, random }).outcomes[0]?.kind, "guest");
    const facts = { kind: "directory", filesystem: "hugetlbfs", filesystemOptions: ["pagesize=2M"] } as const;
    const mounts = [{ source: "/p/kubernetes.io~empty-dir/v", destination: "/p", facts }];
    const pages = { ...container, mounts };
    assert.throws(() => core.plan({ op: "shareContainer", sandbox, container: pages, random }), {
      code: "missing-hugepage-limit",
    });
  }
});

test("a number that no number can hold is out of range, not another number", () => {
  for (const limit of ["1e400", "18446744073709560000", "-1"]) {
    const config = `{"root":{"path":"r"},"linux":{"resources":{"hugepageLimits":[{"pageSize":"2MB","limit":${limit}}]}}}`;
    assert.equal(
      problemOf(() => containerOf(config, options)),
      "linux.resources.hugepageLimits[0].limit out-of-range",
    );
  }
});

test("a text that is no JSON is refused, and the cause is kept", () => {
  const error = errorOf(() => containerOf("{", options));
  assert.equal(error.message, "Cannot read config.json: not-json (it is not JSON)");
  assert.ok(error.cause instanceof Error);
});

test("the path of a file in place of its text is told as one, and bytes are", () => {
  for (const path of [
    "/run/bundles/c1/config.json",
    "./config.json",
    "../c1/config.json",
    "config.json",
    "~/c.json",
  ]) {
    const { code, subject, message } = errorOf(() => containerOf(path, options));
    assert.deepEqual([code, subject], ["not-json", path]);
    assert.match(
      message,
      /^Cannot read config\.json ".*": not-json \(it is not JSON: it is a path; read the file, and give/,
    );
  }
  const bytes = new TextEncoder().encode("{}");
  assert.equal(
    errorOf(() => containerOf(bytes, options)).message,
    "Cannot read config.json: wrong-type (text instead of bytes expected)",
  );
  assert.match(
    errorOf(() => sandboxOf("/etc/kata/configuration.toml", { id: "s1" })).message,
    /it is a path; read/,
  );
  for (const [toml, problem] of [
    [bytes, "wrong-type (text instead of bytes expected)"],
    [[bytes], "[0]: wrong-type (text instead of bytes expected)"],
    [["", {}], "[1]: wrong-type (text expected)"],
    [{}, "wrong-type (text or array of texts expected)"],
    [null, "wrong-type (text or array of texts expected)"],
  ] as const) {
    const { message } = errorOf(() => sandboxOf(toml as never, { id: "s1" }));
    const place = problem.startsWith("[") ? " " : ": ";
    assert.equal(message, `Cannot read configuration.toml${place}${problem}`);
  }
  assert.match(errorOf(() => sandboxOf("a b", { id: "s1" })).message, /not-toml \((?!it is a path)/);
});

test("the message says what was read, where, and what is expected there", () => {
  assert.equal(
    errorOf(() => containerOf({ root, mounts: [{ destination: 1 }] }, options)).message,
    "Cannot read config.json mounts[0].destination: wrong-type (string expected)",
  );
  assert.equal(
    errorOf(() => containerOf({ root, mounts: [{}] }, options)).message,
    "Cannot read config.json mounts[0].destination: missing-field (the field is needed; add it)",
  );
});

test("a name like __proto__ is a name", () => {
  const config =
    '{"root":{"path":"r"},"__proto__":{"mounts":[{}]},"annotations":{"__proto__":"a","constructor":"b"}}';
  const { annotations = {}, mounts } = containerOf(config, options);
  assert.deepEqual(Object.entries(annotations), [
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  assert.equal(mounts, undefined);
  assert.equal(({} as Record<string, unknown>).mounts, undefined);
});

test("what the core judges is passed on to it: ids, paths, options, half characters", () => {
  const config = { root: { path: "../\ud800" }, mounts: [{ destination: "", options: ["no-such-option"] }] };
  const container = containerOf(config, { id: "../x", bundle: "relative" });
  assert.equal(container.id, "../x");
  assert.equal(container.rootFs?.target, "../\ud800");
  assert.deepEqual(container.mounts, config.mounts);
});

test("the core plans what was read of each tool's bundle", async () => {
  const core = await load();
  for (const config of [plain, pod1, rootless]) {
    const container = containerOf(config, options);
    const plan = core.plan({ op: "shareRootFilesystem", sandbox: { id: "s1" }, container });
    assert.match(plan.shared?.guestPath ?? "", /\/c1\/rootfs$/);
  }
});

test("a deeply nested text is read or refused, and nothing else happens", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  assert.deepEqual(containerOf(`{"root":{"path":"r"},"x":${deep}}`, { id: "c1" }), {
    id: "c1",
    rootFs: { target: "r" },
  });
  assert.equal(
    problemOf(() => containerOf(deep, options)),
    "wrong-type",
  );
});
