import assert from "node:assert/strict";
import { type Container, type FilesystemShare, type Mount, PlanError, StepError } from "../../ffi/mod.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, stateOf } from "../support/state.ts";
import { assertUsed, containerWith, digitsFor, shapeBetween } from "../support/together.ts";
import { configMap } from "../support/whole-container.ts";
import { faulty } from "../support/wrapped-libc.ts";

const errnos = { EPERM: 1, EIO: 5, ENOMEM: 12, EMFILE: 24, ENOSPC: 28, ENOSYS: 38 };

/** A container with a share of each kind: a file, a tree of mounts with a word for all of them, a watched volume. */
function smallContainer(scratch: Scratch, id: string): Container {
  const bind = (source: string, ...options: string[]): Mount => ({
    ...{ source, destination: `/${options.join()}`, type: "bind", options: ["rbind", ...options] },
  });
  if (id === "c1") mountTmpfs(scratch.directory("tree/below"));
  const config =
    id === "c1"
      ? configMap(scratch, "small", 1)
      : `${scratch.path}/pods/p1/volumes/kubernetes.io~configmap/small`;
  return containerWith(scratch, id, [
    bind(scratch.file("f"), "ro"),
    bind(scratch.file("f"), "nosuid"),
    bind(`${scratch.path}/tree`, "ro", "rnosuid"),
    bind(config, "ro", "nodev"),
  ]);
}

const attempt = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error) => error,
  );

/** Makes each call of an operation fail in turn, each time from the same beginning. */
async function sweep(
  scratch: Scratch,
  codes: readonly (keyof typeof errnos)[],
  round: (share: FilesystemShare, what: () => string, code: string) => Promise<boolean>,
): Promise<void> {
  let failures = 0;
  for (const code of codes) {
    for (let at = 1, isHit = true; isHit; at++) {
      const broken = faulty(libc, { at, errno: errnos[code] });
      const what = () => `${code} from call ${at}, ${broken.failed()}`;
      if (await round(scratch.share({}, { libc: broken }), what, code)) failures += 1;
      isHit = broken.failed() !== undefined;
    }
  }
  assert.ok(failures > 20, `only ${failures} failures`);
}

const beginnings: readonly [what: string, others: readonly string[]][] = [
  ["a container", []],
  ["a container whose shares another one has", ["c1"]],
  ["a container again", ["c1", "c2"]],
];

for (const [what, others] of beginnings) {
  mountTest(`each call of sharing ${what} that fails leaves nothing of it`, async (scratch) => {
    const [first, second] = ["c1", "c2"].map((id) => smallContainer(scratch, id)) as [Container, Container];
    const random = digitsFor(second);
    const share = scratch.share();
    await share.prepare();
    for (const id of others) await share.shareContainer(id === "c1" ? first : second, { random });
    const between = shapeBetween(scratch);
    await share.shareContainer(second, { random: digitsFor(second, 16) });
    if (!others.includes("c2")) await share.unshareContainer(second);
    assert.ok(others.includes("c2") || shapeBetween(scratch).join() === between.join());
    await sweep(scratch, Object.keys(errnos) as (keyof typeof errnos)[], async (broken, from, code) => {
      const before = stateOf(scratch.hostDir);
      const error = await attempt(broken.shareContainer(second, { random: digitsFor(second, 16) }));
      const told = `${from()}: ${(error as Error)?.message}`;
      if (error === undefined) {
        assertUsed(scratch, told);
        if (!others.includes("c2")) await share.unshareContainer(second);
      } else {
        assert.ok(error instanceof StepError, `no StepError: ${told}`);
        assert.equal(error.code, code, told);
        assert.deepEqual(error.undo, [], told);
        assert.match(error.message, /^Cannot /);
      }
      assert.deepEqual(stateOf(scratch.hostDir), before, told);
      return error !== undefined;
    });
  });
}

for (const others of [[], ["c1"]]) {
  const whose = others.length === 0 ? "a container" : "a container whose shares another one has";
  mountTest(`unsharing ${whose} goes on when a call fails, and a second call finishes`, async (scratch) => {
    const containers = ["c1", "c2"].map((id) => smallContainer(scratch, id)) as [Container, Container];
    const share = scratch.share();
    await share.prepare();
    const shareC2 = () => share.shareContainer(containers[1], { random: digitsFor(containers[1], 16) });
    await shareC2(); // makes the directories that stay
    await share.unshareContainer(containers[1]);
    for (const _ of others) await share.shareContainer(containers[0], { random: digitsFor(containers[0]) });
    const good = shapeBetween(scratch);
    await sweep(scratch, ["EPERM", "EIO", "EMFILE"], async (broken, from) => {
      await shareC2();
      const [before, open] = [shapeBetween(scratch), descriptors()];
      const error = await attempt(broken.unshareContainer(containers[1]));
      const told = `${from()}: ${(error as Error)?.message}`;
      assert.equal(descriptors(), open, told);
      if (error !== undefined) {
        assert.ok(error instanceof PlanError, `no PlanError: ${told}`);
        const isUnbegun = shapeBetween(scratch).join() === before.join();
        assert.ok(isUnbegun || error.failures.length > 0);
        await share.unshareContainer(containers[1]);
      }
      assert.deepEqual(shapeBetween(scratch), good, told);
      return error !== undefined;
    });
  });
}

mountTest("when a call of unshareFile fails, what other containers use stays", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mount = { source: scratch.file("f"), destination: "/f", readOnly: true };
  await share.shareFile({ id: "c2" }, mount, { together: true });
  const alone = shapeBetween(scratch);
  await sweep(scratch, ["EPERM", "EIO", "EMFILE"], async (broken, from) => {
    const shared = await share.shareFile({ id: "c1" }, mount, { together: true });
    const mine = { ...mount, hostPath: shared?.hostPath as string };
    const error = await attempt(broken.unshareFile({ id: "c1" }, mine));
    const told = `${from()}: ${(error as Error)?.message}`;
    assertUsed(scratch, told);
    await share.unshareFile({ id: "c1" }, mine);
    assert.deepEqual(shapeBetween(scratch), alone, told);
    return error !== undefined;
  });
});
