import assert from "node:assert/strict";
import { test } from "node:test";
import { annotationsAllowedBy, sandboxOf } from "../../input/sandbox.ts";
import { errorOf, problemOf } from "./problem.ts";

const base = `
[hypervisor.qemu]
shared_fs = "virtio-fs"
virtio_fs_cache = "auto"
enable_annotations = ["shared_fs", "virtio_fs_.*"]
[runtime]
sandbox_bind_mounts = ["/a", "/b"]
disable_guest_empty_dir = true
`;
const options = { id: "s1" };

test("a drop-in changes its keys, and the others stay", () => {
  const alone = sandboxOf(base, options);
  assert.deepEqual(sandboxOf([base], options), alone);
  const dropIn = '[hypervisor.qemu]\nshared_fs = "none"\n';
  assert.deepEqual(sandboxOf([base, dropIn], options), { ...alone, sharedFs: "none" });
  assert.deepEqual(sandboxOf([base, "", "# nothing\n"], options), alone);
});

test("of two drop-ins the later one counts, and one may bring a table that the base has not", () => {
  const of = (cache: string) => `[hypervisor.qemu]\nvirtio_fs_cache = "${cache}"\n`;
  const image = "[image]\nservice_offload = true\n";
  const sandbox = sandboxOf([base, of("always"), image, of("metadata")], options);
  assert.equal(sandbox.virtioFsCache, "metadata");
  assert.equal(sandbox.serviceOffload, true);
});

test("a list is exchanged whole", () => {
  const binds = '[runtime]\nsandbox_bind_mounts = ["/c"]\n';
  assert.deepEqual(sandboxOf([base, binds], options).sandboxBindMounts, ["/c"]);
  const names = '[hypervisor.qemu]\nenable_annotations = ["rootless"]\n';
  assert.deepEqual(annotationsAllowedBy([base, names]), ["rootless"]);
});

test("a drop-in that makes it one of runtime-rs changes what is left out", () => {
  const rust = '[runtime]\nhypervisor_name = "qemu"\n';
  const small = "[hypervisor.qemu]\n[runtime]\n";
  assert.equal(sandboxOf(small, options).sharedFs, undefined);
  assert.equal(sandboxOf([small, rust], options).sharedFs, "none");
});

test("a drop-in for another hypervisor brings a second table, and which one is used has to be said", () => {
  const other = '[hypervisor.clh]\nshared_fs = "none"\n';
  assert.equal(
    problemOf(() => sandboxOf([base, other], options)),
    "hypervisor several-hypervisors",
  );
});

test("where a text of several is no TOML, its place in the list is told, and the line in it", () => {
  const error = errorOf(() => sandboxOf([base, "[runtime]\n= 1\n"], options));
  assert.deepEqual([error.code, error.path, error.line], ["not-toml", "[1]", 2]);
});

test("a value that is no table in one of them is refused by its path", () => {
  assert.equal(
    problemOf(() => sandboxOf([base, "hypervisor = 1\n"], options)),
    "hypervisor wrong-type",
  );
  const harmless = "[__proto__]\nshared_fs = 'none'\n[hypervisor.qemu.__proto__]\nx = 1\n";
  assert.deepEqual(sandboxOf([base, harmless], options), sandboxOf(base, options));
});
