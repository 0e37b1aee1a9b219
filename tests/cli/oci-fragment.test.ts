import assert from "node:assert/strict";
import { test } from "node:test";
import { ociFragment } from "../../cli/print/oci.ts";
import { loadSync } from "../../mod.ts";

const core = loadSync();
const sandbox = { id: "s1", guestDir: "/guest" };

test("a container's fragment has its root and mounts in the guest, and what the agent mounts beside them", () => {
  const prepare = core.plan({ op: "prepare", sandbox });
  const share = core.plan({
    op: "shareContainer",
    sandbox,
    container: {
      ...{ id: "c1", rootFs: { target: "/run/c1/rootfs" }, readonlyRootfs: true },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/etc/hosts", type: "bind", source: "/etc/hosts", options: ["ro"] },
        { destination: "/cache", type: "ephemeral", source: "/var/cache", facts: { kind: "directory" } },
      ],
    },
    random: ["0".repeat(16), "1".repeat(16), "2".repeat(16)],
  });
  const fragment = ociFragment([prepare, share]);
  assert.deepEqual(fragment?.root, { path: "/guest/c1/rootfs", readonly: true });
  assert.deepEqual(
    fragment?.mounts.map(({ destination, source }) => [destination, source]),
    [
      ["/proc", "proc"],
      ["/etc/hosts", `/guest/sandbox-${"1".repeat(16)}-hosts`],
      ["/cache", share.mounts[2]?.source],
    ],
  );
  assert.deepEqual(
    fragment?.storages.map(({ driver }) => driver),
    ["ephemeral"],
  );
  assert.deepEqual(
    fragment?.sandboxStorages?.map(({ source }) => source),
    ["kataShared"],
  );
  assert.deepEqual(Object.keys(ociFragment([share]) ?? {}), ["root", "mounts", "storages"]);
});

test("plans without a container have no fragment", () => {
  assert.equal(ociFragment([core.plan({ op: "prepare", sandbox })]), undefined);
});
