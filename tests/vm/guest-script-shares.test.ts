import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mountTest } from "../support/scratch.ts";
import { PlayedGuest } from "./support/played-guest.ts";
import { shells } from "./support/shells.ts";

const done = { status: 0, said: "" };

for (const { name, shell } of shells) {
  const guestTest = (sentence: string, body: (guest: PlayedGuest) => void | Promise<void>) =>
    mountTest(`${name}: ${sentence}`, async (scratch) => {
      const guest = await new PlayedGuest(scratch, shell).start();
      try {
        await body(guest);
      } finally {
        await guest.end();
      }
    });

  guestTest("shares are in their places, and a second run changes nothing", (guest) => {
    const hosts = guest.share("/etc/hosts", { mode: "ro", content: "localhost" });
    const data = guest.share("/data");
    const below = guest.share("/data/below it");
    const mounts = guest.mountsOf(below, hosts, data);
    assert.deepEqual(guest.apply(mounts), done);
    assert.deepEqual(guest.table(), [
      "/run/shares /",
      `/data /${data.name}`,
      `/data/below it /${below.name}`,
      `/etc/hosts /${hosts.name} ro`,
    ]);
    assert.equal(guest.run("cat", hosts.target), "localhost");
    const before = guest.mounts();
    assert.deepEqual(guest.apply(mounts), done);
    assert.deepEqual(guest.mounts(), before);
  });

  guestTest("what is new is mounted and what is gone is unmounted, and the rest stays as it is", (guest) => {
    const [kept, gone, later] = [guest.share("/kept"), guest.share("/gone"), guest.share("/later")];
    guest.apply(guest.mountsOf(kept, gone));
    const [view, , first] = guest.mounts();
    guest.unshare(gone);
    assert.deepEqual(guest.apply(guest.mountsOf(kept, later)), done);
    assert.deepEqual(guest.mounts().slice(0, 2), [view, first]);
    assert.deepEqual(guest.table().slice(1), [`/kept /${kept.name}`, `/later /${later.name}`]);
  });

  guestTest("a share that the host still has, and the list has not, is unmounted", (guest) => {
    const share = guest.share("/kept for others");
    guest.apply(guest.mountsOf(share));
    assert.deepEqual(guest.apply(guest.mountsOf()), done);
    assert.deepEqual(guest.table(), ["/run/shares /"]);
  });

  guestTest("a share that was made anew is mounted anew, with what is below it", (guest) => {
    const [data, below] = [guest.share("/data"), guest.share("/data/below")];
    guest.apply(guest.mountsOf(data, below));
    guest.unshare(data);
    guest.share("/data");
    writeFileSync(`${guest.view}/${data.name}/new`, "");
    assert.deepEqual(guest.apply(guest.mountsOf(data, below)), done);
    assert.equal(guest.run("ls", data.target), "below\nnew\n");
    assert.deepEqual(guest.table().slice(1), [`/data /${data.name}`, `/data/below /${below.name}`]);
  });

  guestTest("a share that comes above others is mounted, and they are on it again", (guest) => {
    const below = guest.share("/data/below");
    guest.apply(guest.mountsOf(below));
    const data = guest.share("/data");
    assert.deepEqual(guest.apply(guest.mountsOf(data, below)), done);
    assert.deepEqual(guest.table().slice(1), [`/data /${data.name}`, `/data/below /${below.name}`]);
    assert.ok(existsSync(`${guest.view}/${data.name}/below`), "its place is not in the share above");
  });

  guestTest("a share of another kind takes the place of what is empty there", (guest) => {
    const directory = guest.share("/one");
    guest.apply(guest.mountsOf(directory));
    guest.unshare(directory);
    const file = guest.share("/one", { content: "a file" });
    assert.deepEqual(guest.apply(guest.mountsOf(file)), done);
    assert.equal(guest.run("cat", file.target), "a file");
    guest.unshare(file);
    guest.share("/one");
    assert.deepEqual(guest.apply(guest.mountsOf(directory)), done);
    assert.equal(guest.run("ls", directory.target), "");
  });

  guestTest("what is in use stays, is named, and goes with a later run", async (guest) => {
    const [busy, other, later] = [guest.share("/busy"), guest.share("/other"), guest.share("/later")];
    guest.apply(guest.mountsOf(busy, other));
    const holder = await guest.hold(busy.target);
    const { status, said } = guest.apply(guest.mountsOf(later));
    assert.equal(status, 1);
    assert.match(said, new RegExp(`guestshare: ${busy.target} is in use, and stays until a later run\n$`));
    assert.deepEqual(guest.table().slice(1), [`/busy /${busy.name}`, `/later /${later.name}`]);
    holder.kill("SIGKILL");
    await new Promise((resolve) => holder.once("exit", resolve));
    assert.deepEqual(guest.apply(guest.mountsOf(later)), done);
    assert.deepEqual(guest.table().slice(1), [`/later /${later.name}`]);
  });

  guestTest("mounts of others stay: below a place, on a place, and of a share elsewhere", (guest) => {
    const [data, over] = [guest.share("/data"), guest.share("/over")];
    for (const name of ["over", "mine"]) mkdirSync(`${guest.path}/${name}`);
    guest.run("mount", "-t", "tmpfs", "own", `${guest.path}/over`);
    guest.apply(guest.mountsOf(data, over));
    guest.run("mount", "--bind", data.target, `${guest.path}/mine`);
    const before = guest.table();
    assert.deepEqual(guest.apply(guest.mountsOf(data, over)), done);
    assert.deepEqual(guest.table(), before);
    assert.deepEqual(guest.apply(guest.mountsOf()), done);
    assert.deepEqual(guest.table(), ["/over /", "/run/shares /", `/mine /${data.name}`]);
    guest.unshare(data);
    assert.deepEqual(guest.apply(guest.mountsOf()), done);
    assert.deepEqual(guest.table(), ["/over /", "/run/shares /"]); // nobody can use it any more
  });

  guestTest(
    "a share whose submount the daemon announced has no name in the table, and goes all the same",
    (guest) => {
      const [data, below] = [guest.share("/data"), guest.share("/data/below")];
      const mounts = guest.mountsOf(data, below);
      guest.apply(mounts);
      for (const { name } of [data, below])
        guest.run("mount", "-t", "ramfs", "none", `${guest.path}/run/shares/${name}`);
      assert.deepEqual(guest.apply(mounts), done);
      const table = guest.table().slice(1);
      assert.deepEqual(table.slice(2), ["/data /", "/data/below /"]);
      const before = guest.mounts();
      assert.deepEqual(guest.apply(mounts), done);
      assert.deepEqual(guest.mounts(), before);
      assert.deepEqual(guest.apply(guest.mountsOf()), done);
      assert.deepEqual(guest.table().slice(1), table.slice(0, 2));
    },
  );

  guestTest("a link of the guest is followed to where the guest has it, also by a later run", (guest) => {
    mkdirSync(`${guest.path}/run/real`, { recursive: true });
    symlinkSync("run", `${guest.path}/var`);
    symlinkSync(`${guest.path}/run/real`, `${guest.path}/linked`);
    symlinkSync("loop", `${guest.path}/loop`);
    const [behind, linked, loop] = [guest.share("/var/behind"), guest.share("/linked"), guest.share("/loop")];
    assert.deepEqual(guest.apply(guest.mountsOf(behind, linked)), done);
    const before = guest.mounts();
    assert.deepEqual(
      before.map(({ point }) => point.slice(guest.path.length)),
      ["/run/shares", "/run/real", "/run/behind"],
    );
    assert.deepEqual(guest.apply(guest.mountsOf(behind, linked)), done);
    assert.deepEqual(guest.mounts(), before);
    const { status, said } = guest.apply(guest.mountsOf(behind, linked, loop));
    assert.equal(status, 1);
    assert.match(said, /guestshare: cannot bind .*loop/);
    assert.deepEqual(guest.mounts(), before);
  });

  guestTest(
    "a share that is not there, or cannot be mounted, is named, and the others are mounted",
    (guest) => {
      const [missing, file, other] = [
        guest.share("/missing"),
        guest.share("/file", { content: "" }),
        guest.share("/z"),
      ];
      guest.unshare(missing);
      mkdirSync(`${guest.path}/file/full`, { recursive: true });
      const { status, said } = guest.apply(guest.mountsOf(missing, file, other));
      assert.equal(status, 1);
      assert.match(said, new RegExp(`guestshare: there is no .*${missing.name} for ${missing.target}\n`));
      assert.match(said, new RegExp(`guestshare: cannot bind .*${file.name} on ${file.target}\n`));
      assert.deepEqual(guest.table().slice(1), [`/z /${other.name}`]);
    },
  );

  guestTest("the other script undoes all, and leaves what others mounted", (guest) => {
    const shares = [guest.share("/data"), guest.share("/data/below"), guest.share("/file", { content: "x" })];
    const mounts = guest.mountsOf(...shares);
    mkdirSync(`${guest.path}/own`);
    guest.run("mount", "-t", "tmpfs", "own", `${guest.path}/own`);
    guest.apply(mounts);
    assert.equal(guest.mounts().length, 5);
    assert.deepEqual(guest.undo(mounts), done);
    assert.deepEqual(guest.table(), ["/own /"]);
    assert.deepEqual(guest.undo(mounts), done);
    assert.equal(readFileSync(`${guest.view}/${shares[2]?.name}`, "utf8"), "x");
  });
}
