import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Child } from "../support/child.ts";
import { binary } from "../support/cli/run-command.ts";
import { serviceCapabilities } from "../support/deploy/service.ts";
import { mountTest } from "../support/scratch.ts";

const asNobody = ["setpriv", "--reuid", "65534", "--clear-groups"] as const;

const [setpriv, ...asNobodyWords] = asNobody;
const skip = spawnSync(setpriv, [...asNobodyWords, "true"]).status !== 0 && "this user cannot become another";

mountTest(
  "a monitor with the service's capabilities sees what other users have open",
  async (scratch) => {
    await scratch.share({ id: "leaked" }).prepare();
    const other = new Child([...asNobody, "sh", "-c", "echo ready; read line"]);
    assert.equal(await other.line(), "ready");
    const bounding = ["-all", ...serviceCapabilities().map((name) => `+${name}`)].join();
    const monitor = new Child([
      ...([
        "setpriv",
        `--bounding-set=${bounding}`,
        "--inh-caps=-all",
        "--no-new-privs",
        "--",
        ...binary,
      ] as const),
      ...["monitor", "--host-dir", scratch.hostDir, "--socket", `${scratch.path}/monitor.sock`],
      ...["--living-command", "echo other", "--grace", "0"],
    ]);
    assert.match(await monitor.line(), /leaked: dead \(not-listed\)$/);
    await monitor.kill();
    await other.end();
  },
  { skip },
);
