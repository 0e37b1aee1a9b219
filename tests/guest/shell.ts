/** A shell in a guest that has the example pod: `npm run guest`, as root. All of it is gone when the shell ends. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inOwnNamespace, Virtiofsd } from "guestshare/vm";
import { makePod } from "../../examples/pod.ts";
import { type AgentStorage, type Container, FilesystemShare } from "../../ffi/mod.ts";
import { Agent } from "./support/agent.ts";
import { enter } from "./support/enter.ts";
import { Guest } from "./support/guest.ts";
import { typeFrom } from "./support/keyboard.ts";
import { missing } from "./support/needs.ts";
import { stopSignal } from "./support/stop.ts";

async function lookAround(scratch: string): Promise<void> {
  const stop = stopSignal();
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0755", "run", "/run"]); // virtiofsd keeps notes there
  const pod = makePod(scratch);
  const hostDir = join(scratch, "sandboxes");
  mkdirSync(hostDir);
  const share = new FilesystemShare({ ...pod.sandbox, hostDir });
  const storages = await share.prepare();
  const sharedBy = join(scratch, "virtiofsd.sock");
  const view = join(hostDir, pod.sandbox.id, "shared");
  const daemon = await Virtiofsd.start({ directory: view }, { socket: sharedBy });
  try {
    const machine = join(scratch, "machine");
    mkdirSync(machine);
    const hardware = { sharedBy, disks: [], machine: "pc" } as const;
    const guest = await Guest.boot(machine, hardware, { screen: "inherit", stop });
    await giveShell(guest, share, storages, [pod.web, pod.sidecar]).finally(() => guest.kill());
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    await daemon.end();
    await share.cleanup();
  }
}

async function giveShell(
  guest: Guest,
  share: FilesystemShare,
  storages: readonly AgentStorage[],
  containers: readonly Container[],
): Promise<void> {
  const agent = new Agent(guest);
  await agent.add(storages);
  await guest.run("busybox", "--install", "-s", "/bin");
  for (const container of containers) await start(share, guest, agent, container);
  console.log("In /run/kata-containers is what the guest has of the pod. `exit` ends it.");
  await guest.call("shell");
  await typeFrom(process.stdin, guest);
}

/** Shares a container, mounts it in the guest, and puts a shell of the guest's in it. */
async function start(
  share: FilesystemShare,
  guest: Guest,
  agent: Agent,
  container: Container,
): Promise<void> {
  const plan = await share.shareContainer(container);
  await agent.add(plan.storages);
  const root = await enter(guest, container.id, plan);
  await guest.run("cp", "/bin/busybox", `${root}/bin/busybox`);
  await guest.run("chroot", root, "/bin/busybox", "--install", "-s", "/bin");
  console.log(`The container ${container.id}: chroot ${root}`);
}

const what = missing();
if (what === "") await inOwnNamespace(lookAround);
else {
  console.error(`Cannot boot a guest: ${what}`);
  process.exitCode = 1;
}
