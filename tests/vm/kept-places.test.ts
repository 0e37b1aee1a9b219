// Which targets a machine refuses, since its own guest would not go on without what is there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedPlaces, checkPlaces } from "../../vm/machine/kept-places.ts";
import { type GuestMount, Machine, MachineError } from "../../vm/mod.ts";

const bind = (target: string): GuestMount => ({
  ...{ kind: "bind", filesystem: "bind", source: "/run/guestshare/x", target, options: ["bind"] },
});

const everywhere = [
  "/run",
  "/run/machine",
  "/run/machine/bin",
  "/run/../run//machine/",
  "/dev",
  "/proc",
  "/",
];
const withoutRoot = ["/bin", "/bin/sh", "/bin/busybox", "/machine", "/machine/process.sh"];
const free = ["/etc", "/etc/hosts", "/binary", "/run/machines", "/run/data", "/dev/shm", "/tmp", "/usr/bin"];

test("what would hide the guest's own files is refused by its name, and everything else is not", () => {
  for (const hasRoot of [false, true])
    for (const target of everywhere)
      assert.throws(
        () => checkPlaces([bind("/a"), bind(target)], hasRoot),
        (error: MachineError) =>
          error.message.startsWith(`Cannot have ${JSON.stringify(target)} in the machine: `),
        target,
      );
  for (const target of withoutRoot)
    assert.throws(() => checkPlaces([bind(target)], false), MachineError, target);
  checkPlaces(withoutRoot.map(bind), true);
  for (const hasRoot of [false, true]) checkPlaces(free.map(bind), hasRoot);
});

test("a share that would hide them keeps no other one from its place", () => {
  const { allowed, refusal } = allowedPlaces([bind("/a"), bind("/bin"), bind("/b"), bind("/dev")], false);
  assert.deepEqual(
    allowed.map(({ target }) => target),
    ["/a", "/b"],
  );
  assert.match(refusal?.message ?? "", /"\/bin" in the machine/);
  assert.deepEqual(allowedPlaces([bind("/a")], false), { allowed: [bind("/a")] });
});

test("a machine whose share would hide them is not started", async () => {
  const refusing = {
    tag: "t",
    directory: "/nowhere",
    guestMounts: async () => [bind("/bin")],
  };
  await assert.rejects(Machine.start(refusing), /"\/bin" in the machine: the guest itself needs \/bin/);
});
