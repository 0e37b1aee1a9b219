import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { openLibc } from "../../ffi/mod.ts";
import { mountOn, mountsBelow } from "../support/mounts.ts";
import { libcNames } from "../support/runtimes.ts";
import { mountTest, random } from "../support/scratch.ts";
import { treeOf } from "../support/state.ts";

for (const name of libcNames) {
  mountTest(`a sandbox is prepared, shared with and cleaned up through ${name}`, async (scratch) => {
    const config = scratch.file("config.json", "{}");
    const data = scratch.directory("data");
    const root = scratch.directory("image");
    scratch.file("image/bin/sh", "#!", 0o755);
    const share = scratch.share({ shmSize: 65536 }, { libc: await openLibc(name) });

    const storages = await share.prepare();
    assert.deepEqual(
      storages.map(({ driver, mountPoint }) => [driver, mountPoint]),
      [
        ["virtio-fs", "/guest/"],
        ["ephemeral", "/run/kata-containers/sandbox/shm"],
      ],
    );
    const mount = { source: config, destination: "/etc/config.json", options: ["ro"] };
    const file = await share.shareFile({ id: "c1" }, mount, { random });
    assert.deepEqual(file, {
      guestPath: `/guest/c1-${random}-config.json`,
      storages: [],
      hostPath: scratch.hub(`c1-${random}-config.json`),
    });
    const directory = await share.shareFile({ id: "c1" }, { source: data, destination: "/data" });
    const rootFs = await share.shareRootFilesystem({ id: "c1", rootFs: { target: root } });
    assert.equal(rootFs?.guestPath, "/guest/c1/rootfs");

    assert.equal(readFileSync(scratch.view(`c1-${random}-config.json`), "utf8"), "{}");
    const dataInView = directory?.guestPath.replace("/guest", scratch.inSandbox("shared")) as string;
    writeFileSync(`${dataInView}/written`, "by the guest");
    assert.equal(readFileSync(`${data}/written`, "utf8"), "by the guest");
    assert.equal(statSync(scratch.view("c1/rootfs/bin/sh")).mode & 0o777, 0o755);

    await share.unshareFile({ id: "c1" }, { ...mount, hostPath: file?.hostPath as string });
    await share.unshareRootFilesystem({ id: "c1", rootFs: { target: root } });
    assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), [
      directory?.guestPath.slice("/guest/".length),
    ]);
    assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 2);
    assert.equal(mountsBelow(scratch.inSandbox("shared")).length, 2);

    await share.cleanup();
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
    assert.equal(readFileSync(`${data}/written`, "utf8"), "by the guest");
  });
}

mountTest("guard, hub and view are what the guest's safety rests on", async (scratch) => {
  await scratch.share().prepare();
  const [guard, hub, view] = [
    scratch.inSandbox(),
    scratch.inSandbox("mounts"),
    scratch.inSandbox("shared"),
  ].map(mountOn);
  assert.equal(guard?.propagation, "unbindable");
  assert.deepEqual([hub?.propagation, hub?.type], ["shared", "tmpfs"]);
  assert.match(hub?.options ?? "", /^rw,nosuid,nodev,noexec/);
  assert.equal(view?.propagation, "master");
  assert.match(view?.options ?? "", /^ro,nosuid,nodev,noexec/);
  assert.deepEqual(
    treeOf(scratch.inSandbox()).map((line) => line.replace(/ \d+:\d+$/, "")),
    [". directory 0700", "./mounts directory 0750", "./namespace file 0600", "./shared directory 0750"],
  );
});

mountTest("missing directories above the sandbox's are made, for root only, and stay", async (scratch) => {
  const hostDir = `${scratch.path}/far/away`;
  const share = scratch.share({ hostDir });
  await share.prepare();
  await share.cleanup();
  assert.deepEqual(readdirSync(hostDir), []);
  assert.equal(statSync(hostDir).mode & 0o777, 0o700);
});

mountTest("sandbox bind mounts are read-only, each under its last name", async (scratch) => {
  const sources = [scratch.file("a/hosts", "localhost"), scratch.directory("b/certs")];
  scratch.file("b/certs/ca.pem", "pem");
  const share = scratch.share({ sandboxBindMounts: sources });
  await share.prepare();
  assert.deepEqual(readdirSync(scratch.view("sandbox-mounts")), ["certs", "hosts"]);
  assert.equal(readFileSync(scratch.view("sandbox-mounts/certs/ca.pem"), "utf8"), "pem");
  for (const name of ["sandbox-mounts/hosts", "sandbox-mounts/certs/ca.pem"]) {
    assert.throws(() => writeFileSync(scratch.hub(name), "x"), { code: "EROFS" });
    assert.throws(() => writeFileSync(scratch.view(name), "x"), { code: "EROFS" });
  }
  await share.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest("a source that is a relative path starts at the bundle", async (scratch) => {
  scratch.file("bundle/config", "from the bundle");
  const share = scratch.share();
  await share.prepare();
  const container = { id: "c1", bundle: `${scratch.path}/bundle` };
  await share.shareFile(container, { source: "config", destination: "/c" }, { random });
  assert.equal(readFileSync(scratch.view(`c1-${random}-c`), "utf8"), "from the bundle");
});
