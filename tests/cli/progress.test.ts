import assert from "node:assert/strict";
import { bundleOfFiles, inSandbox, inTerminal } from "../support/cli/in-sandbox.ts";
import { mountTest } from "../support/scratch.ts";

// What `guestshare apply` says while it works.

mountTest(
  "on a terminal a line shows how far it is, and is gone at the end; elsewhere and with --quiet none does",
  async (scratch) => {
    const apply = ["apply", "--yes", bundleOfFiles(scratch, 1500)];
    const { exitCode, stdout } = await inTerminal(scratch, apply);
    assert.equal(exitCode, 0);
    const line = /\r\d+ of 3\d{3} steps, \d+ a second, \d+ s left(.)\[K/;
    assert.equal(line.exec(stdout)?.[1], "\u001b", "the rest of the line is cleared");
    assert.ok(stdout.includes("\r\u001b[KPrepared sandbox s1\n"));
    for (const run of [() => inTerminal(scratch, [...apply, "--quiet"]), () => inSandbox(scratch, apply)]) {
      assert.equal((await inSandbox(scratch, ["cleanup"])).exitCode, 0);
      const { exitCode: again, stdout: data, stderr } = await run();
      assert.equal(again, 0);
      assert.doesNotMatch(data + stderr, /steps/);
    }
  },
);
