import { spawnSync } from "node:child_process";
import { fstatSync } from "node:fs";
import { isatty } from "node:tty";

/** Has a raw terminal end lines as they come: the runtime leaves it to end them once more, which the program's own one has done. */
export function endLinesOnce(): void {
  spawnSync("stty", ["-onlcr"], { stdio: ["inherit", "ignore", "ignore"] });
}

/** Whether a terminal of this process's standard streams is there no longer. */
export function isTerminalGone(): boolean {
  return [0, 1, 2].some((descriptor) => isTerminalDevice(descriptor) && !isatty(descriptor));
}

// By their majors: consoles and serial lines, and UNIX98 pseudoterminals (the kernel's devices.txt).
function isTerminalDevice(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    const major = (file.rdev >> 8) & 0xfff;
    return file.isCharacterDevice() && (major === 4 || (major >= 136 && major <= 143));
  } catch {
    return false; // it is closed
  }
}
