import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpioOf, type Entry } from "./cpio.ts";
import { MACHINE_DIRECTORY, type Slots } from "./guest-files.ts";
import { initScript } from "./init-script.ts";
import type { Kernel, Transport } from "./kernel.ts";
import { modulesOf } from "./modules.ts";
import { LIBRARY_PATH, processLibrary } from "./process-library.ts";

/** What a guest's own root is made of. */
export interface InitramfsOptions {
  readonly kernel: Kernel;
  readonly transport: Transport;
  /** The path of a busybox that needs no libraries. */
  readonly busybox: string;
  /** More modules than those that each machine takes. */
  readonly modules?: readonly string[];
  readonly slots: Slots;
}

/** The guest's own files: busybox under all of its names, our scripts, and modules of the kernel with what they need. */
export function initramfsOf({ kernel, transport, busybox, modules = [], slots }: InitramfsOptions): Buffer {
  const wanted = [`virtio_${transport}`, "virtio_console", "virtiofs", "overlay", ...modules];
  const loaded = kernel.modules === undefined ? [] : modulesOf(kernel.modules, wanted);
  const paths = loaded.map(({ name }) => `${MACHINE_DIRECTORY}/${name}.ko`);
  return cpioOf([
    ...["bin", "dev", "proc", "sys", "run", "tmp", "root", "etc", MACHINE_DIRECTORY.slice(1)].map(directory),
    file("init", initScript(slots), 0o755),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/group", "root:x:0:\n"),
    { path: "bin/busybox", mode: 0o755, bytes: readFileSync(busybox) },
    ...namesOf(busybox).map((name) => ({ path: `bin/${name}`, mode: 0o777, link: "busybox" })),
    file(LIBRARY_PATH.slice(1), processLibrary),
    file(`${MACHINE_DIRECTORY.slice(1)}/modules`, paths.map((path) => `${path}\n`).join("")),
    ...loaded.map(({ bytes }, index) => ({ path: (paths[index] as string).slice(1), mode: 0o644, bytes })),
  ]);
}

function directory(path: string): Entry {
  return { path, mode: 0o755 };
}

function file(path: string, text: string, mode = 0o644): Entry {
  return { path, mode, bytes: Buffer.from(text) };
}

function namesOf(busybox: string): string[] {
  const list = execFileSync(busybox, ["--list"], { encoding: "utf8" });
  return list.split("\n").filter((name) => /^[\w[.-]+$/.test(name) && name !== "busybox");
}
