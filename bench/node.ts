/**
 * A node of 400 sandboxes of 25 mounts, beside the pods of a runtime that is played: what a monitor's audit takes and how much memory it
 * has. Then 40 owners are killed at random, who leave 4,000 mounts: these are found, and removed in one pass.
 *
 *     node.js <libc> <directory> <reference in C> <rounds> <warm-up rounds>    prints the figures as JSON
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { FilesystemShare, type LibcName, openLibc } from "../ffi/mod.ts";
import { SynchronizeRequestSchema } from "../ffi/nri/generated/nri_pb.ts";
import { bytesOf, containerOf, eventOf, podOf } from "../tests/support/nri/messages.ts";
import { PlayedRuntime } from "../tests/support/nri/played-runtime.ts";
import { median } from "./median.ts";
import type { Audited } from "./node-monitor.ts";

const SANDBOXES = 400;
const SHARES = 11;
const KILLED = 40;
// 20 sandboxes of 99 mounts, and 20 of 101.
const LEAKING_SHARES = [48, 49] as const;
const LEAKED = 4000;

const [libcName, directory = "", reference = "", rounds = "", warmUps = ""] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const hostDir = `${directory}/node`;
const ids = Array.from({ length: SANDBOXES }, (_, at) => `s${at}`);
const shareOf = (id: string) => new FilesystemShare({ id, hostDir }, { libc });

async function share(id: string, from: number, to: number): Promise<void> {
  const one = shareOf(id);
  await one.prepare();
  const files = Array.from({ length: to - from }, (_, at) => ({
    ...{ source: `${directory}/sources/f${from + at}`, destination: `/etc/f${from + at}`, readOnly: true },
  }));
  await Promise.all(files.map((file) => one.shareFile({ id: "c1" }, file)));
}

/** Who has a sandbox's view open, as its virtiofsd would. */
async function ownerOf(id: string): Promise<ChildProcess> {
  const owner = spawn("sleep", ["100000"], { cwd: `${hostDir}/${id}/shared`, stdio: "ignore" });
  await once(owner, "spawn");
  return owner;
}

/** A monitor in a process of its own. */
class MonitorProcess {
  readonly #child: ReturnType<typeof spawn>;
  readonly #lines: AsyncIterator<string>;

  constructor(socket: string, ...words: string[]) {
    const program = fileURLToPath(new URL("./node-monitor.js", import.meta.url));
    this.#child = spawn(process.execPath, [program, socket, hostDir, ...words], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("Cannot measure: the monitor has ended");
    return value;
  }

  async audit(): Promise<Audited> {
    this.#child.stdin?.write("\n");
    return JSON.parse(await this.line());
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await once(this.#child, "close");
  }
}

const mustBe = (what: string, is: unknown, should: unknown) => {
  if (is !== should) throw new Error(`Cannot measure: ${what} is ${is}, and not ${should}`);
};
const linesOfOthers = (leaking: readonly string[]) =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => !leaking.some((id) => line.includes(`/node/${id}/`) || line.includes(`/node/${id} `)))
    .join("\n");

for (const id of ids) await share(id, 0, SHARES);
const owners = new Map<string, ChildProcess>();
for (const id of ids) owners.set(id, await ownerOf(id));
const endOwners = () => {
  for (const owner of owners.values()) owner.kill("SIGKILL");
};
process.on("exit", endOwners); // they would outlive a measurement that fails
const podNamed = (id: string) => podOf(id, { pid: owners.get(id)?.pid ?? 0 });
await using runtime = await PlayedRuntime.start(`${directory}/nri.sock`);
const containers = ids.map((id) => containerOf(`c-${id}`, id));
await runtime.setState(bytesOf(SynchronizeRequestSchema, { pods: ids.map(podNamed), containers }));

const watching = new MonitorProcess(runtime.socket);
await watching.line();
const audits: Audited[] = [];
for (let at = 0; at < Number(rounds) + Number(warmUps); at += 1) audits.push(await watching.audit());
const cMs = Number(
  execFileSync(reference, [String(SANDBOXES * (3 + 2 * SHARES)), "7", "3"], { encoding: "utf8" }),
);
const counted = audits.slice(Number(warmUps));
const last = audits.at(-1) as Audited;
mustBe("the number of mounts", last.counts.mounts, SANDBOXES * (3 + 2 * SHARES));
mustBe("the number of living sandboxes", last.counts.sandboxes.living, SANDBOXES);
mustBe("the number of findings", Object.keys(last.counts.findings).length, 0);

const killed = ids
  .map((id) => [Math.random(), id] as const)
  .sort(([one], [other]) => one - other)
  .map(([, id]) => id)
  .slice(0, KILLED);
for (const [at, id] of killed.entries()) await share(id, SHARES, LEAKING_SHARES[at % 2] as number);
for (const id of killed) {
  const owner = owners.get(id) as ChildProcess;
  owner.kill("SIGKILL");
  await once(owner, "exit");
}
// Of a process that is killed no runtime tells.
const unseen = await watching.audit();
mustBe("the number of pods without a process", unseen.pods["process-gone"], KILLED);
mustBe("the number of dead sandboxes before the runtime knows", unseen.counts.sandboxes.dead, 0);
for (const id of killed) {
  const event = eventOf("removePodSandbox", podOf(id, { pid: 0 }));
  const { error } = await runtime.event("removePodSandbox", event);
  mustBe("the error of an event", error, undefined);
}
const found = await watching.audit();
mustBe("the number of dead sandboxes", found.counts.sandboxes.dead, KILLED);
mustBe("the number of leaked mounts", found.counts.leakedMounts, LEAKED);
await watching.end();

const others = linesOfOthers(killed);
const state = { pods: ids.filter((id) => !killed.includes(id)).map(podNamed) };
await runtime.setState(bytesOf(SynchronizeRequestSchema, state));
const start = performance.now();
const removing = new MonitorProcess(runtime.socket, "remove");
await removing.line();
const collectSeconds = (performance.now() - start) / 1000;
const after = await removing.audit();
await removing.end();
mustBe("the number of mounts that were removed", after.removed.mounts, LEAKED);
mustBe("the number of mounts that are left", after.counts.mounts, (SANDBOXES - KILLED) * 25);
mustBe("whether others are untouched", linesOfOthers(killed) === others, true);

endOwners();
for (const id of ids) if (!killed.includes(id)) await shareOf(id).cleanup();
console.log(
  JSON.stringify({
    auditMs: median(counted.map(({ ms }) => ms)),
    cMs,
    monitorMib: last.bytes[0] / 2 ** 20,
    childMib: last.bytes[1] / 2 ** 20,
    foundMs: found.ms,
    collectSeconds,
  }),
);
