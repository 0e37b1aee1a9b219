import type { Finding } from "../../table/mod.ts";
import type { LiveAuditOptions } from "./audit-inputs.ts";
import type { OtherProcessOptions } from "./enter-mounts.ts";
import type { FollowOptions, MountChange } from "./follow.ts";
import type { ListedSandbox, ListOptions } from "./list-sandboxes.ts";
import type { Survey, SurveyOptions } from "./survey.ts";

// What is live of the mount table, as the host's door gives it. The rest is loaded when it is first called: few programs do.

/**
 * The sandboxes in this process's mount namespace, with their shares and who uses them: those of this library, and those that
 * Kata's runtimes made. Any user sees those of his namespace. With `everywhere` those of other namespaces are found, too, each once,
 * with a process that is in it.
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
export async function listSandboxes(options: ListOptions = {}): Promise<ListedSandbox[]> {
  return (await import("./list-sandboxes.ts")).listSandboxes(options);
}

/**
 * What is wrong with the sandboxes in this process's mount namespace: each finding has a code, the place, why it matters and what
 * mends it. Nothing is changed, and no server of a source is asked but with `probeTimeoutMs`: then a child process asks, which is killed.
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
  return (await import("./audit-inputs.ts")).audit(options);
}

/**
 * What changes among the mounts in a directory of sandboxes, by whichever process: first all that is there, then each mount that comes
 * or goes, in order. Linux 6.15 reports them; before, the whole table is compared. Where the kernel lost some, all that is there
 * is reported again. A mount that came and was gone before anybody looked has only its id. Changes of attributes are not reported.
 *
 * @example
 * ```ts
 * import { FilesystemShare, followSandboxes } from "guestshare/host";
 *
 * const hostDir = "/run/kata-containers/shared/sandboxes";
 * const share = new FilesystemShare({ id: "s1" });
 * for await (const change of followSandboxes({ hostDir })) {
 *   if (change.kind === "looked") await share.prepare();
 *   else if (change.mount?.target.endsWith("/shared")) break;
 * }
 * await share.cleanup();
 * ```
 */
export async function* followSandboxes(options: FollowOptions): AsyncGenerator<MountChange, void, void> {
  yield* (await import("./follow.ts")).follow(options);
}

/**
 * The sandboxes of a directory in this process's mount namespace, with how many mounts each has, and what is wrong with them, by one look
 * at the table: for whoever looks again and again.
 *
 * @example
 * ```ts
 * import { FilesystemShare, survey } from "guestshare/host";
 *
 * const hostDir = "/run/kata-containers/shared/sandboxes";
 * const share = new FilesystemShare({ id: "s1", hostDir });
 * await share.prepare();
 * const { sandboxes, findings } = await survey({ hostDir });
 * console.log(sandboxes[0]?.id, sandboxes[0]?.mounts, findings.length); // s1 3 0
 * await share.cleanup();
 * ```
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  return (await import("./survey.ts")).survey(options);
}

/**
 * Takes this process into the mount namespace of another one: all calls of this library are about its mounts from then on. Only the first
 * thread of a process can, and its other threads stay where they are: whatever the program still loads, or reads asynchronously, is of
 * the old namespace. So this is for a process that has loaded all it needs. Gives false where it is there already. Takes
 * CAP_SYS_ADMIN, CAP_SYS_CHROOT and CAP_SYS_PTRACE.
 *
 * @throws {SyscallError} where there is no such process, or it may not be entered.
 *
 * @example
 * ```ts
 * import { pid } from "node:process";
 * import { enterMounts } from "guestshare/host";
 *
 * console.log(await enterMounts(pid)); // false
 * ```
 */
export async function enterMounts(process: number, options: OtherProcessOptions = {}): Promise<boolean> {
  return (await import("./enter-mounts.ts")).enterMounts(process, options);
}

/**
 * The process that listens on a unix socket, as the kernel says: undefined where it has no number in this process's namespace of
 * processes. It sees a connection that is closed at once.
 *
 * @throws {SyscallError} where nobody listens.
 *
 * @example
 * ```ts
 * import { listenerOf } from "guestshare/host";
 *
 * console.log(await listenerOf("/run/none.sock").catch(({ code }) => code)); // ENOENT
 * ```
 */
export async function listenerOf(
  socket: string,
  options: OtherProcessOptions = {},
): Promise<number | undefined> {
  return (await import("./enter-mounts.ts")).listenerOf(socket, options);
}
