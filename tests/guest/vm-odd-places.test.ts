// `guestshare run` where each name is an odd one: of the directory, of what is shared, of the directory for temporary files.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { Child } from "../support/child.ts";
import { packageRoot } from "../support/package-root.ts";
import { denoPath } from "../support/runner/tools.ts";
import { mountTest } from "../support/scratch.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { leftOf } from "./support/run-command.ts";

const runtimes: Readonly<Record<string, readonly string[]>> = {
  node: [execPath, join(packageRoot, "dist/doors/guestshare.js")],
  deno: [denoPath() ?? "", "run", "-A", "--no-check", join(packageRoot, "cli/bin.ts")],
};

for (const [name, command] of Object.entries(runtimes))
  mountTest(
    `run has odd names in their places, on ${name}`,
    async (scratch) => {
      const odd = `o'd "d"\n$(x) \\ ü,=`;
      const work = scratch.directory(odd);
      const hostDir = scratch.directory("host dir's");
      const temporary = scratch.directory(`${odd}-tmp`);
      const file = scratch.file(`${odd}-file`, "as it was");
      const words = [
        "--host-dir",
        hostDir,
        "--mount",
        `type=bind,source=${scratch.directory("plain")},target=/plain`,
      ];
      const line = 'cat "$0"; echo made >"$1"; exit 3';
      const child = new Child([
        ...["env", `TMPDIR=${temporary}`, ...command, "run", "--quiet", ...words],
        ...["-e", `A=${odd}`, work, "--", "sh", "-c", `printf %s "$A"; ${line}`, odd, `${odd}2`],
      ] as [string, ...string[]]);
      scratch.file(`${odd}/${odd}`, readFileSync(file, "utf8"));
      const { code, stdout, stderr } = await child.end();
      assert.deepEqual([code, stdout], [3, `${odd}as it was`], stderr);
      assert.equal(readFileSync(`${work}/${odd}2`, "utf8"), "made\n");
      assert.deepEqual([readdirSync(temporary), readdirSync(hostDir), leftOf(scratch)], [[], [], []]);
      assert.deepEqual(machinesLeft(), []);
      assert.ok(existsSync(file));
    },
    { skip: name === "deno" && !denoPath() && "deno is not installed" },
  );
