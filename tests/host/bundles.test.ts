import assert from "node:assert/strict";
import { lacking } from "../support/bundles/needed-tools.ts";
import type { SharedBundle, SharedMount } from "../support/bundles/share.ts";
import { BundleTools } from "../support/bundles/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// Bundles as tools write them now, whatever their versions: fixtures/bundles has some as they wrote them once.

function bundleTest(
  name: string,
  program: string,
  body: (tools: BundleTools, scratch: Scratch) => Promise<void> | void,
): void {
  const skip = lacking([program], "it would have shared a bundle that this program writes");
  mountTest(name, (scratch) => body(new BundleTools(scratch), scratch), { skip });
}

/** What is to be shared: a root, a directory and a file. */
function makeFiles(scratch: Scratch): void {
  scratch.file("image/bin/sh", "#!", 0o755);
  scratch.file("data/file", "data");
  scratch.file("app.conf", "configuration");
}

function assertShared({ mounts, hasRoot, left }: SharedBundle): void {
  assert.ok(hasRoot);
  assert.deepEqual(left, []);
  const others = mounts.filter(({ kind, isSource }) => kind === "shared" && !isSource);
  assert.deepEqual(others, []);
  const kinds = new Set(mounts.map(({ kind }) => kind));
  for (const kind of kinds) assert.ok(["shared", "guest", "shm"].includes(kind), kind);
}

function mountAt({ mounts }: SharedBundle, destination: string): SharedMount {
  const found = mounts.find((mount) => mount.destination === destination);
  assert.ok(found, `nothing is mounted at ${destination}`);
  return found;
}

for (const program of ["runc", "crun"]) {
  bundleTest(`what \`${program} spec\` writes is shared`, program, async (tools) => {
    const plain = await tools.spec(`${program}-spec`, program, "spec");
    assertShared(plain);
    assert.deepEqual(
      plain.mounts.filter(({ kind }) => kind !== "guest").map(({ destination, kind }) => [destination, kind]),
      [["/dev/shm", "shm"]],
    );
    const rootless = await tools.spec(`${program}-spec-rootless`, program, "spec", "--rootless");
    assertShared(rootless);
    assert.equal(mountAt(rootless, "/sys").kind, "guest");
  });
}

bundleTest(
  "what `podman run` writes is shared: volumes, and the files that it adds",
  "podman",
  (tools, scratch) => {
    makeFiles(scratch);
    const volumes = [
      ...["-v", `${scratch.path}/data:/data:ro`, "-v", `${scratch.path}/data:/same:ro`],
      ...["-v", `${scratch.path}/app.conf:/etc/app.conf`, "-v", "named:/volume", "--tmpfs", "/scratch"],
    ];
    const root = ["--rootfs", `${scratch.path}/image`, "/bin/sh"];
    const bundle = tools.podman("podman-run", "--network", "none", "--hostname", "web", ...volumes, ...root);
    assertShared(bundle);
    assert.match(mountAt(bundle, "/data").options ?? "", /^ro,/);
    assert.match(mountAt(bundle, "/etc/app.conf").options ?? "", /^rw,/);
    assert.match(mountAt(bundle, "/volume").options ?? "", /^rw,nosuid,nodev/);
    const reasons = ["/data", "/same"].map((destination) => mountAt(bundle, destination).reason);
    assert.deepEqual(reasons.sort(), ["bind", "same-source"]);
    for (const added of ["/etc/hosts", "/etc/hostname"]) assert.equal(mountAt(bundle, added).kind, "shared");
    assert.equal(mountAt(bundle, "/dev/shm").kind, "shm");
    assert.equal(mountAt(bundle, "/scratch").kind, "guest");
  },
);

bundleTest(
  "podman's idmapped volumes have other owners, by its user namespace",
  "podman",
  (tools, scratch) => {
    makeFiles(scratch);
    const maps = ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536", "--read-only"];
    const volumes = [
      "-v",
      `${scratch.path}/data:/data:idmap`,
      "-v",
      `${scratch.path}/app.conf:/app.conf:ro,idmap`,
    ];
    const root = ["--rootfs", `${scratch.path}/image`, "/bin/sh"];
    const bundle = tools.podman("podman-run-idmap", "--network", "none", ...maps, ...volumes, ...root);
    assertShared(bundle);
    for (const destination of ["/data", "/app.conf"]) {
      assert.equal(mountAt(bundle, destination).uid, 100000);
      assert.match(mountAt(bundle, destination).options ?? "", /idmapped/);
    }
  },
);

bundleTest("what podman takes from the host itself stays the guest's", "podman", (tools, scratch) => {
  makeFiles(scratch);
  const host = ["--network", "host", "--pid", "host", "--ipc", "host", "--hostname", "web"];
  const volumes = [
    ...["-v", "/dev/null:/null", "-v", "/proc/version:/version:ro", "-v", "/sys/kernel:/kernel:ro,rslave"],
    ...["-v", `${scratch.path}/data:/data:noexec,nosuid`],
  ];
  const bundle = tools.podman(
    "podman-run-host",
    ...host,
    ...volumes,
    "--rootfs",
    `${scratch.path}/image`,
    "/bin/sh",
  );
  assertShared(bundle);
  const reasons = ["/null", "/version", "/kernel"].map((destination) => mountAt(bundle, destination).reason);
  assert.deepEqual(reasons, ["host-device", "system-mount", "system-mount"]);
  assert.match(mountAt(bundle, "/data").options ?? "", /^rw,nosuid,noexec/);
});

bundleTest(
  "what `buildah run` writes is shared from inside its mount namespace",
  "buildah",
  (tools, scratch) => {
    makeFiles(scratch);
    const volumes = [
      ...["-v", `${scratch.path}/data:/data:ro`, "--mount", "type=tmpfs,target=/scratch"],
      ...["--mount", `type=bind,source=${scratch.path}/app.conf,target=/etc/app.conf`],
    ];
    const run = ["--network", "none", ...volumes, "buildah-run", "--", "/bin/sh"];
    const bundle = tools.buildah("buildah-run", `${scratch.path}/image`, ...run);
    assertShared(bundle);
    assert.match(mountAt(bundle, "/data").options ?? "", /^ro,/);
    assert.equal(mountAt(bundle, "/etc/app.conf").kind, "shared");
    assert.equal(mountAt(bundle, "/etc/hostname").kind, "shared");
  },
);
