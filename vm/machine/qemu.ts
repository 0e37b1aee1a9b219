import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { qemuArguments } from "../launch/qemu-arguments.ts";
import { type Accelerator, clockWords } from "./accelerator.ts";
import { ports, type Slots } from "./guest-files.ts";
import { openInitramfs } from "./initramfs-file.ts";
import type { Kernel, Transport } from "./kernel.ts";

/** What a QEMU is started with. */
export interface QemuStart {
  readonly qemu: string;
  readonly kernel: Kernel;
  readonly transport: Transport;
  readonly initramfs: Buffer;
  /** virtiofsd's socket, and the device's tag. */
  readonly share: { readonly socket: string; readonly tag: string };
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly slots: Slots;
}

// QEMU's descriptors: the guest's root, then the ports by their numbers, then the consoles.
const INITRAMFS_AT = 3;
const FIRST_PORT_AT = INITRAMFS_AT;

/** Starts QEMU, which the kernel kills when this process is gone. The console is its standard output. */
export function startQemu(start: QemuStart): ChildProcess {
  const file = openInitramfs(start.initramfs);
  try {
    const wires = ports.count(start.slots) + start.slots.terminals;
    const pipes = Array.from({ length: wires }, () => "pipe" as const);
    // A session of its own: a terminal's Ctrl-C is not for it.
    return spawn("setpriv", ["--pdeathsig", "KILL", "--", start.qemu, ...argumentsFor(start)], {
      ...{ stdio: ["ignore", "pipe", "pipe", file.fd, ...pipes], cwd: "/", detached: true },
    });
  } finally {
    file.close();
  }
}

function argumentsFor(start: QemuStart): string[] {
  const { kernel, transport, share, accelerator, memoryMiB, cpus } = start;
  const words = [
    ...["console=ttyS0", "quiet", "panic=-1", "reboot=t"],
    ...[transport === "mmio" ? "pci=off" : "edd=off", ...clockWords(accelerator)],
  ];
  return [
    ...qemuArguments({
      ...{ share, accelerator, memoryMiB, cpus, kernel: kernel.image, machine: machines[transport] },
      ...{ initramfs: `/dev/fd/${INITRAMFS_AT}`, commandLine: words },
    }),
    ...["-no-reboot", "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...portArguments(serials[transport], start.slots),
  ];
}

const machines = { mmio: "microvm", pci: "pc" } as const;
const serials = { mmio: "virtio-serial-device", pci: "virtio-serial-pci" } as const;

function portArguments(device: string, slots: Slots): string[] {
  const count = ports.count(slots);
  const numbers = Array.from({ length: count + slots.terminals }, (_, at) => at + 1);
  const wire = (number: number) => [
    ...["-chardev", `socket,id=port${number},fd=${FIRST_PORT_AT + number}`],
    ...[
      "-device",
      `${number <= count ? "virtserialport" : "virtconsole"},chardev=port${number},nr=${number}`,
    ],
  ];
  return ["-device", `${device},max_ports=31`, ...numbers.flatMap(wire)];
}

/** The sockets of a running QEMU's ports and consoles. */
export interface Wires {
  readonly port: (number: number) => Duplex;
  readonly console: (terminal: number) => Duplex;
  /** Closes all. */
  readonly close: () => void;
}

/** The wires of what startQemu started. */
export function wiresOf({ stdio }: ChildProcess, slots: Slots): Wires {
  const wire = (number: number) => {
    const duplex = (stdio as readonly unknown[])[FIRST_PORT_AT + number] as Duplex;
    return duplex.on("error", () => {}); // told by the machine's end
  };
  const all = Array.from({ length: ports.count(slots) + slots.terminals }, (_, at) => wire(at + 1));
  return {
    port: (number) => all[number - 1] as Duplex,
    console: (terminal) => all[ports.count(slots) + terminal] as Duplex,
    close: () => {
      for (const each of all) each.destroy();
    },
  };
}
