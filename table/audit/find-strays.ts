import type { MountEntry, MountTable } from "../mount-entry.ts";
import { isWithin } from "../path.ts";
import { layoutPlaces } from "../recognise/layouts.ts";
import type { AuditedSandbox, Findings } from "./audited-sandbox.ts";

/** Finds mounts in a sandbox's directory that are none of its own. */
export function auditStrays({ sandbox, tree }: AuditedSandbox, findings: Findings): void {
  const { directory, layout, others, guard, hub, view } = sandbox;
  if (others.length === 0) return;
  const visible = `${directory}/${layoutPlaces[layout].view}`;
  const frame = new Set([guard, hub, view]);
  const strays = new Set(others);
  for (const mount of others) {
    const parent = tree.parentOf(mount);
    // What covers guard, hub or view is found there, and what hangs below a stray goes with it.
    const isCover = frame.has(parent) && parent?.target === mount.target;
    if (isCover || (parent && strays.has(parent))) continue;
    findings.addMount(isWithin(mount.target, visible) ? "stranger" : "stray-mount", mount);
  }
}

/** The groups that a sandbox's shares are in, each with the sandbox's directory. */
export class ShareGroups {
  readonly #directories = new Map<number, string>();

  add({ sandbox: { directory, hub, shares, layout } }: AuditedSandbox): void {
    if (layout !== "guestshare") return;
    if (hub) this.#add(hub, directory);
    for (const { mount } of shares) this.#add(mount, directory);
  }

  #add({ peerGroup }: MountEntry, directory: string): void {
    if (peerGroup !== 0) this.#directories.set(peerGroup, directory);
  }

  // Most mounts are in one group alone.
  #directoryOf(group: number): string | undefined {
    return group === 0 ? undefined : this.#directories.get(group);
  }

  /** The mounts outside of a sandbox's directory that get what it shares, by that directory. */
  copiesIn(table: MountTable): Map<string, MountEntry[]> {
    const copies = new Map<string, MountEntry[]>();
    for (const mount of table) {
      const directory = this.#directoryOf(mount.peerGroup) ?? this.#directoryOf(mount.master);
      if (directory === undefined || isWithin(mount.target, directory)) continue;
      const others = copies.get(directory);
      if (others) others.push(mount);
      else copies.set(directory, [mount]);
    }
    return copies;
  }
}
