import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type OmittedMount, openLibc } from "../../ffi/mod.ts";
import { containerOf } from "../../mod.ts";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, mountsBelow } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc, libcNames } from "../support/runtimes.ts";
import { noChildren } from "../support/sandbox/binding.ts";
import { kernelBelow } from "../support/sandbox/kernel-below.ts";
import { mountTest, random } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const ENOSYS = 38;
const container = { id: "c1" };
const name = `c1-${random}-x`;

const sorted = (omitted: readonly OmittedMount[] = []) =>
  omitted.toSorted((a, b) => (a.path < b.path ? -1 : 1));

const engines = await Promise.all(
  libcNames.map(async (engine) => [`, by ${engine}`, await openLibc(engine)] as const),
);
const libcs = [
  ...engines,
  [", before Linux 6.8", withoutUniqueIds(lacking(libc, { statmount: ENOSYS, listmount: ENOSYS }))],
  [", before Linux 6.15", lacking(libc, { open_tree_attr: ENOSYS })],
] as const;

for (const [when, way] of libcs) {
  mountTest(
    `what is the kernel's below a source is left out of its share, and told${when}`,
    async (scratch) => {
      const { source, omittedAt, assertFreed } = kernelBelow(scratch);
      const own = mountsBelow(source);
      const share = scratch.share({}, { libc: way });
      await share.prepare();
      const before = stateOf(scratch.hostDir);
      const ways = [
        ["rbind"],
        ["rbind", "ro"],
        ["rbind", "rnosuid", "noexec"],
        ["rbind", "ro", "rnosymfollow"],
      ];
      for (const options of ways) {
        const one = { source, destination: "/x", options };
        const shared = await share.shareFile(container, one, { random });
        assert.deepEqual(sorted(shared?.omitted), omittedAt("/x"));
        for (const path of [scratch.hub(name), scratch.view(name)]) assertFreed(path);
        assert.equal(readFileSync(`${scratch.view(name)}/version`, "utf8"), "");
        assert.deepEqual(readdirSync(scratch.inSandbox()), ["mounts", "namespace", "shared"]);
        const after = stateOf(scratch.hostDir);
        assert.deepEqual(await share.shareFile(container, one, { random }), shared, "the same share again");
        assert.deepEqual(stateOf(scratch.hostDir), after);
        await share.unshareFile(container, { ...one, hostPath: shared?.hostPath as string });
        assert.deepEqual(stateOf(scratch.hostDir), before);
      }
      assert.deepEqual(mountsBelow(source), own, "the host keeps its mounts");
      await share.cleanup();
      assert.deepEqual(mountsBelow(source), own, "the host keeps its mounts");
    },
  );
}

mountTest(
  "words for mounts below reach those that stay, also where others were left out",
  async (scratch) => {
    const { source } = kernelBelow(scratch);
    const share = scratch.share();
    await share.prepare();
    const options = ["rbind", "ro", "rnosuid", "noexec"];
    await share.shareFile(container, { source, destination: "/x", options }, { random });
    for (const path of [scratch.hub(name), scratch.view(name)]) {
      assert.match(mountOn(path)?.options ?? "", /^ro,nosuid,noexec/);
      assert.match(mountOn(`${path}/data/kept`)?.options ?? "", /^ro,nosuid,relatime/);
    }
  },
);

mountTest(
  "one share with other words below is another one, also where mounts were left out",
  async (scratch) => {
    const { source } = kernelBelow(scratch);
    const share = scratch.share();
    await share.prepare();
    const of = (options: string[]) => ({ source, destination: "/x", options });
    await share.shareFile(container, of(["rbind", "nosuid"]), { random });
    const before = stateOf(scratch.hostDir);
    await assert.rejects(share.shareFile(container, of(["rbind", "rnosuid"]), { random }), {
      code: "EEXIST",
    });
    assert.deepEqual(stateOf(scratch.hostDir), before);
  },
);

mountTest(
  "a tree is idmapped on all levels where what cannot be is left out",
  async (scratch) => {
    const { source, omittedAt, assertFreed } = kernelBelow(scratch);
    const share = scratch.share();
    await share.prepare();
    const ids = [{ containerID: 0, hostID: 4000, size: 1 }];
    const one = { source, destination: "/x", uidMappings: ids, gidMappings: ids };
    for (const word of ["ridmap", "idmap"]) {
      const mapped = { ...one, options: ["rbind", word] };
      const shared = await share.shareFile(container, mapped, { random });
      assert.deepEqual(sorted(shared?.omitted), omittedAt("/x"));
      assertFreed(scratch.view(name));
      assert.match(mountOn(scratch.view(name))?.options ?? "", /idmapped/);
      const below = mountOn(`${scratch.view(name)}/data/kept`)?.options ?? "";
      assert.equal(below.includes("idmapped"), word === "ridmap");
      assert.deepEqual(await share.shareFile(container, mapped, { random }), shared, "the same share again");
      await share.unshareFile(container, { ...one, hostPath: shared?.hostPath as string });
    }
    await noChildren();
  },
  { skip: isMachineRoot ? false : "only root of the machine may idmap; the tree would have been mapped" },
);

mountTest("a container is told what was left out of each mount, and of its root", async (scratch) => {
  const { source, omittedAt } = kernelBelow(scratch);
  const share = scratch.share();
  await share.prepare();
  const bind = (destination: string, ...options: string[]) => ({
    destination,
    type: "bind",
    source,
    options,
  });
  const mounts = [bind("/jobs", "rbind", "ro"), bind("/alone", "bind"), bind("/again", "rbind", "ro")];
  const bundled = containerOf({ root: { path: source }, mounts }, { id: "c1", bundle: scratch.path });
  const root = { target: source, options: ["rbind"] };
  const { outcomes, rootOmitted } = await share.shareContainer({ ...bundled, rootFs: root });
  assert.deepEqual(
    outcomes.map(({ omitted }) => omitted && sorted(omitted)),
    [omittedAt("/jobs"), undefined, omittedAt("/again")],
  );
  assert.deepEqual(sorted(rootOmitted), omittedAt(""));
  for (const { shared } of outcomes) {
    const view = scratch.view(shared?.hostPath?.split("/").at(-1) as string);
    assert.equal(existsSync(`${view}/proc/version`), false);
  }
  assert.deepEqual(readdirSync(scratch.view("c1/rootfs/proc")), []);
  await share.unshareContainer(bundled);
  const alone = await share.shareRootFilesystem({ id: "c1", rootFs: root });
  assert.deepEqual(sorted(alone?.omitted), omittedAt(""));
});

mountTest("a container that binds / has all of it but what is the kernel's", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  for (const options of [["rbind"], ["rbind", "ro", "rslave"]]) {
    const mounts = [{ destination: "/host", type: "bind", source: "/", options }];
    const bundled = containerOf({ root: { path: scratch.path }, mounts }, { id: "c1", bundle: scratch.path });
    const { outcomes } = await share.shareContainer(bundled);
    const view = scratch.view(outcomes[0]?.shared?.hostPath?.split("/").at(-1) as string);
    const paths = outcomes[0]?.omitted?.map(({ path }) => path) ?? [];
    assert.ok(
      ["/host/proc", "/host/sys"].every((path) => paths.includes(path)),
      paths.join(),
    );
    assert.deepEqual(readdirSync(view).sort(), readdirSync("/").sort());
    assert.equal(existsSync(`${view}/proc/self`), false);
    assert.equal(existsSync(`${view}/sys/kernel`), false);
    assert.equal(existsSync(`${view}/sys/fs/cgroup/cpu`), false);
    assert.ok(existsSync(`${view}/etc/passwd`));
    await share.unshareContainer(bundled);
  }
});

mountTest(
  "another sandbox's shares do not come along where its guard is unbindable no more",
  async (scratch) => {
    const others = scratch.directory("tree/others");
    const other = scratch.share({ id: "s2", hostDir: others });
    await other.prepare();
    await other.shareFile(container, { source: scratch.file("secret"), destination: "/secret" });
    const share = scratch.share();
    await share.prepare();
    const one = { source: `${scratch.path}/tree`, destination: "/x", options: ["rbind"] };
    for (const propagation of ["--make-rprivate", "--make-rshared"]) {
      mount(propagation, `${others}/s2`);
      const shared = await share.shareFile(container, one, { random });
      const { fstype: filesystem } = { fstype: "tmpfs" };
      assert.deepEqual(shared?.omitted, [{ path: "/x/others/s2", filesystem, reason: "sandbox" }]);
      assert.deepEqual(readdirSync(`${scratch.view(name)}/others/s2/mounts`), []);
      await share.unshareFile(container, { ...one, hostPath: shared?.hostPath as string });
    }
    assert.equal(readdirSync(`${others}/s2/shared`).length, 1, "the other sandbox keeps its share");
    await other.cleanup();
  },
);
