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
