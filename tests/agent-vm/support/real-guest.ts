import { basename } from "node:path";
import { env } from "node:process";
import { Guest } from "../../guest/support/guest.ts";
import type { AgentBoot } from "../../guest/support/rows/run-row.ts";
import { VsockDaemon } from "../../guest/support/vsock-daemon.ts";

const { GUESTSHARE_KATA_AGENT: program = "", GUESTSHARE_VHOST_DEVICE_VSOCK: daemon = "" } = env;
const PORT = 1024;
const LOG = "/tmp/agent.log";
const SHOWN = 6000;

// What a guest's init does for an agent that is a service, and the agent itself.
const start = `mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup2 /sys/fs/cgroup
/usr/bin/${basename(program)} >${LOG} 2>&1 &`;

// The agent waits for the uevents of disks, and those that were there at boot came before it listened.
const tellDisks = `for file in /sys/class/block/*/uevent; do test ! -e $file || echo add >$file; done`;

/** A guest in which a real agent of Kata's runs beside our own program. */
export const realGuest: AgentBoot = async (scratch, hardware) => {
  const vsock = await VsockDaemon.start(daemon, scratch.path);
  try {
    const guest = await Guest.boot(
      scratch.directory("machine"),
      { memoryMiB: 512, ...hardware, vsock: vsock.socket },
      { programs: [program] },
    );
    await guest.run("busybox", "--install", "-s", "/bin");
    await guest.run("sh", "-c", start);
    const ready = async () => void (await guest.run("sh", "-c", tellDisks));
    const told = async () => (await guest.run("tail", "-c", String(SHOWN), LOG)).replace(/^/gm, "agent: ");
    const end = async () => {
      await guest.end();
      await vsock.end();
    };
    return { guest, address: `hvsock://${vsock.ports}:${PORT}`, ready, told, end };
  } catch (error) {
    await vsock.end();
    throw error;
  }
};
