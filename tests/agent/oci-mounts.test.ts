import assert from "node:assert/strict";
import test from "node:test";
import { messageOf, refusalOf, smallest } from "../support/agent/oci-messages.ts";

// The agent compares destinations as texts, where the kernel finds places.

type Mount = Readonly<Record<string, unknown>>;

const bindOn = (destination: string, more: Mount = {}): Mount => ({
  ...{ destination, type: "bind", source: "/srv/own", options: ["rbind"] },
  ...more,
});

const placesOf = (...mounts: Mount[]) =>
  messageOf({ ...smallest, mounts }).oci.mounts.map(({ type, destination }) => `${type} ${destination}`);

for (const destination of ["/dev/", "//dev", "/./dev", "/dev//"])
  test(`a bind on ${destination} is one on /dev for the agent, so that it makes no devices on the host`, () => {
    assert.deepEqual(placesOf(bindOn(destination)), ["proc /proc", "bind /dev"]);
  });

test("destinations of all mounts are sent as the agent compares them", () => {
  const [proc, shm, data] = [
    { destination: "/proc/", type: "proc", source: "proc" },
    { destination: "/dev//shm/", type: "tmpfs", source: "shm" },
    bindOn("//data/./x/"),
  ];
  assert.deepEqual(placesOf(proc, shm, data), ["tmpfs /dev", "proc /proc", "tmpfs /dev/shm", "bind /data/x"]);
});

for (const type of ["none", "bind", "ext4"])
  test(`a mount of type ${type} with the option "bind" is a bind, also on /dev`, () => {
    const dev = bindOn("/dev", { type, options: ["ro", "bind"] });
    assert.deepEqual(placesOf(dev, bindOn("/dev/null")), ["proc /proc", "bind /dev", "bind /dev/null"]);
  });

for (const mounts of [
  [bindOn("/dev"), { destination: "/dev/", type: "tmpfs", source: "tmpfs" }],
  [{ destination: "/dev", type: "tmpfs", source: "tmpfs" }, bindOn("/dev/")],
])
  test(`of two mounts on /dev one is a bind: the ${mounts[0]?.type} comes first`, () => {
    const paths = placesOf(...mounts, bindOn("/dev/zero"));
    assert.equal(paths.at(-1), "bind /dev/zero");
  });

for (const [what, mount] of [
  ["procfs", { destination: "/proc", type: "proc", source: "proc" }],
  ["bind of the guest's own", bindOn("/proc", { source: "/proc" })],
  ["bind of the guest's own, of no type", bindOn("/proc/", { source: "/proc/", type: "none" })],
] as const)
  test(`a ${what} on /proc is taken`, () => {
    assert.equal(placesOf(mount).filter((place) => / \/proc$/.test(place)).length, 1);
  });

for (const name of "cpuinfo diskstats meminfo stat swaps uptime loadavg net/dev".split(" "))
  test(`a bind on /proc/${name} is taken`, () => {
    assert.ok(placesOf(bindOn(`/proc/${name}`)).includes(`bind /proc/${name}`));
  });

for (const [mount, code] of [
  [{ destination: "/proc", type: "tmpfs", source: "tmpfs" }, "not-proc"],
  [{ destination: "//proc/", type: "sysfs", source: "sysfs" }, "not-proc"],
  [bindOn("/proc"), "not-proc"],
  [bindOn("/proc", { type: "proc" }), "not-proc"],
  [bindOn("/proc/version"), "inside-proc"],
  [bindOn("/proc/net/dev/x"), "inside-proc"],
  [bindOn("/processes"), "inside-proc"],
  [bindOn("/", {}), "not-a-destination"],
  [{ destination: "/./", type: "tmpfs", source: "tmpfs" }, "not-a-destination"],
] as const)
  test(`a ${mount.type} on ${mount.destination} is refused as ${code}: the agent would hang, or not say what`, () => {
    const before = { destination: "/a", type: "tmpfs", source: "tmpfs" };
    const config = { ...smallest, mounts: [before, mount] };
    assert.deepEqual(refusalOf(config), ["mounts[1].destination", code]);
  });

test("a second mount on /proc is looked at, too", () => {
  const proc = { destination: "/proc", type: "proc", source: "proc" };
  const config = { ...smallest, mounts: [proc, { ...proc, type: "tmpfs" }] };
  assert.deepEqual(refusalOf(config), ["mounts[1].destination", "not-proc"]);
});

test("devices that the agent makes, and those of vfio, are left out, however they are written", () => {
  const device = (path: string, type = "c") => ({ path, type, major: 1, minor: 3 });
  const devices = [
    ...[device("/dev//null"), device("/dev/./zero"), device("/dev/fuse"), device("/dev/vfio/vfio")],
    ...[device("/dev//vfio/12"), device("/dev/vfio/12", "b"), device("/dev/raw", "u")],
  ];
  const { oci, leftOut } = messageOf({ ...smallest, linux: { devices } });
  assert.deepEqual(
    oci.linux?.devices.map(({ path, type }) => `${type} ${path}`),
    ["c /dev/fuse", "b /dev/vfio/12", "c /dev/raw"],
  );
  assert.deepEqual(
    leftOut,
    [0, 1, 3, 4].map((at) => `linux.devices[${at}]`),
  );
});
