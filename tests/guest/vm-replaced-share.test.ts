// A share that is removed while a program of the guest has something of it open.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "./support/eventually.ts";
import { machineTest } from "./support/vm-machine.ts";

const program = `
exec 5</live/file
cd /live
echo open
read -r go
cat new
cat <&5
echo written >file
exec sleep 1000
`;

machineTest(
  "who has a removed share open keeps it, and the next share at its place comes when that program has ended",
  async ({ scratch, shares, machine, sh }) => {
    scratch.file("first/file", "the first\n");
    scratch.file("next/file", "the next\n");
    const share = { source: `${scratch.path}/first`, target: "/live", mode: "rw" } as const;
    const first = await shares.add(share);
    await eventually(async () => assert.equal((await sh("cat /live/file")).stdout, "the first\n"));
    const holding = await machine.run(["sh", "-c", program]);
    const reader = holding.stdout.getReader();
    await reader.read();
    await first.remove();
    await eventually(async () => assert.equal((await sh("ls /run/guestshare")).stdout, ""));
    const next = await shares.add({ ...share, source: `${scratch.path}/next`, mode: "ro" });
    await assert.rejects(machine.refresh(), /\/live is in use, and stays until a later run/);
    scratch.file("first/new", "made later\n");
    await holding.stdin.getWriter().write(new TextEncoder().encode("go\n"));
    let said = "";
    while (!said.endsWith("the first\n")) said += new TextDecoder().decode((await reader.read()).value);
    assert.equal(said, "made later\nthe first\n");
    await eventually(async () =>
      assert.equal(readFileSync(`${scratch.path}/first/file`, "utf8"), "written\n"),
    );
    await holding.signal("SIGKILL");
    await eventually(async () => assert.equal((await sh("cat /live/file")).stdout, "the next\n"));
    await next.remove();
    await eventually(async () => assert.equal((await sh("grep -c live /proc/mounts")).stdout, "0\n"));
  },
);

machineTest(
  "a refresh has the share that came last at a place, however soon it came after another one",
  async ({ scratch, shares, machine, sh }) => {
    const sources = ["even", "odd"].map((name) => {
      scratch.file(`${name}/file`, `${name}\n`);
      return `${scratch.path}/${name}`;
    });
    const seen: string[] = [];
    for (let at = 0; at < 6; at++) {
      const share = await shares.add({ source: sources[at % 2] as string, target: "/live", mode: "ro" });
      // With a look of the guest between, and without; and with a refresh between, and without.
      if (at % 3 !== 1) await machine.refresh();
      seen.push((await sh("cat /live/file")).stdout);
      await share.remove();
      if (at % 3 === 2) await machine.refresh();
    }
    const last = await shares.add({ source: sources[0] as string, target: "/live", mode: "rw" });
    await machine.refresh();
    assert.equal(
      (await sh("cat /live/file && echo new >/live/made && cat /live/made")).stdout,
      "even\nnew\n",
    );
    await last.remove();
    assert.deepEqual([seen[0], seen[2], seen[3], seen[5]], ["even\n", "even\n", "odd\n", "odd\n"]);
  },
);
