import assert from "node:assert/strict";
import { type Container, type Mount, PlanError, StepError } from "../../ffi/mod.ts";
import { configMap } from "../support/bundles/whole-container.ts";
import { type Errno, errnos, rejectionOf, sweep } from "../support/faults/sweep.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { assertUsed, containerWith, digitsFor, shapeBetween } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, shapeOf } from "../support/state.ts";

/** Two containers with a share of each kind: a file twice, a tree of mounts with a word for all, a watched volume. */
function twoContainers(scratch: Scratch): [Container, Container] {
  const bind = (source: string, ...options: string[]): Mount => ({
    ...{ source, destination: `/${options.join()}`, type: "bind", options: ["rbind", ...options] },
  });
  mountTmpfs(scratch.directory("tree/below"));
  const file = scratch.file("f");
  const mounts = [
    bind(file, "ro"),
    bind(file, "nosuid"),
    bind(`${scratch.path}/tree`, "ro", "rnosuid"),
    bind(configMap(scratch, "small", 1), "ro", "nodev"),
  ];
  return [containerWith(scratch, "c1", mounts), containerWith(scratch, "c2", mounts)];
}

const beginnings: readonly [whose: string, withFirst: boolean][] = [
  ["a container", false],
  ["a container whose shares another one has", true],
];

for (const [whose, withFirst] of beginnings) {
  mountTest(`each call of sharing ${whose} that fails leaves nothing of it`, async (scratch) => {
    const [first, second] = twoContainers(scratch);
    const random = digitsFor(second, 16);
    const share = scratch.share();
    const begin = async () => {
      await share.prepare();
      if (withFirst) await share.shareContainer(first, { random: digitsFor(first) });
      return [shapeOf(scratch.hostDir), descriptors()];
    };
    const before = await begin();
    await share.shareContainer(second, { random });
    const good = shapeOf(scratch.hostDir);
    await share.cleanup();
    await sweep(scratch, Object.keys(errnos) as Errno[], {
      begin,
      perform: (broken) => broken.shareContainer(second, { random }),
      check: (error, code) => {
        if (error === undefined) return assert.deepEqual(shapeOf(scratch.hostDir), good, "not as a good run");
        assert.deepEqual([shapeOf(scratch.hostDir), descriptors()], before, "something is left");
        assert.ok(error instanceof StepError, `${(error as Error).name} is no StepError`);
        assert.equal(error.code, code);
        assert.deepEqual(error.undo, []);
      },
      end: () => share.cleanup(),
    });
  });

  mountTest(`unsharing ${whose} goes on when a call fails, and a second call finishes`, async (scratch) => {
    const [first, second] = twoContainers(scratch);
    const share = scratch.share();
    const begin = async () => {
      await share.prepare();
      if (withFirst) await share.shareContainer(first, { random: digitsFor(first) });
      await share.shareContainer(second, { random: digitsFor(second, 16) });
    };
    await begin();
    await share.unshareContainer(second);
    const good = shapeBetween(scratch);
    await share.cleanup();
    await sweep(scratch, ["EPERM", "EIO", "EMFILE"], {
      begin,
      perform: (broken) => broken.unshareContainer(second),
      check: async (error) => {
        if (error !== undefined) await share.unshareContainer(second);
        assert.deepEqual(shapeBetween(scratch), good, "a second call does not finish");
        assert.ok(
          error === undefined || error instanceof PlanError,
          `${(error as Error)?.name} is no PlanError`,
        );
      },
      end: () => share.cleanup(),
    });
  });
}

mountTest("each call of sharing a container again that fails leaves it as it is", async (scratch) => {
  const [, container] = twoContainers(scratch);
  const random = digitsFor(container);
  const share = scratch.share();
  await share.prepare();
  await share.shareContainer(container, { random });
  const before = [shapeOf(scratch.hostDir), descriptors()];
  await sweep(scratch, ["EPERM", "EMFILE", "ENOSYS"], {
    begin: async () => {},
    perform: (broken) => broken.shareContainer(container, { random }),
    check: () => assert.deepEqual([shapeOf(scratch.hostDir), descriptors()], before, "not as it was"),
    end: async () => {
      await share.cleanup();
      await share.prepare();
      await share.shareContainer(container, { random });
    },
  });
});

mountTest("when a call of unshareFile fails, what other containers use stays", async (scratch) => {
  const share = scratch.share();
  const mount = { source: scratch.file("f"), destination: "/f", readOnly: true };
  const random = "0".repeat(16);
  const mine = { ...mount, hostPath: scratch.hub(`sandbox-${random}-f`) };
  let alone: string[] = [];
  await sweep(scratch, ["EPERM", "EIO", "EMFILE"], {
    begin: async () => {
      await share.prepare();
      await share.shareFile({ id: "c2" }, mount, { together: true, random });
      alone = shapeBetween(scratch);
      await share.shareFile({ id: "c1" }, mount, { together: true });
    },
    perform: (broken) => broken.unshareFile({ id: "c1" }, mine),
    check: async (error) => {
      assertUsed(scratch);
      await rejectionOf(share.unshareFile({ id: "c1" }, mine));
      assert.deepEqual(shapeBetween(scratch), alone, "a second call does not finish");
      assert.ok(
        error === undefined || error instanceof PlanError,
        `${(error as Error)?.name} is no PlanError`,
      );
    },
    end: () => share.cleanup(),
  });
});
