import assert from "node:assert/strict";
import { test } from "node:test";
import { withPodBundle } from "../../input/pod-bundle.ts";
import { load, type Mount } from "../../mod.ts";
import { errorOf, problemOf } from "./problem.ts";

const MiB = 1024 * 1024;
const root = { path: "rootfs" };
const docker = ["nosuid", "noexec", "nodev", "mode=1777"];
const sizes: Readonly<Record<string, number>> = { "/run/sandboxes/5a/shm": 256 * MiB, "/mnt": 3 * MiB };
const sizeOf = (source: string) => sizes[source] ?? assert.fail(`nobody asks for ${source}`);

function shmSizeOf(...mounts: readonly Mount[]): number | undefined {
  return withPodBundle({ id: "s1" }, { root, mounts }, { sizeOf }).shmSize;
}

function tmpfs(...options: readonly string[]): Mount {
  return { destination: "/dev/shm", type: "tmpfs", source: "shm", options };
}

test("a tmpfs at /dev/shm is as large as its size says, in the kernel's words for one", () => {
  for (const [size, bytes] of [
    ["size=65536k", 64 * MiB],
    ["size=1g", 1024 * MiB],
    ["size=1G", 1024 * MiB],
    ["size=67108864", 64 * MiB],
    ["size=0x10M", 16 * MiB],
    ["size=010k", 8192],
    ["size=2t", 2 * 1024 * 1024 * MiB],
    ["size=1p", 1024 ** 5],
    ["size=9007199254740991", Number.MAX_SAFE_INTEGER],
  ] as const) {
    assert.equal(shmSizeOf(tmpfs(...docker, size)), bytes, size);
  }
  assert.equal(shmSizeOf(tmpfs("size=1m", "nosuid", "size=2m")), 2 * MiB);
});

test("without a size it has Kata's 64 MiB; without /dev/shm the sandbox has none of its own", () => {
  assert.equal(shmSizeOf(tmpfs(...docker)), 64 * MiB);
  assert.equal(shmSizeOf({ destination: "/dev/shm", type: "tmpfs" }), 64 * MiB);
  assert.equal(shmSizeOf(), undefined);
  assert.equal(withPodBundle({ id: "s1" }, { root }).shmSize, undefined);
  assert.equal(shmSizeOf({ destination: "/dev/shm/x", type: "tmpfs" }), undefined);
  assert.equal(shmSizeOf({ destination: "dev/shm", type: "tmpfs" }), undefined);
});

test("a part of the memory, or no limit, is for each container to ask for: the sandbox has none of its own", () => {
  assert.equal(shmSizeOf(tmpfs("size=50%")), undefined);
  assert.equal(shmSizeOf(tmpfs("size=0")), undefined);
  const sandbox = withPodBundle({ id: "s1", shmSize: 1 }, { root, mounts: [tmpfs("size=50%")] });
  assert.deepEqual(sandbox, { id: "s1" });
});

test("a bind at /dev/shm is as large as the filesystem of its source; the host's own stands for 64 MiB", () => {
  const source = "/run/sandboxes/5a/shm";
  assert.equal(
    shmSizeOf({ destination: "/dev/shm", type: "bind", source, options: ["rbind", "ro"] }),
    256 * MiB,
  );
  assert.equal(shmSizeOf({ destination: "/dev/shm", type: "none", source: "/mnt" }), 3 * MiB);
  assert.equal(
    shmSizeOf({ destination: "/dev/shm", type: "tmpfs", source: "/mnt", options: ["bind"] }),
    3 * MiB,
  );
  assert.equal(shmSizeOf({ destination: "/dev/shm", type: "bind", source: "/dev/shm" }), 64 * MiB);
  assert.equal(shmSizeOf({ destination: "/dev/shm", type: "bind", source: "/dev//shm/" }), 64 * MiB);
  assert.equal(shmSizeOf({ destination: "/dev/shm", type: "bind" }), 64 * MiB);
});

test("/dev/shm is compared cleaned, and of several mounts there the last is the one that is seen", () => {
  for (const destination of ["/dev/shm/", "/dev//shm", "/dev/./shm", "/dev/pts/../shm", "//dev/shm"]) {
    assert.equal(shmSizeOf({ ...tmpfs("size=1m"), destination }), MiB, destination);
  }
  assert.equal(shmSizeOf(tmpfs("size=1m"), tmpfs("size=2m")), 2 * MiB);
  assert.equal(
    shmSizeOf({ destination: "/dev/shm", type: "bind", source: "/mnt" }, tmpfs("size=2m")),
    2 * MiB,
  );
});

test("the sandbox keeps what else it has, and its containers get that memory", async () => {
  const config = {
    root,
    mounts: [tmpfs(...docker, "size=1g")],
    annotations: { "io.kubernetes.cri.container-type": "sandbox" },
  };
  const sandbox = withPodBundle({ id: "s1", sharedFs: "none", shmSize: 1 }, JSON.stringify(config));
  assert.deepEqual(sandbox, { id: "s1", sharedFs: "none", shmSize: 1024 * MiB });
  const core = await load();
  assert.deepEqual(core.plan({ op: "prepare", sandbox }).storages[0]?.options.at(-1), "size=1073741824");
});

test("what cannot be a size, or is the bundle of another container, is refused with its place", () => {
  for (const [config, problem] of [
    [{ mounts: [tmpfs("ro", "size=1gb")] }, "mounts[0].options[1] bad-size"],
    [{ mounts: [tmpfs("size=")] }, "mounts[0].options[0] bad-size"],
    [{ mounts: [tmpfs("size=09")] }, "mounts[0].options[0] bad-size"],
    [{ mounts: [tmpfs("size=8p")] }, "mounts[0].options[0] out-of-range"],
    [{ mounts: [{ type: "bind" }] }, "mounts[0].destination missing-field"],
    [{ mounts: [{ destination: "/dev/shm", options: [1] }] }, "mounts[0].options[0] wrong-type"],
    [{ mounts: [{ destination: "/dev/shm", type: "bind", source: "/x" }] }, "mounts[0].source needs-size-of"],
    [
      { annotations: { "io.kubernetes.cri.container-type": "container" } },
      'annotations["io.kubernetes.cri.container-type"] not-the-pods-own',
    ],
    [
      { annotations: { "io.kubernetes.cri-o.ContainerType": "container" } },
      'annotations["io.kubernetes.cri-o.ContainerType"] not-the-pods-own',
    ],
    ["{", "not-json"],
  ] as const) {
    assert.equal(
      problemOf(() => withPodBundle({ id: "s1" }, config)),
      problem,
    );
  }
  const config = { mounts: [tmpfs("size=1gb")] };
  assert.equal(
    errorOf(() => withPodBundle({ id: "s1" }, config)).message,
    'Cannot read config.json mounts[0].options[0] "size=1gb": bad-size (a tmpfs takes digits and k, m, g, t, p, e or %, such as size=64m)',
  );
});
