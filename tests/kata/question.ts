import type { AgentStorage, BlockDrive, Device, OciMount, RootFs, Sandbox, SourceFacts } from "../../mod.ts";

// What Kata's functions and ours are asked, and what they answer: docs/kata.md describes it for who writes the program.

/** A path that exists on the host, below /mnt or /run, and what is there. */
export interface HostPath extends SourceFacts {
  readonly path: string;
}

/** What Kata's agent is told to mount for a sandbox. */
export interface PrepareQuestion {
  readonly op: "prepare";
  readonly sandbox: Sandbox;
}

/** What becomes of a container. */
export interface ContainerQuestion {
  readonly op: "container";
  readonly sandbox: Sandbox;
  readonly id: string;
  readonly bundle: string;
  /** The bundle's config.json. */
  readonly config: { readonly mounts: readonly OciMount[]; readonly [name: string]: unknown };
  /** The one mount that containerd makes of the root filesystem. */
  readonly rootFs?: RootFs;
  /** The root filesystem's disks. */
  readonly root: {
    readonly suffix?: string;
    readonly fstype?: string;
    readonly blockDrive?: BlockDrive;
    readonly devices?: readonly Device[];
  };
  readonly host: readonly HostPath[];
  /** As what a disk is attached, by the destination of its mount. */
  readonly drives: Readonly<Record<string, BlockDrive>>;
  /** What stands in the mountInfo.json of a direct volume, by its source. */
  readonly mountInfo: Readonly<Record<string, string>>;
}

/** Which sandbox a configuration.toml, its drop-ins and the pod's annotations describe. */
export interface SandboxQuestion {
  readonly op: "sandbox";
  readonly id: string;
  readonly bundle: string;
  readonly texts: readonly string[];
  readonly config: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly mounts: readonly OciMount[];
    readonly [name: string]: unknown;
  };
  readonly host: readonly HostPath[];
}

export type Question = PrepareQuestion | ContainerQuestion | SandboxQuestion;

/** What is answered: of "prepare" storages, of "container" all three, of "sandbox" the sandbox; or why nothing is. */
export interface Answer {
  readonly error?: string;
  readonly storages?: readonly AgentStorage[];
  readonly mounts?: readonly OciMount[] | null;
  readonly rootPath?: string;
  readonly sandbox?: Partial<Sandbox>;
}
