import assert from "node:assert/strict";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, symlinkSync, unlinkSync } from "node:fs";
import { mount, mountTmpfs } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };

// Shares a source in each of the ways, all of which have to refuse it.
async function refuseEverywhere(
  scratch: Scratch,
  source: string,
  code: string,
  reason: RegExp,
): Promise<void> {
  const share = scratch.share();
  await share.prepare();
  for (const options of [[], ["ro"], ["rbind"], ["rbind", "ro"]]) {
    const one = { source, destination: "/x", options };
    const error = await refused(scratch, () => share.shareFile(container, one));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, reason);
    assert.ok(error.message.includes(JSON.stringify(source)), error.message);
    assert.equal(error.step.op === "bind" && error.step.source, source);
  }
  const root = { id: "c1", rootFs: { target: source } };
  assert.equal((await refused(scratch, () => share.shareRootFilesystem(root))).code, code);
  if (source.endsWith("/")) return;
  const bound = scratch.share({ id: "s2", sandboxBindMounts: [scratch.file("good"), source] });
  assert.equal((await refused(scratch, () => bound.prepare())).code, code);
}

const onProc = /on proc, which shows the host/;
const onSysfs = /on sysfs, which shows the host/;
const isDevice = /the source is a device/;
const rows: readonly [source: string, reason: RegExp][] = [
  ["/proc", onProc],
  ["/proc/1", onProc],
  ["/proc/sys/kernel/hostname", onProc],
  ["/proc/self/root/proc/cmdline", onProc],
  ["/sys", onSysfs],
  ["/sys/kernel", onSysfs],
  ["/dev/null", isDevice],
  ["/dev/kmsg", isDevice],
  ["/proc/self/root/dev/zero", isDevice],
];
for (const [source, reason] of rows) {
  const skip = existsSync(source) ? false : `${source} is not there; it would have been refused`;
  mountTest(`${source} is refused`, (scratch) => refuseEverywhere(scratch, source, "EINVAL", reason), {
    skip,
  });
  mountTest(
    `${source} is refused through links too`,
    async (scratch) => {
      symlinkSync(source, `${scratch.path}/evil`);
      symlinkSync("evil", `${scratch.path}/link`);
      await refuseEverywhere(scratch, `${scratch.path}/link`, "EINVAL", reason);
    },
    { skip },
  );
}

mountTest("a source is judged by what an open descriptor leads to", async (scratch) => {
  for (const path of ["/proc/sys", "/sys", "/dev/null"]) {
    const fd = openSync(path, "r");
    await refuseEverywhere(scratch, `/proc/self/fd/${fd}`, "EINVAL", /which shows the host|a device/);
    closeSync(fd);
  }
});

mountTest("proc and sysfs are refused wherever they are mounted", async (scratch) => {
  for (const path of ["/proc", "/sys"]) {
    const target = scratch.directory(`innocent${path}`);
    mount("--rbind", path, target);
    mount("--make-rprivate", target); // else its end would be that of the mounts below the real one
    await refuseEverywhere(scratch, target, "EINVAL", /which shows the host/);
  }
});

mountTest(
  "a proc that is mounted nowhere is refused",
  async (scratch) => {
    const fs = libc.call("fsopen", new TextEncoder().encode("proc\0"), 1);
    libc.call("fsconfig", fs, 6, null, null, 0);
    const detached = libc.call("fsmount", fs, 1, 0);
    assert.ok(detached >= 0);
    await refuseEverywhere(scratch, `/proc/self/fd/${detached}`, "EINVAL", /./);
    await refuseEverywhere(scratch, `/proc/self/fd/${detached}/sys`, "EINVAL", /./);
    for (const fd of [fs, detached]) libc.call("close", fd);
  },
  {
    skip: isMachineRoot
      ? false
      : "mounting proc takes the machine's root; it would have been refused as a source",
  },
);

mountTest("a missing source, and one below a file, are refused by what they are", async (scratch) => {
  scratch.file("file");
  await refuseEverywhere(scratch, `${scratch.path}/missing`, "ENOENT", /the source does not exist/);
  await refuseEverywhere(scratch, `${scratch.path}/file/x`, "ENOTDIR", /not a directory/);
  symlinkSync("loop", `${scratch.path}/loop`);
  await refuseEverywhere(scratch, `${scratch.path}/loop`, "ELOOP", /link/);
});

mountTest("a source that the kernel cannot mount is refused, and leaves no placeholder", async (scratch) => {
  const deleted = openSync(scratch.file("deleted"), "r");
  unlinkSync(`${scratch.path}/deleted`);
  await refuseEverywhere(scratch, `/proc/self/fd/${deleted}`, "ENOENT", /./);
  closeSync(deleted);
  const unbindable = scratch.directory("unbindable");
  mountTmpfs(unbindable);
  mount("--make-unbindable", unbindable);
  await refuseEverywhere(scratch, unbindable, "EINVAL", /./);
});

mountTest(
  "what is inside a sandbox's directory is no source for another, nor for itself",
  async (scratch) => {
    const other = scratch.share({ id: "other" });
    await other.prepare();
    const data = scratch.directory("data");
    mkdirSync(`${data}/inner`);
    const file = await other.shareFile(container, { source: data, destination: "/x", options: ["rbind"] });
    const guard = `${scratch.hostDir}/other`;
    const name = readdirSync(`${guard}/mounts`)[0] as string;
    for (const place of [
      "",
      "/mounts",
      "/shared",
      `/mounts/${name}`,
      `/shared/${name}`,
      `/mounts/${name}/inner`,
    ]) {
      await refuseEverywhere(scratch, guard + place, "EINVAL", /inside a sandbox's directory/);
    }
    const again = { source: file?.hostPath as string, destination: "/y" };
    const error = await refused(scratch, () => other.shareFile(container, again));
    assert.match(error.message, /inside a sandbox's directory/);
  },
);
