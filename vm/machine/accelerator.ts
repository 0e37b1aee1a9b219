import { accessSync, constants, readFileSync } from "node:fs";

/** How QEMU runs a guest's instructions: by the processor itself, or translated one by one. */
export type Accelerator = "kvm" | "tcg";

/**
 * The faster one that works here, and why it is not KVM. A /dev/kvm that may be opened is not enough: where an x86 processor says
 * nothing of VMX or SVM, as in a machine that may have no machines of its own, a guest never comes up.
 *
 * @example
 * ```ts
 * import { findAccelerator } from "guestshare/vm";
 *
 * const { accelerator, why } = findAccelerator();
 * console.log((accelerator === "kvm") === (why === undefined)); // true
 * ```
 */
export function findAccelerator(): { readonly accelerator: Accelerator; readonly why?: string } {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const next =
      code === "EACCES" ? "its group is kvm: usermod -aG kvm USER" : "modprobe kvm_intel or kvm_amd";
    return { accelerator: "tcg", why: `/dev/kvm: ${code} (${next})` };
  }
  const flags = /^flags\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0];
  if (flags === undefined || / (?:vmx|svm)\b/.test(flags)) return { accelerator: "kvm" };
  return { accelerator: "tcg", why: "the processor has neither VMX nor SVM for this system" };
}

/**
 * The guest kernel's words about its clock. On a busy host an emulated kernel measures its clock in vain, and then waits for ever;
 * and it takes a timer that is late for one that is not there, and panics.
 */
export function clockWords(accelerator: Accelerator): string[] {
  if (accelerator === "kvm") return [];
  const mhz = /^cpu MHz\s*: ([\d.]+)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  return [
    ...(mhz === undefined ? [] : [`tsc_early_khz=${Math.round(Number(mhz) * 1000)}`]),
    "no_timer_check",
  ];
}
