import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { StepError } from "../../ffi/mod.ts";
import { FormatError, RequestError } from "../../mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { mountTable, treeOf } from "../support/state.ts";
import { linesOf, opened } from "../support/vm/opened.ts";

/** A bundle with a root, a file of the host in it, and memory; its directory. */
function bundleOf(scratch: Scratch, more: object = {}): string {
  const directory = scratch.directory("bundles/web");
  scratch.directory("bundles/web/rootfs");
  const config = {
    ociVersion: "1.1.0",
    root: { path: "rootfs" },
    process: {
      args: ["sh", "-c", "true"],
      env: ["A=b"],
      cwd: "/srv",
      user: { uid: 7, gid: 8 },
      terminal: true,
    },
    mounts: [
      { destination: "/etc/conf", type: "bind", source: scratch.file("conf"), options: ["rbind", "ro"] },
      { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
    ],
    ...more,
  };
  writeFileSync(`${directory}/config.json`, JSON.stringify(config));
  return directory;
}

mountTest("a bundle is shared with its mounts, and says what its process is", async (scratch) => {
  const shares = await opened(scratch);
  const web = await shares.addContainer(bundleOf(scratch));
  assert.equal(web.id, "web");
  assert.equal(web.rootPath, "/run/kata-containers/web/rootfs");
  assert.deepEqual(web.process, {
    ...{ args: ["sh", "-c", "true"], env: ["A=b"], cwd: "/srv", terminal: true },
    user: { uid: 7, gid: 8, additionalGids: [] },
  });
  const targets = (await web.guestMounts()).map((one) => one.target);
  for (const target of ["/run/guestshare", web.rootPath, `${web.rootPath}/etc/conf`, `${web.rootPath}/tmp`])
    assert.ok(targets.includes(target), `${target} is not among ${targets.join(" ")}`);
  assert.match(await shares.guestScript(), /\/run\/guestshare\/web\/rootfs/);
  await web.remove();
  await web.remove();
  assert.doesNotMatch(await shares.guestScript(), /web/);
  assert.deepEqual(readdirSync(shares.directory), [".machine", ".users"]); // the host's own
  await shares.close();
  assert.equal(readFileSync(`${scratch.path}/conf`, "utf8"), "conf");
});

mountTest(
  "a share at a place in a container comes and goes with the container, before its root is read-only",
  async (scratch) => {
    const shares = await opened(scratch);
    const web = await shares.addContainer(bundleOf(scratch, { root: { path: "rootfs", readonly: true } }));
    const source = scratch.file("data");
    const data = await web.add({ source, target: "/data", mode: "ro" });
    assert.equal(data.inGuest, "/run/guestshare/web%2Fdata");
    await shares.add({ source, target: "/data", mode: "rw" });
    assert.deepEqual(
      await linesOf(shares),
      [`web ${source} -> /data ro`, `${source} -> /data rw`].sort().reverse(),
    );
    const outside = (await shares.guestMounts()).filter(({ target }) => target === "/data");
    assert.deepEqual(
      outside.map((one) => "options" in one && one.options),
      [[]],
    );
    const mounts = await web.guestMounts();
    assert.equal(mounts.at(-1)?.kind, "readonly");
    assert.deepEqual(mounts.at(-2), {
      ...{ kind: "bind", filesystem: "bind", options: ["ro"], place: "file" },
      ...{ source: data.inGuest, target: `${web.rootPath}/data`, root: web.rootPath },
    });
    await data.remove();
    await web.add({ source, target: "/run", mode: "rw" });
    await web.remove();
    assert.deepEqual(await linesOf(shares), [`${source} -> /data rw`]);
    await shares.close();
  },
);

mountTest(
  "two containers share what they have in common once, and the first to go leaves it",
  async (scratch) => {
    const shares = await opened(scratch);
    const bundle = bundleOf(scratch);
    const [one, two] = [
      await shares.addContainer(bundle, { id: "one" }),
      await shares.addContainer(bundle, { id: "two" }),
    ];
    const together = () => readdirSync(shares.directory).filter((name) => name.startsWith("sandbox-"));
    assert.equal(together().length, 1);
    await one.remove();
    assert.equal(together().length, 1);
    await two.remove();
    assert.equal(together().length, 0);
    await shares.close();
  },
);

mountTest("a bundle that cannot be shared is refused, and nothing of it is left", async (scratch) => {
  const shares = await opened(scratch);
  const before = [mountTable(), treeOf(scratch.hostDir)];
  const bad = { destination: "/x", type: "bind", source: "/missing", options: ["rbind"] };
  const rows: readonly (readonly [object, object, new (...args: never[]) => Error])[] = [
    [{ root: undefined }, {}, FormatError],
    [{ mounts: [bad] }, {}, StepError],
    [{ process: { args: [1] } }, {}, TypeError],
    [{ process: { args: ["a\0b"] } }, {}, TypeError],
    [{ process: { cwd: "srv" } }, {}, TypeError],
    [{ process: { user: { uid: -1 } } }, {}, TypeError],
    [{ process: { user: { additionalGids: 3 } } }, {}, TypeError],
    [{ process: { user: { umask: 0o1000 } } }, {}, TypeError],
    [{ process: [] }, {}, TypeError],
    [{ process: { terminal: "yes" } }, {}, TypeError],
    [{}, { id: "machine" }, RequestError],
    [{}, { id: "../x" }, RequestError],
    [{}, { name: "x" }, TypeError],
  ];
  for (const [config, options, Class] of rows) {
    const error = await rejectionOf(shares.addContainer(bundleOf(scratch, config), options));
    assert.ok(error instanceof Class, `${JSON.stringify([config, options])}: ${error}`);
    assert.deepEqual([mountTable(), treeOf(scratch.hostDir)], before);
  }
  assert.equal(((await rejectionOf(shares.addContainer("/missing"))) as { code?: string }).code, "ENOENT");
  await shares.close();
});
