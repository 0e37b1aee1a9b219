import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { audit, type FilesystemShare, loadSync } from "../../ffi/mod.ts";
import { type Finding, findingCodes } from "../../table/mod.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mount, mountOn, mountTmpfs, unmount } from "../support/mounts.ts";
import { packageRoot } from "../support/package-root.ts";
import { libc } from "../support/runtimes.ts";
import { container, fill, fullSandbox } from "../support/sandbox/full.ts";
import { containerWith, digits } from "../support/sandbox/together.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { kataGoSandbox, kataRsSandbox } from "../support/table/kata-sandboxes.ts";

const look = (scratch: Scratch) => audit({ hostDir: scratch.hostDir, libc });

interface Row {
  readonly what: string;
  readonly code: (typeof findingCodes)[number];
  /** Where, in the sandbox's directory. */
  readonly at: string;
  provoke(scratch: Scratch): void | Promise<void>;
  readonly skip?: string | false;
}

const together = `sandbox-${digits(0)}-data`;

const rows: readonly Row[] = [
  {
    what: "a guard that can be bound",
    code: "open-guard",
    at: "",
    provoke: (s) => mount("--make-private", s.inSandbox()),
  },
  {
    what: "a guard that is shared",
    code: "open-guard",
    at: "",
    provoke: (s) => mount("--make-shared", s.inSandbox()),
  },
  {
    what: "a hub that is private",
    code: "private-hub",
    at: "mounts",
    provoke: (s) => mount("--make-private", s.inSandbox("mounts")),
  },
  {
    what: "a hub that is read-only",
    code: "read-only-hub",
    at: "mounts",
    provoke: (s) => mount("-o", "remount,bind,ro", s.inSandbox("mounts")),
  },
  {
    what: "a hub that is gone",
    code: "no-hub",
    at: "mounts",
    provoke: (s) => {
      unmount(s.inSandbox("mounts"));
      unmount(s.inSandbox("shared"));
    },
  },
  {
    what: "a view that is gone",
    code: "no-view",
    at: "shared",
    provoke: (s) => unmount(s.inSandbox("shared")),
  },
  {
    what: "a view that follows nothing",
    code: "stale-view",
    at: "shared",
    provoke: (s) => mount("--make-private", s.inSandbox("shared")),
  },
  {
    what: "a view that can be written",
    code: "writable-view",
    at: "shared",
    provoke: (s) => mount("-o", "remount,bind,rw", s.inSandbox("shared")),
  },
  {
    what: "something over the view",
    code: "covered",
    at: "shared",
    provoke: (s) => mountTmpfs(s.inSandbox("shared")),
  },
  { what: "something over the guard", code: "covered", at: "", provoke: (s) => mountTmpfs(s.inSandbox()) },
  {
    what: "something over a share",
    code: "covered",
    at: `mounts/c1-${random}-tree`,
    provoke: (s) => mountTmpfs(s.hub(`c1-${random}-tree`)),
  },
  {
    what: "a share that the view lost",
    code: "unseen-share",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => unmount(s.view(`c1-${random}-file`)),
  },
  {
    what: "a share that is writable for the guest",
    code: "weaker-in-view",
    at: `shared/c1-${random}-file`,
    provoke: (s) => mount("-o", "remount,bind,rw", s.view(`c1-${random}-file`)),
  },
  {
    what: "a mount below that is writable",
    code: "writable-below",
    at: `mounts/c1-${random}-tree/below`,
    provoke: (s) => mount("-o", "remount,bind,rw", s.hub(`c1-${random}-tree/below`)),
  },
  {
    what: "a source that was removed",
    code: "deleted-source",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => rmSync(`${s.path}/file`),
  },
  {
    what: "a share that nobody uses",
    code: "unused-share",
    at: `mounts/${together}`,
    provoke: (s) => rmSync(s.hub(`.users/${together}`), { recursive: true }),
  },
  {
    what: "users of no share",
    code: "users-without-share",
    at: `mounts/.users/${together}`,
    provoke: (s) => unmount(s.hub(together)),
  },
  {
    what: "a directory for users that has none",
    code: "users-without-share",
    at: "mounts/.users/sandbox-0000000000000009-x",
    provoke: (s) => mkdirSync(s.hub(".users/sandbox-0000000000000009-x")),
  },
  {
    what: "a placeholder of a file",
    code: "placeholder",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => unmount(s.hub(`c1-${random}-file`)),
  },
  {
    what: "a placeholder of a root",
    code: "placeholder",
    at: "mounts/c1/rootfs",
    provoke: (s) => unmount(s.hub("c1/rootfs")),
  },
  {
    what: "a stranger's mount in the hub",
    code: "stranger",
    at: "mounts/odd",
    provoke: (s) => {
      mkdirSync(s.hub("odd"));
      mountTmpfs(s.hub("odd"));
    },
  },
  {
    what: "a stranger's mount in the view",
    code: "stranger",
    at: "shared/c1",
    provoke: (s) => mountTmpfs(s.view("c1")),
  },
  {
    what: "a mount that is no share",
    code: "stray-mount",
    at: "staging",
    provoke: (s) => {
      mkdirSync(s.inSandbox("staging"));
      mountTmpfs(s.inSandbox("staging"));
    },
  },
];

/** A sandbox that has one share of each kind, and nothing wrong. */
async function whole(scratch: Scratch): Promise<FilesystemShare> {
  const share = await fill(scratch, fullSandbox(scratch));
  const mounts = [{ source: scratch.file("data"), destination: "/data", options: ["ro"] }];
  await share.shareContainer(containerWith(scratch, "c3", mounts), { random: [digits(0)] });
  return share;
}

function mend({ mend }: Finding, share?: FilesystemShare): Promise<unknown> | undefined {
  if ("call" in mend) return mend.call === "cleanup" ? share?.cleanup() : share?.prepare();
  for (const step of mend.steps) {
    if (step.op === "umount") unmount(step.target);
    else if (step.op === "remove") remove(step.path);
    else {
      unlinkSync(step.path);
      if (readdirSync(dirname(step.path)).length === 0) rmdirSync(dirname(step.path));
    }
  }
  return undefined;
}

function remove(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    unlinkSync(path);
  }
}

mountTest("in a whole sandbox nothing is found, nor after its end", async (scratch) => {
  const share = await whole(scratch);
  assert.deepEqual(await look(scratch), []);
  await share.cleanup();
  assert.deepEqual(await look(scratch), []);
});

for (const { what, code, at, provoke, skip = false } of rows) {
  mountTest(
    `found is ${what}, and what mends it leaves no finding`,
    async (scratch) => {
      const share = await whole(scratch);
      await provoke(scratch);
      const findings = await look(scratch);
      const places = findings.map((one) => `${one.code} ${one.target.slice(scratch.inSandbox().length + 1)}`);
      assert.ok(places.includes(`${code} ${at}`), places.join("\n"));
      assert.ok(findings.every(({ sandbox, why }) => sandbox === "s1" && why !== ""));
      for (let left = findings; left.length > 0; left = await look(scratch)) {
        assert.ok(left.length <= findings.length + 1, JSON.stringify(left));
        await mend(left[0] as Finding, share);
        findings.pop();
      }
    },
    { skip },
  );
}

mountTest("found is a sandbox without its guard, by the hub that is there", async (scratch) => {
  const share = await whole(scratch);
  // The guard goes with all below it; a killed cleanup of an older kind left a hub.
  const hub = scratch.inSandbox("mounts");
  mount("--make-private", scratch.inSandbox());
  mount("--bind", hub, scratch.directory("kept"));
  unmount(scratch.inSandbox());
  mount("--bind", `${scratch.path}/kept`, hub);
  unmount(`${scratch.path}/kept`);
  const codes = (await look(scratch)).map(({ code }) => code);
  assert.ok(codes.includes("no-guard"), codes.join());
  await share.cleanup();
  assert.deepEqual(await look(scratch), []);
});

mountTest("found is what gets the shares outside of the sandbox", async (scratch) => {
  await whole(scratch);
  const outside = scratch.directory("outside");
  mount("--bind", scratch.inSandbox("mounts"), outside);
  const findings = (await look(scratch)).filter(({ code }) => code === "copied-outside");
  assert.deepEqual(
    findings.map(({ target }) => target),
    [outside],
  );
  mend(findings[0] as Finding);
  assert.deepEqual(await look(scratch), []);
});

mountTest("found is a share that has not what its plan gives it", async (scratch) => {
  const share = await whole(scratch);
  const { file } = fullSandbox(scratch);
  const core = loadSync();
  const sandbox = scratch.sandbox();
  const plans = [
    core.plan({ op: "prepare", sandbox }),
    core.plan({ op: "shareFile", sandbox, container, mount: { ...file, options: ["ro", "nosuid"] }, random }),
  ];
  const findings = await audit({ hostDir: scratch.hostDir, libc, plans });
  assert.deepEqual(
    findings.map(({ code, target }) => [code, target]),
    [["weaker-than-planned", file.hostPath]],
  );
  await share.cleanup();
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
  } finally {
    await server.die();
    if (!isMounted) unmount(connections);
  }
});

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
    await mend(findings[0] as Finding, scratch.share());
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
  for (const finding of findings) mend(finding);
  assert.deepEqual(await look(scratch), []);
  unmount(`${go}/shared`);
  assert.deepEqual(
    (await look(scratch)).map(({ code, sandbox }) => [code, sandbox]),
    [["no-view", "go"]],
  );
});

mountTest("looking for what is wrong changes nothing", async (scratch) => {
  await whole(scratch);
  unmount(scratch.view(`c1-${random}-file`));
  const before = stateOf(scratch.hostDir);
  assert.equal((await look(scratch)).length, 1);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});

test("each code is provoked here", () => {
  const here = readFileSync(join(packageRoot, "tests/host/audit.test.ts"), "utf8");
  assert.deepEqual(
    findingCodes.filter((code) => !here.includes(`"${code}"`)),
    [],
  );
});
