import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { Child } from "../support/child.ts";
import { isMachineRoot } from "../support/namespace.ts";
import type { Outcome } from "../support/programs/obey.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { containerWith } from "../support/together.ts";
import { configMap } from "../support/whole-container.ts";

// An ordinary user, as root of a user namespace and a mount namespace of their own.
const ordinary = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "-rm"] as const;

function whyNot(): string | false {
  if (!isMachineRoot)
    return "only root of the machine can become another user; what that one may not read would be told";
  const [program, ...args] = commandOf("obey");
  const script = 'test -x "$0" && test -r "$1"';
  const { status } = spawnSync(ordinary[0], [
    ...ordinary.slice(1),
    "sh",
    "-c",
    script,
    program,
    args.at(-1) as string,
  ]);
  return status === 0
    ? false
    : "an ordinary user cannot start a program here; what that one may not read would be told";
}

mountTest(
  "a container with a source that its user may not reach is refused whole, and so is a volume nobody can count",
  async (scratch) => {
    for (const path of [scratch.path, scratch.hostDir]) chownSync(path, 65534, 65534);
    const hidden = scratch.file("hidden/f");
    chmodSync(`${scratch.path}/hidden`, 0o700);
    const volume = configMap(scratch, "small", 1);
    chmodSync(volume, 0o711);
    const child = new Child([...ordinary, ...commandOf("obey")]);
    await child.line();
    const good = { source: scratch.file("good"), destination: "/good" };
    const calls = [hidden, volume, good.source].map((source, i) => [
      "shareContainer",
      containerWith(scratch, `c${i}`, [good, { source, destination: "/x" }]),
    ]);
    for (let i = 0; i < 3; i++) execFileSync("chown", ["-R", "65534", `${scratch.path}/images/c${i}`]);
    child.send(JSON.stringify({ sandbox: scratch.sandbox(), calls: [["prepare"], ...calls, ["cleanup"]] }));
    const outcomes = JSON.parse(await child.line()) as Outcome[];
    await child.end();
    const told = outcomes.map(({ end, code }) => (end === "ok" ? end : `${end} ${code}`));
    // A directory that cannot be listed can be shared: the guest may not list it either.
    assert.deepEqual(told, ["ok", "StepError EACCES", "ok", "ok", "ok"], JSON.stringify(outcomes));
  },
  { skip: whyNot() },
);
