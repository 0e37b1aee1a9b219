import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import type { AgentStorage, ContainerPlan } from "../../mod.ts";
import { containerMounts, type GuestMount } from "../../vm/mod.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest } from "../support/scratch.ts";
import { PlayedGuest } from "./support/played-guest.ts";
import { shells } from "./support/shells.ts";

const done = { status: 0, said: "" };
type Planned = Partial<Pick<ContainerPlan, "storages" | "mounts" | "readonlyRootfs">>;

// A container whose root is a share, where a played guest has it.
function mountsOf(guest: PlayedGuest, id: string, plan: Planned): GuestMount[] {
  const view = storage("virtio-fs", "virtiofs", `${guest.path}/run/own/shared`, "shares");
  const rootPath = `${guest.path}/run/own/shared/${id}/rootfs`;
  const directory = `${guest.path}/run/own`;
  return containerMounts({
    id,
    sandboxStorages: [view],
    plan: { storages: [], mounts: [], ...plan, rootPath },
    directory,
  });
}

function storage(driver: string, fstype: string, mountPoint: string, source = driver): AgentStorage {
  return { driver, driverOptions: [], source, fstype, options: [], mountPoint };
}

function rootOf(guest: PlayedGuest, id: string): string {
  const root = `${guest.view}/${id}/rootfs`;
  mkdirSync(root, { recursive: true });
  return root;
}

const inRoot = (guest: PlayedGuest, id: string, path = "") => `${guest.path}/run/own/${id}/rootfs${path}`;

function pointsIn(guest: PlayedGuest, id: string): string[] {
  const root = inRoot(guest, id);
  return guest.mounts().flatMap(({ point }) => (point.startsWith(root) ? [point.slice(root.length)] : []));
}

for (const { name, shell } of shells) {
  const guestTest = (sentence: string, body: (guest: PlayedGuest) => void | Promise<void>) =>
    mountTest(
      `${name}: ${sentence}`,
      async (scratch) => {
        const guest = await new PlayedGuest(scratch, shell).start();
        try {
          await body(guest);
        } finally {
          await guest.end();
        }
      },
      { skip: !isMachineRoot && "only the machine's root makes devices" },
    );

  guestTest(
    "a container has its mounts on its root, with their attributes, and the devices that each has",
    (guest) => {
      const root = rootOf(guest, "c1");
      writeFileSync(`${guest.view}/conf`, "conf");
      mkdirSync(`${guest.view}/data`);
      const at = (path: string) => `${guest.path}/run/own/shared/${path}`;
      const mounts = [
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
        {
          destination: "/etc/app.conf",
          type: "bind",
          source: at("conf"),
          options: ["rbind", "rprivate", "rro"],
        },
        {
          destination: "/data",
          type: "bind",
          source: at("data"),
          options: ["bind", "nosuid", "ro", "rw", "noexec"],
        },
        { destination: "/over/below", type: "bind", source: at("data"), options: ["bind"] },
        { destination: "/over", type: "tmpfs", source: "own", options: ["nodev", "size=32k"] },
      ];
      const planned = mountsOf(guest, "c1", { mounts });
      assert.deepEqual(guest.apply(planned), done);
      const table = guest.table().filter((line) => line.startsWith("/run/own/c1/rootfs"));
      assert.deepEqual(
        table.map((line) => line.slice("/run/own/c1/rootfs".length)),
        [
          " /c1/rootfs",
          "/dev / nosuid",
          "/etc/app.conf /conf ro",
          "/data /data nosuid noexec",
          "/over / nodev",
        ],
      );
      assert.match(guest.run("ls", "-l", inRoot(guest, "c1", "/dev/")), /crw-rw-rw-.* 1, +3 .* null\n/);
      assert.equal(guest.run("readlink", inRoot(guest, "c1", "/dev/fd")), "/proc/self/fd\n");
      assert.equal(readFileSync(`${root}/etc/app.conf`, "utf8"), ""); // the place is the host's, what is on it is not
      const before = guest.mounts();
      assert.deepEqual(guest.apply(planned), done);
      assert.deepEqual(guest.mounts(), before);
    },
  );

  guestTest("a tmpfs with tmpcopyup has a copy of what it covers, and only that changes", (guest) => {
    const root = rootOf(guest, "c1");
    mkdirSync(`${root}/etc/odd 'name`, { recursive: true, mode: 0o750 });
    writeFileSync(`${root}/etc/odd 'name/file`, "as it was", { mode: 0o640 });
    symlinkSync("odd 'name/file", `${root}/etc/link`);
    const options = ["nosuid", "tmpcopyup", "mode=711", "size=64k"];
    const mounts = ["/etc", "/new"].map((destination) => ({
      destination,
      type: "tmpfs",
      source: "tmpfs",
      options,
    }));
    const planned = mountsOf(guest, "c1", { mounts });
    assert.deepEqual(guest.apply(planned), done);
    const etc = inRoot(guest, "c1", "/etc");
    assert.equal(guest.run("cat", `${etc}/link`), "as it was");
    assert.equal(guest.run("stat", "-c", "%a", `${etc}/odd 'name/file`), "640\n");
    guest.run("sh", "-c", `echo new >"$0/link"`, etc);
    assert.deepEqual(guest.apply(planned), done);
    assert.equal(guest.run("cat", `${etc}/link`), "new\n");
    assert.equal(readFileSync(`${root}/etc/link`, "utf8"), "as it was");
    assert.equal(guest.run("ls", inRoot(guest, "c1", "/new")), "");
    // What is too large is told, and nothing is left in its place.
    const other = rootOf(guest, "c2");
    mkdirSync(`${other}/new`);
    writeFileSync(`${other}/new/large`, "x".repeat(100_000));
    const both = [...planned, ...mountsOf(guest, "c2", { mounts: mounts.slice(1) })];
    assert.match(guest.apply(both).said, /cannot mount tmpfs on .*new/);
    assert.deepEqual(pointsIn(guest, "c2"), ["", "/dev"]);
    const readOnly = [{ destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["ro", "tmpcopyup"] }];
    assert.throws(() => guest.apply(mountsOf(guest, "c1", { mounts: readOnly })), /"tmpcopyup"/);
  });

  guestTest(
    "a container without a mount on /dev gets one, so that no device is made on the host",
    (guest) => {
      const root = rootOf(guest, "c1");
      assert.deepEqual(guest.apply(mountsOf(guest, "c1", {})), done);
      assert.deepEqual(pointsIn(guest, "c1"), ["", "/dev"]);
      assert.equal(guest.run("ls", `${root}/dev`), "");
    },
  );

  guestTest("no link in a root leads a mount out of it", (guest) => {
    const root = rootOf(guest, "c1");
    mkdirSync(`${guest.view}/data`);
    mkdirSync(`${root}/real`);
    symlinkSync("/real", `${root}/absolute`);
    symlinkSync("../../../../../../../../..", `${root}/up`);
    symlinkSync(guest.path, `${root}/out`);
    const source = `${guest.path}/run/own/shared/data`;
    const mounts = ["/absolute", "/up/a", "/out/b", "/real/../c"].map((destination) => ({
      destination,
      type: "bind",
      source,
    }));
    const planned = mountsOf(guest, "c1", { mounts });
    assert.deepEqual(guest.apply(planned), done);
    assert.deepEqual(pointsIn(guest, "c1").slice(2), ["/real", "/a", `${guest.path}/b`, "/c"]);
    const before = guest.mounts();
    assert.deepEqual(guest.apply(planned), done);
    assert.deepEqual(guest.mounts(), before);
  });

  guestTest("a root that is read-only has its places all the same, also those of a later run", (guest) => {
    rootOf(guest, "c1");
    mkdirSync(`${guest.view}/data`);
    const source = `${guest.path}/run/own/shared/data`;
    const first = { destination: "/first", type: "bind", source };
    assert.deepEqual(guest.apply(mountsOf(guest, "c1", { mounts: [first], readonlyRootfs: true })), done);
    assert.throws(() => guest.run("touch", inRoot(guest, "c1", "/x")), /Read-only/);
    const mounts = [first, { destination: "/second", type: "bind", source }];
    assert.deepEqual(guest.apply(mountsOf(guest, "c1", { mounts, readonlyRootfs: true })), done);
    assert.throws(() => guest.run("touch", inRoot(guest, "c1", "/x")), /Read-only/);
    assert.deepEqual(pointsIn(guest, "c1"), ["", "/dev", "/first", "/second"]);
  });

  guestTest(
    "containers share what they have in common, and each goes alone, with what its program mounted",
    (guest) => {
      for (const id of ["c1", "c2"]) rootOf(guest, id);
      const shm = {
        ...storage("ephemeral", "tmpfs", `${guest.path}/run/own/sandbox/shm`),
        options: ["size=64k", "fsgid=7"],
      };
      const mounts = [{ destination: "/shm", type: "bind", source: shm.mountPoint }];
      const planned = ["c1", "c2"].map((id) => mountsOf(guest, id, { storages: [shm], mounts }));
      const [c1 = [], c2 = []] = planned;
      assert.deepEqual(guest.apply([...c1, ...c2]), done);
      assert.equal(guest.mounts().filter(({ point }) => point === shm.mountPoint).length, 1);
      assert.equal(guest.run("stat", "-c", "%a %g", shm.mountPoint), "3777 7\n");
      for (const id of ["c1", "c2"]) {
        guest.run("mkdir", inRoot(guest, id, "/own"));
        guest.run("mount", "-t", "tmpfs", "own", inRoot(guest, id, "/own"));
      }
      const kept = pointsIn(guest, "c2");
      assert.deepEqual(guest.apply(c2), done);
      assert.deepEqual(pointsIn(guest, "c1"), []);
      assert.deepEqual(pointsIn(guest, "c2"), kept);
      assert.deepEqual(guest.undo(c2), done);
      assert.deepEqual(guest.table(), []);
    },
  );

  guestTest("a volume that is watched is a copy, which a later run brings up to date", (guest) => {
    rootOf(guest, "c1");
    const volume = `${guest.view}/config`;
    mkdirSync(`${volume}/..1`, { recursive: true });
    writeFileSync(`${volume}/..1/key`, "old");
    symlinkSync("..1", `${volume}/..data`);
    symlinkSync("..data/key", `${volume}/key`);
    mkdirSync(`${guest.view}/watchable`);
    const shared = `${guest.path}/run/own/shared`;
    const watched = storage("watchable-bind", "bind", `${shared}/watchable/config`, `${shared}/config`);
    const mounts = [{ destination: "/config", type: "bind", source: watched.mountPoint, options: ["ro"] }];
    const planned = mountsOf(guest, "c1", { storages: [watched], mounts });
    assert.deepEqual(guest.apply(planned), done);
    const file = inRoot(guest, "c1", "/config/key");
    assert.equal(guest.run("cat", file), "old");
    const before = guest.mounts();

    mkdirSync(`${volume}/..2`);
    for (const [name, text] of [
      ["key", "new"],
      ["more", "more"],
    ] as const)
      writeFileSync(`${volume}/..2/${name}`, text);
    symlinkSync("..2", `${volume}/..data_tmp`);
    renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
    unlinkSync(`${volume}/..1/key`);
    symlinkSync("..data/more", `${volume}/more`);
    assert.deepEqual(guest.apply(planned), done);
    assert.equal(guest.run("cat", file, inRoot(guest, "c1", "/config/more")), "newmore");
    assert.equal(guest.run("ls", "-A", inRoot(guest, "c1", "/config/..1")), "");
    assert.deepEqual(guest.mounts(), before);
    unlinkSync(`${volume}/more`);
    assert.deepEqual(guest.apply(planned), done);
    assert.equal(guest.run("ls", inRoot(guest, "c1", "/config")), "key\n");
    assert.deepEqual(guest.mounts(), before);
    // Names that a copy might have on the way.
    for (const version of ["..new", "..neww"]) {
      mkdirSync(`${volume}/${version}`);
      writeFileSync(`${volume}/${version}/key`, version);
      symlinkSync(version, `${volume}/..data_tmp`);
      renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
      assert.deepEqual(guest.apply(planned), done);
      assert.equal(guest.run("cat", file), version);
    }
  });
}
