import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudHypervisorArguments, cloudHypervisorFs, LaunchError, launchArguments } from "../../vm/mod.ts";

// The program is not in Debian, nor on npm: its lines are held against its own rules, as option_parser has them.

/** A value of cloud-hypervisor's, read as its option_parser reads it: quotes hide commas, and two are one. */
function read(value: string): Record<string, string> {
  const parts = value.match(/(?:"[^"]*"|[^",])+/g) ?? [];
  return Object.fromEntries(
    parts.map((part) => {
      const [name = "", ...rest] = part.split("=");
      const inner = rest
        .join("=")
        .replace(/"((?:[^"]|"")*)"/g, (_, text: string) => text.replaceAll('""', '"'));
      return [name, inner];
    }),
  );
}

function valueFor(args: readonly string[], name: string): Record<string, string> {
  return read(args[args.indexOf(name) + 1] as string);
}

test("memory is shared, and the device has the socket and the tag, whatever characters they have", () => {
  const odd = { socket: '/run/a,b "c" [1]=x', tag: 'a,"b"=[' };
  const args = cloudHypervisorArguments({ share: { ...odd, queueSize: 512 }, memoryMiB: 1024, cpus: 2 });
  assert.deepEqual(valueFor(args, "--memory"), { size: "1024M", shared: "on" });
  assert.deepEqual(valueFor(args, "--fs"), { ...odd, num_queues: "1", queue_size: "512" });
  assert.deepEqual(valueFor(args, "--cpus"), { boot: "2" });
});

test("a device that is added later has the same values", () => {
  const share = { socket: "/run/v.sock", tag: "guestshare" };
  assert.deepEqual(cloudHypervisorFs(share), { ...share, num_queues: 1, queue_size: 1024 });
  assert.throws(() => cloudHypervisorFs({ ...share, tag: "" }), { path: "share.tag" });
});

test("disks are those of virtio in their order, or pmem, and never guessed", () => {
  const args = cloudHypervisorArguments({
    ...{ kernel: "/vmlinux", commandLine: ["--quiet", "console=hvc0"] },
    disks: [
      { file: '/a,"b"', at: { virtPath: "/dev/vda" }, readOnly: true },
      { file: "/pmem", at: { nvdimmId: "0" }, sizeBytes: 2 ** 21, readOnly: true },
      { file: "/c", at: { virtPath: "/dev/vdb" }, format: "qcow2" },
    ],
  });
  assert.deepEqual(valueFor(args, "--disk"), { path: '/a,"b"', image_type: "raw", readonly: "on" });
  assert.deepEqual(read(args[args.indexOf("--disk") + 2] as string), {
    path: "/c",
    image_type: "qcow2",
    readonly: "off",
  });
  assert.deepEqual(valueFor(args, "--pmem"), { file: "/pmem", discard_writes: "on" });
  assert.ok(args.includes("--cmdline=--quiet console=hvc0"));
  for (const [at, reason] of [
    [{ pciPath: "02/03" }, /places disks itself/],
    [{ scsiAddr: "0:1" }, /places disks itself/],
    [{ virtPath: "/dev/vdb" }, /number 0/],
  ] as const)
    assert.throws(() => cloudHypervisorArguments({ disks: [{ file: "/a", at }] }), {
      name: "LaunchError",
      path: "disks[0].at",
      reason,
    });
});

test("what is no field of it is refused", () => {
  assert.throws(() => cloudHypervisorArguments({ machine: "pc" } as object), LaunchError);
  const share = { socket: "/run/v.sock", tag: "guestshare" };
  assert.deepEqual(launchArguments("clh", { share }), cloudHypervisorArguments({ share }));
});
