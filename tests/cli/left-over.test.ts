import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { sessionOf } from "../support/cli/session.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// What is left of a sandbox whose mount namespace has ended: its directories.

const place = "/run/kata-containers/shared/sandboxes";

mountTest(
  "in the directory of sandboxes that is the default, audit and list see it, and cleanup removes it",
  () => {
    const [applied, list = "", audit = "", , none = "", nothing] = sessionOf([
      `guestshare apply --id s1 --quiet; umount -R ${place}/s1`,
      "guestshare list -o target,role",
      "guestshare audit",
      "guestshare cleanup --id s1 --quiet",
      "guestshare list",
      "guestshare audit",
    ]);
    assert.equal(applied, "Prepared sandbox s1\n");
    assert.equal(
      list,
      [
        "TARGET                                    ROLE",
        `${place}/s1  sandbox`,
        `s1 is left over: nothing is mounted in it here; remove it by: guestshare cleanup --id s1 --host-dir ${place}`,
        "",
      ].join("\n"),
    );
    assert.match(audit, new RegExp(`^s1: empty-sandbox {2}${place}/s1\n`));
    assert.match(none, /^No sandboxes are here\./);
    assert.equal(nothing, "Nothing is wrong.\n");
  },
);

function leave(scratch: Scratch): string[] {
  for (const name of ["mounts", "shared"]) mkdirSync(`${scratch.hostDir}/s1/${name}`, { recursive: true });
  return ["--host-dir", scratch.hostDir];
}

mountTest("list --json has it as a sandbox without mounts, and --id finds it", async (scratch) => {
  const words = ["list", "--id", "s1", ...leave(scratch)];
  const { filesystems } = JSON.parse((await commandHere([...words, "--json"])).stdout);
  assert.deepEqual(
    filesystems.map(({ target, role, sandbox, layout, children }: Record<string, unknown>) => ({
      ...{ target, role, sandbox, layout, children },
    })),
    [{ target: scratch.inSandbox(), role: "sandbox", sandbox: "s1", layout: null, children: undefined }],
  );
  assert.match((await commandHere(words)).stderr, /^s1 is left over: /);
  assert.equal((await commandHere([...words, "--quiet"])).stderr, "");
});
