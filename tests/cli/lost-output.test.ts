import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { named } from "../support/cli/in-sandbox.ts";
import { binary, runProgram } from "../support/cli/run-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// What a command does while nobody reads what it writes.

mountTest(
  "whoever reads no words any more stops nothing, and data without a reader changes no exit code",
  (scratch) => {
    const words = [...binary, "apply", "--log-level", "debug", ...named(scratch), "-v", scratch.file("a")];
    const closed = (redirection: string, more: readonly string[]) =>
      runProgram(["bash", "-c", `"$@" ${redirection}; echo \${PIPESTATUS[0]}`, "bash", ...words, ...more]);
    assert.equal(closed("2>&1 >/dev/null | head -n 2 >/dev/null", []).stdout, "0\n");
    assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 2);
    assert.equal(closed("2>/dev/null | true", ["--json", "-v", `${scratch.path}/missing:/b`]).stdout, "1\n");
    assert.match(closed(">/dev/full", []).stderr, /^guestshare: .*(?:ENOSPC|No space left).*\n {2}why: /m);
    assert.ok(existsSync(scratch.inSandbox()));
  },
);
