import assert from "node:assert/strict";
import { inSandbox, inTerminal, largeBundle } from "../support/cli/in-sandbox.ts";
import { mountTest } from "../support/scratch.ts";

// What `guestshare apply` says while it works.

mountTest(
  "on a terminal a line shows how far it is, and is gone at the end; elsewhere and with --quiet none does",
  (scratch) => {
    const apply = ["apply", "--yes", largeBundle(scratch)];
    const { exitCode, stdout } = inTerminal(scratch, apply);
    assert.equal(exitCode, 0);
    const line = /\r\d+ of 6\d{3} steps, \d+ a second, \d+ s left(.)\[K/;
    assert.equal(line.exec(stdout)?.[1], "\u001b", "the rest of the line is cleared");
    assert.ok(stdout.includes("\r\u001b[KPrepared sandbox s1\n"));
    for (const run of [() => inTerminal(scratch, [...apply, "--quiet"]), () => inSandbox(scratch, apply)]) {
      assert.equal(inSandbox(scratch, ["cleanup"]).exitCode, 0);
      const { exitCode: again, stdout: data, stderr } = run();
      assert.equal(again, 0);
      assert.doesNotMatch(data + stderr, /steps/);
    }
  },
);
