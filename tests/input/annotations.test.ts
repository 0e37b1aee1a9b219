import assert from "node:assert/strict";
import { test } from "node:test";
import { withAnnotations } from "../../input/annotations.ts";
import type { Sandbox } from "../../wasm/types.ts";
import { errorOf, problemOf } from "./problem.ts";

const prefix = "io.katacontainers.config.hypervisor.";
const pull = "io.katacontainers.config.runtime.experimental_force_guest_pull";
const sandbox: Sandbox = { id: "s1", sharedFs: "virtio-9p", hypervisor: "clh" };

function overridden(annotations: Record<string, string>, ...allow: string[]): Sandbox {
  return withAnnotations(sandbox, annotations, { allow, rootlessDir: "/run/user/7" });
}

test("what is allowed overrides, and the sandbox that was given stays as it is", () => {
  const annotations = {
    [`${prefix}shared_fs`]: "virtio-fs",
    [`${prefix}virtio_fs_cache`]: "always",
    [`${prefix}virtio_fs_cache_size`]: "2048",
    [`${prefix}block_device_driver`]: "virtio-blk-pci",
    [`${prefix}msize_9p`]: "65536",
    [`${prefix}rootless`]: "True",
  };
  assert.deepEqual(overridden(annotations, ".*"), {
    id: "s1",
    hypervisor: "clh",
    sharedFs: "virtio-fs",
    virtioFsCache: "always",
    virtioFsCacheSize: 2048,
    blockDeviceDriver: "virtio-blk",
    msize9p: 65536,
    rootlessDir: "/run/user/7",
  });
  assert.deepEqual(sandbox, { id: "s1", sharedFs: "virtio-9p", hypervisor: "clh" });
});

test("nothing is allowed by default", () => {
  const name = `${prefix}virtio_fs_cache`;
  const error = errorOf(() => withAnnotations(sandbox, { [name]: "auto" }));
  assert.deepEqual([error.path, error.code], [name, "not-enabled"]);
  assert.equal(
    error.message,
    `Cannot read annotations ${name}: not-enabled (no entry of enable_annotations allows it)`,
  );
});

test("all of the family have to be allowed, also those that say nothing about sharing", () => {
  const annotations = { [`${prefix}virtio_fs_cache`]: "auto", [`${prefix}kernel_params`]: "quiet" };
  assert.equal(
    problemOf(() => overridden(annotations, "virtio_fs_cache")),
    `${prefix}kernel_params not-enabled`,
  );
  assert.equal(overridden(annotations, "virtio_fs_cache", "kernel_params").virtioFsCache, "auto");
});

test("a name that is not allowed is refused before any value is read", () => {
  const annotations = { [`${prefix}shared_fs`]: "no such word", [`${prefix}path`]: "/bin/sh" };
  assert.equal(
    problemOf(() => overridden(annotations, "shared_fs")),
    `${prefix}path not-enabled`,
  );
});

test("an entry has to match the whole name", () => {
  for (const [name, entry] of [
    ["virtio_fs_cache_size", "virtio_fs_cache"],
    ["jailer_path", "path"],
    ["path", "pat"],
    ["shared_fs", "shared|fs"],
    ["__proto__", "proto"],
    ["", "a"],
  ]) {
    assert.equal(
      problemOf(() => overridden({ [`${prefix}${name}`]: "x" }, `${entry}`))
        .split(" ")
        .at(-1),
      "not-enabled",
    );
  }
});

test("the daemon and its arguments are allowed by their own names only", () => {
  for (const name of ["virtio_fs_daemon", "virtio_fs_extra_args"]) {
    const annotations = { [`${prefix}${name}`]: '["-o","source=/"]' };
    for (const entry of [".*", "virtio_fs_.*", `(${name})`, `${name}|x`]) {
      assert.equal(
        problemOf(() => overridden(annotations, entry)),
        `${prefix}${name} not-enabled`,
      );
    }
    assert.deepEqual(overridden(annotations, name), sandbox);
  }
});

test("an entry that is no regular expression is refused", () => {
  for (const entry of ["(", "a)|(b", "[", "*"]) {
    assert.equal(
      problemOf(() => overridden({}, "shared_fs", entry)),
      "allow[1] not-a-pattern",
    );
  }
});

test("annotations of the runtime need no permission, and other ones mean nothing", () => {
  assert.equal(withAnnotations(sandbox, { [pull]: "true" }).forceGuestPull, true);
  assert.equal(withAnnotations({ ...sandbox, forceGuestPull: true }, { [pull]: "F" }).forceGuestPull, false);
  const others = {
    "io.katacontainers.config.runtime.disable_guest_seccomp": "x",
    "io.katacontainers.config.hypervisor": "x",
    "io.kubernetes.cri.container-type": "sandbox",
    __proto__x: "",
  };
  assert.deepEqual(withAnnotations(sandbox, others), sandbox);
  assert.deepEqual(withAnnotations(sandbox, JSON.parse('{"__proto__":"x"}')), sandbox);
});

test("rootless takes the directory that is needed for it, and gives it back", () => {
  const name = `${prefix}rootless`;
  const allow = ["rootless"];
  assert.equal(
    problemOf(() => withAnnotations(sandbox, { [name]: "1" }, { allow })),
    `${name} needs-rootless-dir`,
  );
  const before = { ...sandbox, rootlessDir: "/run/user/8" };
  assert.deepEqual(withAnnotations(before, { [name]: "false" }, { allow }), sandbox);
});

test("a value that is none of its annotation is refused by the annotation's name", () => {
  for (const [name, value, code] of [
    [`${prefix}shared_fs`, "virtiofs", "unknown-word"],
    [`${prefix}shared_fs`, "", "unknown-word"],
    [`${prefix}shared_fs`, "none", "unknown-word"],
    [`${prefix}block_device_driver`, "ide", "unknown-word"],
    [`${prefix}virtio_fs_cache`, "Auto", "unknown-word"],
    [`${prefix}virtio_fs_cache_size`, "1.5", "wrong-type"],
    [`${prefix}virtio_fs_cache_size`, "-1", "wrong-type"],
    [`${prefix}virtio_fs_cache_size`, " 1", "wrong-type"],
    [`${prefix}virtio_fs_cache_size`, "", "wrong-type"],
    [`${prefix}virtio_fs_cache_size`, "4294967296", "out-of-range"],
    [`${prefix}virtio_fs_cache_size`, "9".repeat(400), "out-of-range"],
    [`${prefix}msize_9p`, "0", "out-of-range"],
    [`${prefix}rootless`, "yes", "unknown-word"],
    [pull, "yes", "unknown-word"],
    [pull, 1, "wrong-type"],
  ] as const) {
    assert.equal(
      problemOf(() => overridden({ [name]: value as string }, ".*")),
      `${name} ${code}`,
    );
  }
});
