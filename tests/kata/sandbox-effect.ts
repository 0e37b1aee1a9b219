import type { Core, Sandbox } from "../../mod.ts";
import type { Answer } from "./question.ts";

// What a sandbox has where nothing is said of it, as its type documents it.
const usual = {
  hypervisor: "qemu",
  blockDeviceDriver: "virtio-scsi",
  forceGuestPull: false,
  kubeletRootDir: "/var/lib/kubelet",
  emptydirMode: "shared-fs",
  disableGuestEmptyDir: true,
} as const satisfies Partial<Sandbox>;

/** What a sandbox comes to: what the guest mounts for it, and the fields that decide about its containers. */
export function effectOf(core: Core, sandbox: Sandbox): Answer {
  try {
    const { storages } = core.plan({ op: "prepare", sandbox });
    return { storages, sandbox: { ...usual, ...deciding(sandbox) } };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** What a sandbox comes to that Kata read from a configuration: there an empty text is as good as nothing. */
export function effectOfKata(core: Core, sandbox: Partial<Sandbox>): Answer {
  const fields = Object.entries(sandbox).filter(([, value]) => isFilled(value) && value !== "dummy");
  return effectOf(core, { id: "s1", ...Object.fromEntries(fields) });
}

function deciding(sandbox: Sandbox): Partial<Sandbox> {
  const names = [...Object.keys(usual), "sandboxBindMounts"];
  return Object.fromEntries(
    Object.entries(sandbox).filter(([name, value]) => names.includes(name) && isFilled(value)),
  );
}

function isFilled(value: unknown): boolean {
  return value !== "" && value !== null && !(Array.isArray(value) && value.length === 0);
}
