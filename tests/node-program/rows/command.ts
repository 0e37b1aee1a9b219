import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { execPath, kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../../support/child.ts";
import { packageRoot } from "../../support/package-root.ts";
import type { NodeCheck } from "../check.ts";
import { rules } from "../monitored.ts";
import type { TestNode } from "../node.ts";
import { plantDrift, prepared } from "../planted.ts";
import { childrenOf } from "../supervised.ts";

const command = join(packageRoot, "dist/cli/bin.js");

/** What a path of the monitor's socket says. */
function asked(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, headers: { host: "localhost" } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    call.on("error", reject).end();
  });
}

/** Asks for the metrics until they have all of these lines. */
async function metricsWith(socket: string, lines: readonly RegExp[]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { text } = await asked(socket, "/metrics").catch(() => ({ text: "" }));
    const missing = lines.filter((line) => !line.test(text));
    if (missing.length === 0) return;
    assert.ok(tries < 600, `the metrics lack ${missing}:\n${text.replace(/^#.*\n/gm, "")}`);
    await sleep(100);
  }
}

/** Waits until a monitor is ready: until its first audit was whole, there is nothing leaked that it knew of. */
async function readyAt(socket: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { status, text } = await asked(socket, "/readyz");
    if (status === 200) return;
    assert.ok(tries < 600, `the monitor is not ready: ${text}`);
    await sleep(100);
  }
}

async function asAnOperator(node: TestNode): Promise<void> {
  const { cri, directory } = node;
  await cri.runPod("lives");
  prepared(node, cri.idOf("lives"));
  const at = { socket: join(directory, "monitor.sock"), rules: join(directory, "gate.json") };
  writeFileSync(at.rules, JSON.stringify(rules));
  const words = [
    "monitor",
    "--nri-socket",
    node.socket,
    "--socket",
    at.socket,
    "--every",
    "1s",
    "--grace",
    "0",
  ];
  const monitor = new Child(node.beside(execPath, command, ...words, "--gate", at.rules, "--gate-trial"));
  try {
    await metricsWith(at.socket, [/^guestshare_nri_connected 1$/m, /^guestshare_leaked_mounts 0$/m]);
    await readyAt(at.socket);
    prepared(node, "planted");
    plantDrift(node, cri.idOf("lives"));
    await cri.createContainer("lives", "bad", undefined, {
      mounts: [{ host_path: "/", container_path: "/host" }],
    });
    const isTold = [
      /^guestshare_gate_refused_total 1$/m,
      /^guestshare_gate_findings_total\{code="host-root"\} 1$/m,
    ];
    const isFound = [/^guestshare_leaked_mounts [1-9]/m, /^guestshare_sandboxes\{state="dead"\} 1$/m];
    await metricsWith(at.socket, [...isTold, ...isFound, /^guestshare_findings\{code="[\w-]+"\} 1$/m]);
    const listed = execFileSync(execPath, [command, "list", "--node", "--socket", at.socket], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    assert.match(listed, /^planted +guestshare +dead +not-listed /m);
    assert.match(listed, / living +listed .* default\/lives running/m);
  } finally {
    // nsenter waits for it, and would leave it behind.
    for (const pid of childrenOf(monitor.pid)) kill(pid, "SIGKILL");
    await monitor.ended;
  }
}

/** The command, as docs/node.md has an operator try it. */
export const commandChecks: readonly NodeCheck[] = [
  {
    what: "the command's metrics and list say of a planted leak, of a planted drift, and of what the gate would refuse",
    only: "0.12",
    holds: asAnOperator,
  },
];
