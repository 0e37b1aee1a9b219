import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync } from "../../mod.ts";
import { auditTable, differ, predict, readMountinfo, recognise, tableLines } from "../../table/mod.ts";
import { assertLinear } from "../support/growth.ts";
import { rounds } from "../support/sample.ts";

// 25 mounts a sandbox, half of them in the hub and half in the view.
const MOUNTS = rounds(100_000, 20_000);
const SHARES = 11;

function textOf(mounts: number): string {
  const lines = ["1 0 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw"];
  for (let id = 2; lines.length < mounts; id += 100) lines.push(...sandboxLines(id));
  return `${lines.join("\n")}\n`;
}

function sandboxLines(id: number): string[] {
  const directory = `/run/kata-containers/shared/sandboxes/s${id}`;
  const tmpfs = "rw,nosuid,nodev,noexec,relatime";
  const lines = [
    `${id} 1 254:0 ${directory} ${directory} rw,relatime unbindable - ext4 /dev/vda rw`,
    `${id + 1} ${id} 0:${id} / ${directory}/mounts ${tmpfs} shared:${id} - tmpfs guestshare rw`,
    `${id + 2} ${id} 0:${id} / ${directory}/shared ro,${tmpfs} master:${id} - tmpfs guestshare rw`,
  ];
  for (let share = 0; share < SHARES; share += 1) {
    const name = `c${share}-${share.toString(16).padStart(16, "0")}-volume`;
    const [own, group] = [id + 3 + 2 * share, id + 3 + share];
    const what = `- ext4 /dev/vda rw`;
    lines.push(
      `${own} ${id + 1} 254:0 /v/${share} ${directory}/mounts/${name} ro,relatime shared:${group} ${what}`,
    );
    lines.push(
      `${own + 1} ${id + 2} 254:0 /v/${share} ${directory}/shared/${name} ro,relatime master:${group} ${what}`,
    );
  }
  return lines;
}

test(`reading, recognising, auditing and writing ${MOUNTS} mounts takes time in proportion`, async () => {
  await assertLinear(MOUNTS, (count) => {
    const text = textOf(count);
    return () => {
      const { mounts } = readMountinfo(text);
      const found = recognise(mounts);
      assert.ok(found.every(({ shares, others }) => shares.length === SHARES && others.length === 0));
      assert.equal(tableLines(mounts).length, mounts.length);
      assert.deepEqual(auditTable(mounts), []);
    };
  });
});

test(`refusing ${MOUNTS} lines that have neither fields nor a separator takes time in proportion`, async () => {
  await assertLinear(MOUNTS, (count) => {
    const text = "x\n".repeat(count);
    return () => assert.equal(readMountinfo(text).refused.length, count);
  });
});

test(`predicting plans for ${MOUNTS} mounts takes time in proportion`, async () => {
  const core = loadSync();
  await assertLinear(MOUNTS, (count) => {
    const { mounts } = readMountinfo(textOf(count));
    const plans = Array.from({ length: count / 1000 }, (_, at) => {
      const sandbox = { id: `new${at}` };
      return core.plan({ op: "prepare", sandbox });
    });
    return () => {
      const after = predict(mounts, plans);
      assert.equal(after.mounts.length, mounts.length + 3 * plans.length);
      assert.equal(differ(mounts, plans.slice(0, 1)).length, 3);
    };
  });
});

test("a hundred thousand shares of one sandbox take time in proportion, and so does their end", async () => {
  const core = loadSync();
  const sandbox = { id: "s1" };
  const [prepare, cleanup] = [core.plan({ op: "prepare", sandbox }), core.plan({ op: "cleanup", sandbox })];
  const host = readMountinfo("1 0 254:0 / / rw,relatime - ext4 /dev/vda rw\n").mounts;
  await assertLinear(MOUNTS, (count) => {
    const steps = Array.from({ length: count / 2 }, (_, at) => ({
      ...{ op: "bind" as const, source: `/v/${at}`, recursive: false, attributes: [] },
      target: `${prepare.directory}/mounts/c-${at.toString(16).padStart(16, "0")}-v`,
      undo: [{ op: "umount" as const, target: "", undo: [] }],
    }));
    return () => {
      const after = predict(host, [prepare, { directory: prepare.directory, steps }]);
      assert.equal(after.mounts.length, count + 4);
      assert.equal(predict(after.mounts, [cleanup]).mounts.length, 1);
    };
  });
});
