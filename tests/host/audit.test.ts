import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { audit, type FilesystemShare, type Plan } from "../../ffi/mod.ts";
import { type Finding, findingCodes, type MendStep } from "../../table/mod.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, unmount } from "../support/mounts.ts";
import { packageRoot } from "../support/package-root.ts";
import { libc } from "../support/runtimes.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { kataGoSandbox, kataRsSandbox } from "../support/table/kata-sandboxes.ts";
import { wholeSandbox, wrongSandboxes } from "../support/table/wrong-sandboxes.ts";

const look = (scratch: Scratch, plans?: readonly Plan[]) =>
  audit({ hostDir: scratch.hostDir, libc, ...(plans && { plans }) });

/** Follows what a finding says. */
async function follow({ mend }: Finding, share: FilesystemShare): Promise<void> {
  if (!("call" in mend)) return followSteps(mend.steps);
  assert.ok(mend.call !== "gc");
  await share[mend.call]();
}

function followSteps(steps: readonly MendStep[]): void {
  for (const step of steps) {
    if (step.op === "umount") unmount(step.target);
    else if (step.op === "remove") remove(step.path);
    else {
      unlinkSync(step.path);
      if (readdirSync(dirname(step.path)).length === 0) rmdirSync(dirname(step.path));
    }
  }
}

function remove(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    unlinkSync(path);
  }
}

mountTest("in a whole sandbox nothing is found, nor after its end", async (scratch) => {
  const { share, plans } = await wholeSandbox(scratch);
  assert.deepEqual(await look(scratch, plans), []);
  await share.cleanup();
  assert.deepEqual(await look(scratch), []);
});

mountTest(
  "an audit takes a call for each page of the mount table, and none for each mount",
  async (scratch) => {
    await wholeSandbox(scratch);
    const counted = counting(libc);
    await audit({ hostDir: scratch.hostDir, libc: counted });
    const calls = (name: string) => counted.log.filter((call) => call === name).length;
    const pages = Math.ceil(readFileSync("/proc/self/mountinfo").length / 2048);
    assert.ok(calls("read") > 0 && calls("read") < pages + 3, `${calls("read")} reads`);
    // Whether the kernel knows it is asked once.
    assert.ok(calls("statmount") <= 1, `${calls("statmount")} mounts asked for`);
  },
);

for (const { what, code, at, provoke } of wrongSandboxes) {
  mountTest(`found is ${what}, and what mends it leaves no finding`, async (scratch) => {
    const { share, plans } = await wholeSandbox(scratch);
    await provoke(scratch);
    const findings = await look(scratch, plans);
    const places = findings.map((one) => `${one.code} ${one.target.slice(scratch.inSandbox().length + 1)}`);
    assert.ok(places.includes(`${code} ${at}`), places.join("\n"));
    assert.ok(findings.every(({ sandbox, why }) => sandbox === "s1" && why !== ""));
    let left = findings;
    for (const _ of findings) {
      if (left[0]) await follow(left[0], share);
      left = await look(scratch, plans);
    }
    assert.deepEqual(left, []);
  });

  mountTest(`mended is ${what} by a call without plans`, async (scratch) => {
    const { share } = await wholeSandbox(scratch);
    await provoke(scratch);
    // For a person are: what covers the guard, and what may be left of another's.
    const isOwn = ["covered", "empty-sandbox"].includes(code) && at === "";
    if (isOwn) for (const finding of await look(scratch)) await follow(finding, share);
    assert.deepEqual(await share.mend(), []);
    assert.deepEqual(await look(scratch), []);
  });

  mountTest(`mended is ${what} by the sandbox's plans, and all shares are there again`, async (scratch) => {
    const { share, plans } = await wholeSandbox(scratch);
    const before = await sharesOf(share);
    await provoke(scratch);
    if (code === "covered" && at === "") unmount(scratch.inSandbox());
    if (code === "deleted-source") scratch.file("file");
    assert.deepEqual(await share.mend({ plans }), []);
    assert.deepEqual(await look(scratch, plans), []);
    assert.deepEqual(await sharesOf(share), before);
    const { plan } = await share.plan("mend", { plans });
    assert.deepEqual(plan.steps, []);
  });
}

/** What a sandbox shares, in words. */
async function sharesOf(share: FilesystemShare): Promise<string[]> {
  const shares = await share.list();
  return shares
    .map(({ name, source, attributes, below, users, isInView }) => {
      const inner = below.map(({ relative }) => relative);
      return [name, source.hostPath, ...attributes, ...inner, ...(users ?? []), isInView].join(" ");
    })
    .sort();
}

mountTest("found is what gets the shares outside of the sandbox", async (scratch) => {
  const { share } = await wholeSandbox(scratch);
  const outside = scratch.directory("outside");
  mount("--bind", scratch.inSandbox("mounts"), outside);
  const isOutside = ({ code }: Finding) => code === "copied-outside";
  const findings = (await look(scratch)).filter(isOutside);
  assert.deepEqual(
    findings.map(({ target }) => target),
    [outside],
  );
  // Outside of its directory a sandbox changes nothing: that is for a person.
  assert.deepEqual((await share.mend()).filter(isOutside), findings);
  await follow(findings[0] as Finding, share);
  assert.deepEqual(await look(scratch), []);
});

const connections = "/sys/fs/fuse/connections";

mountTest("found is a share whose server does not answer, and nobody waits for it", async (scratch) => {
  const isMounted = mountOn(connections) !== undefined;
  if (!isMounted) mount("-t", "fusectl", "fusectl", connections);
  const server = await Fuse.mount(scratch, "fuse");
  try {
    const share = scratch.share();
    await share.prepare();
    await share.shareFile(container, { source: server.path, destination: "/fuse" }, { random });
    assert.deepEqual(await look(scratch), []);
    await server.hang();
    const waiting = spawn("cat", [`${server.path}/file-7`], { stdio: "ignore" });
    await wait(100);
    const findings = await look(scratch);
    assert.deepEqual(
      findings.map(({ code, target }) => [code, target]),
      [["silent-source", scratch.hub(`c1-${random}-fuse`)]],
    );
    waiting.kill("SIGKILL");
    assert.deepEqual(await share.mend(), []);
    assert.deepEqual(await share.list(), []);
  } finally {
    await server.die();
    if (!isMounted) unmount(connections);
  }
});

mountTest(
  "found by a child that is killed is a share whose server does not answer, of any filesystem",
  async (scratch) => {
    const [server, other] = [await Fuse.mount(scratch, "fuse"), await Fuse.mount(scratch, "other")];
    const share = scratch.share();
    await share.prepare();
    for (const { path } of [server, other]) {
      const mount = { source: path, destination: path };
      await share.shareFile(container, mount, { random });
    }
    const probe = { probeTimeoutMs: 1000 };
    assert.deepEqual(await share.audit({ probeTimeoutMs: 60_000 }), []);
    server.hang();
    // Nobody waits for the server yet, so only a question shows it.
    assert.deepEqual(await look(scratch), []);
    for (const findings of [
      await share.audit(probe),
      await audit({ hostDir: scratch.hostDir, libc, ...probe }),
    ])
      assert.deepEqual(
        findings.map(({ code, target }) => [code, target]),
        [["silent-source", scratch.hub(`c1-${random}-fuse`)]],
      );
    await share.cleanup();
    await server.die();
    await other.die();
  },
);

mountTest(
  "found is the directory of a sandbox in which nothing is mounted, and no other one",
  async (scratch) => {
    mkdirSync(`${scratch.hostDir}/s1/mounts`, { recursive: true });
    mkdirSync(`${scratch.hostDir}/other/documents`, { recursive: true });
    scratch.file("sandboxes/file");
    const findings = await look(scratch);
    assert.deepEqual(
      findings.map(({ code, directory }) => [code, directory]),
      [["empty-sandbox", `${scratch.hostDir}/s1`]],
    );
    await follow(findings[0] as Finding, scratch.share());
    assert.deepEqual(await look(scratch), []);
  },
);

mountTest(
  "a sandbox that lives in another mount namespace is not taken for an empty one",
  async (scratch) => {
    mkdirSync(`${scratch.hostDir}/s1/mounts`, { recursive: true });
    const script = `mount -t tmpfs t ${scratch.hostDir}/s1/mounts && echo ready && read end`;
    const other = spawn("unshare", ["-m", "--propagation", "private", "sh", "-c", script]);
    await once(other.stdout, "data");
    assert.deepEqual(await look(scratch), []);
    other.stdin.end();
    await once(other, "exit");
    assert.equal((await look(scratch)).length, 1);
  },
);

mountTest("Kata's sandboxes: what is whole has no finding, and each leftover has one", async (scratch) => {
  const source = scratch.directory("volume");
  const go = kataGoSandbox(scratch, "go", source);
  const rs = kataRsSandbox(scratch, "rs", source);
  assert.deepEqual(await look(scratch), []);
  mount("--bind", source, `${go}/private/c1-8899aabbccddeeff-ro`);
  mount("-o", "remount,bind,rw", `${rs}/ro/passthrough/sandbox-0a1b2c3d-volume`);
  const findings = await look(scratch);
  assert.deepEqual(
    findings.map(({ code, sandbox }) => [code, sandbox]),
    [
      ["stray-mount", "go"],
      ["weaker-in-view", "rs"],
    ],
  );
  for (const finding of findings) await follow(finding, scratch.share());
  assert.deepEqual(await look(scratch), []);
  unmount(`${go}/shared`);
  assert.deepEqual(
    (await look(scratch)).map(({ code, sandbox }) => [code, sandbox]),
    [["no-view", "go"]],
  );
});

mountTest("looking for what is wrong changes nothing", async (scratch) => {
  await wholeSandbox(scratch);
  unmount(scratch.view(`c1-${random}-file`));
  const before = stateOf(scratch.hostDir);
  assert.equal((await look(scratch)).length, 1);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});

test("each code is provoked here", () => {
  const here = readFileSync(join(packageRoot, "tests/host/audit.test.ts"), "utf8");
  const alone: readonly string[] = ["copied-outside", "silent-source"];
  const provoked = new Set([...wrongSandboxes.map(({ code }) => code), ...alone]);
  assert.deepEqual(
    findingCodes.filter((code) => !provoked.has(code)),
    [],
  );
  for (const code of alone) assert.ok(here.split(`"${code}"`).length > 2, code);
});
