import type { MountEntry } from "../mount-entry.ts";
import type { MountTree } from "../mount-tree.ts";
import type { FoundSandbox, FoundShare } from "../recognise/found-sandbox.ts";
import { type Finding, type FindingCode, type Mend, type MendStep, reasonOf } from "./finding.ts";

/** What the files in a sandbox's directory say, which no mount tells. */
export interface SandboxFiles {
  /** The sandbox's directory. */
  readonly directory: string;
  /** The names in the hub of what shares are attached to, where nothing is mounted. */
  readonly placeholders: readonly string[];
  /** The containers that use each share, by the share's name. */
  readonly users: Readonly<Record<string, readonly string[]>>;
}

/** A sandbox that is audited. */
export interface AuditedSandbox {
  readonly sandbox: FoundSandbox;
  readonly tree: MountTree;
  /** Undefined where nobody looked. */
  readonly files: SandboxFiles | undefined;
}

/** Makes the findings of one sandbox. */
export class Findings {
  readonly #sandbox: FoundSandbox;
  readonly list: Finding[] = [];

  constructor(sandbox: FoundSandbox) {
    this.#sandbox = sandbox;
  }

  add(code: FindingCode, target: string, mend: Mend): void {
    const { id, directory } = this.#sandbox;
    this.list.push({ code, sandbox: id, directory, target, why: reasonOf(code), mend });
  }

  /** Of a mount that has to go. */
  addMount(code: FindingCode, { target }: MountEntry): void {
    this.add(code, target, { steps: [umountStep(target)] });
  }

  /** Of a share that has to go, or to be shared anew. */
  addShare(code: FindingCode, share: FoundShare, target: string = share.mount.target): void {
    this.add(code, target, { steps: stepsToEnd(this.#sandbox, share) });
  }
}

export function umountStep(target: string): MendStep {
  return { op: "umount", target, undo: [] };
}

export function removeStep(path: string): MendStep {
  return { op: "remove", path, undo: [] };
}

/** The steps that unshare something for all who use it. */
function stepsToEnd({ directory }: FoundSandbox, { mount, name, users = [] }: FoundShare): MendStep[] {
  return [
    umountStep(mount.target),
    removeStep(mount.target),
    ...users.map((user) => unuseStep(directory, name, user)),
  ];
}

export function unuseStep(directory: string, share: string, user: string): MendStep {
  return { op: "unuse", path: `${directory}/mounts/.users/${share}/${user}`, undo: [] };
}
