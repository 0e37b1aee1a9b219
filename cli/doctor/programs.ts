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
    checkKvm(),
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
  return isAllowed(path, constants.X_OK);
}

function isAllowed(path: string, how: number): boolean {
  try {
    accessSync(path, how);
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

function checkKvm(): Check {
  if (isAllowed("/dev/kvm", constants.R_OK | constants.W_OK)) return ok("KVM", "/dev/kvm");
  return note(
    "KVM",
    "/dev/kvm cannot be opened",
    "load kvm_intel or kvm_amd, or join the group kvm; or run guests slowly",
  );
}
