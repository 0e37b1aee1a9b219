import type { Finding, FoundSandbox } from "../../table/mod.ts";
import type { LiveAuditOptions } from "./audit.ts";
import type { ListOptions } from "./list-sandboxes.ts";

// What is live of the mount table, as the host's door gives it. The rest is loaded when it is first called: few programs do.

/**
 * The sandboxes in this process's mount namespace, with their shares and who uses them: those of this library, and those that
 * Kata's runtimes made. Any user sees those of his namespace.
 *
 * @example
 * ```ts
 * import { FilesystemShare, listSandboxes } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * await share.shareFile({ id: "c1" }, { source: "/etc/hostname", destination: "/etc/hostname" });
 * for (const { id, shares } of await listSandboxes()) console.log(id, shares[0]?.source.hostPath); // s1 /etc/hostname
 * await share.cleanup();
 * ```
 */
export async function listSandboxes(options: ListOptions = {}): Promise<FoundSandbox[]> {
  return (await import("./list-sandboxes.ts")).listSandboxes(options);
}

/**
 * What is wrong with the sandboxes in this process's mount namespace: each finding has a code, the place, why it matters and what
 * mends it. Nothing is changed, and no server of a source is asked.
 *
 * @example
 * ```ts
 * import { audit } from "guestshare/host";
 *
 * for (const { code, target, why } of await audit({ hostDir: "/run/kata-containers/shared/sandboxes" }))
 *   console.log(code, target, why);
 * ```
 */
export async function audit(options: LiveAuditOptions = {}): Promise<Finding[]> {
  return (await import("./audit.ts")).audit(options);
}
