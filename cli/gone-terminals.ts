import { closeSync, fstatSync } from "node:fs";
import { isatty } from "node:tty";

/** The standard streams of this process whose terminal is there no longer, by their descriptors. */
export function goneTerminals(): number[] {
  return [0, 1, 2].filter((descriptor) => isTerminalDevice(descriptor) && !isatty(descriptor));
}

/** Closes them: where Node ends it resets terminals, and aborts if one is gone. Closed descriptors it leaves alone. */
export function closeGoneTerminals(): void {
  for (const descriptor of goneTerminals()) closeSync(descriptor);
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
