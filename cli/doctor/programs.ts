import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { escaped } from "../print/escaped.ts";
import { type Check, note, ok } from "./check.ts";

// Where distributions have virtiofsd, which is no program for the command line.
const virtiofsdPlaces = ["/usr/libexec", "/usr/lib/qemu", "/usr/lib", "/opt/kata/libexec"];
const WAIT_MS = 5000;

/** Which virtiofsd and which QEMU there are, and whether a guest can have the processor's help. */
export async function checkPrograms(path: string): Promise<Check[]> {
  const directories = path.split(":").filter((one) => one.startsWith("/"));
  const qemu = `qemu-system-${arch() === "arm64" ? "aarch64" : "x86_64"}`;
  return [
    await checkProgram("virtiofsd", "virtiofsd", [...directories, ...virtiofsdPlaces]),
    await checkProgram("QEMU", qemu, directories),
    await checkKvm(),
  ];
}

async function checkProgram(name: string, program: string, directories: readonly string[]): Promise<Check> {
  const path = directories.map((one) => join(one, program)).find(isExecutable);
  if (path === undefined)
    return note(name, `there is no ${program}`, `install it, if this machine is to run guests by it`);
  const version = await versionOf(path);
  return ok(name, version === undefined ? path : `${path}, ${escaped(version)}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The first line with a version in it; undefined where the program says none.
function versionOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: WAIT_MS }, (_error, stdout, stderr) => {
      const [version] = /\d+\.\d+(?:\.\d+)*/.exec(`${stdout}\n${stderr}`) ?? [];
      resolve(version);
    });
  });
}

// As `guestshare run` decides it.
async function checkKvm(): Promise<Check> {
  const { findAccelerator } = await import("../../vm/mod.ts");
  const { why } = findAccelerator();
  if (why === undefined) return ok("KVM", "/dev/kvm");
  return note("KVM", why, "guests are emulated, slowly");
}
