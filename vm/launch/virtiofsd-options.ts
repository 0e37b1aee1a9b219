/** The two programs called virtiofsd: the one written in Rust, and the one in C that came with QEMU until 7.2. */
export type VirtiofsdKind = "rust" | "qemu";

/** What may be chosen of a virtiofsd. What would open it to the guest is not there: no sandbox, or no seccomp. */
export interface VirtiofsdOptions {
  /** How it locks itself in: by namespaces, or by chroot(2), which a container's rules may allow alone. Default "namespace". */
  readonly sandbox?: "namespace" | "chroot";
  /** What a forbidden system call leads to. QEMU's own always kills. Default "kill". */
  readonly seccomp?: "kill" | "trap";
  /**
   * Whether an inode is held by a handle and not by a descriptor. With handles the program of Rust finds no mount whose path
   * has a space. QEMU's own never does. Default "never".
   */
  readonly inodeFileHandles?: "never" | "prefer" | "mandatory";
  /** Whether the guest sees mounts as mounts. A guest's Linux 6.1 crashes when it removes one's directory. Default false. */
  readonly announceSubmounts?: boolean;
  /** How long a guest may believe what it has read: "auto" is a second. QEMU's own has no "metadata". Default "auto". */
  readonly cache?: "auto" | "always" | "never" | "metadata";
  /** Extended attributes. */
  readonly xattr?: boolean;
  /** POSIX ACLs, and with them extended attributes. */
  readonly posixAcl?: boolean;
  /** SELinux labels. */
  readonly securityLabel?: boolean;
  /** Capabilities that it has more or less than by default: "+sys_admin", "-chown". */
  readonly modcaps?: readonly string[];
  /** Whether a guest reads a directory and its entries' attributes in one request. */
  readonly readdirplus?: boolean;
  /** Whether a guest writes late. */
  readonly writeback?: boolean;
  /** Whether O_DIRECT of a guest's program is the host's too. */
  readonly allowDirectIo?: boolean;
  /** Whether a guest maps files that are not cached. Not QEMU's own. */
  readonly allowMmap?: boolean;
  /** Whether the guest removes set-user-id bits by itself. */
  readonly killprivV2?: boolean;
  /** Refuses to write whatever there is. Not QEMU's own, nor older ones of Rust. */
  readonly readOnly?: boolean;
  /** Threads for requests; 0 for none but the queue's. */
  readonly threadPoolSize?: number;
  /** How many descriptors it may have; 0 leaves the limit. */
  readonly rlimitNofile?: number;
  /** What it logs. Default "info". */
  readonly logLevel?: "error" | "warn" | "info" | "debug";
}

/** An option's name. */
export type OptionName = keyof VirtiofsdOptions;

/** How one program spells an option. */
export interface Spelling {
  /** The option, or the flag that turns it on. */
  readonly on: string;
  /** The flag that turns it off; without it, it is off unless it is on. */
  readonly off?: string;
  /** Words that this program spells otherwise; undefined for one that it has not. */
  readonly words?: Readonly<Record<string, string | undefined>>;
}

/** An option: what it takes, and how the programs spell it. */
export interface OptionRow {
  readonly takes: "flag" | "capabilities" | "count" | readonly string[];
  readonly rust: Spelling;
  /** What QEMU's own always does is its only value. */
  readonly qemu: Spelling | { readonly always: string | boolean };
}

// As virtiofsd 1.14.0 and QEMU 7.2.22 have them: src/main.rs of the one; fuse_lowlevel.c, helper.c and passthrough_ll.c of the other.
/** All options. QEMU's own has those without dashes after `-o`. */
export const optionRows: Readonly<Record<OptionName, OptionRow>> = {
  sandbox: { takes: ["namespace", "chroot"], rust: { on: "--sandbox" }, qemu: { on: "sandbox" } },
  seccomp: { takes: ["kill", "trap"], rust: { on: "--seccomp" }, qemu: { always: "kill" } },
  inodeFileHandles: {
    takes: ["never", "prefer", "mandatory"],
    rust: { on: "--inode-file-handles" },
    qemu: { always: "never" },
  },
  announceSubmounts: {
    takes: "flag",
    rust: { on: "--announce-submounts", off: "--no-announce-submounts" },
    qemu: { on: "announce_submounts" },
  },
  cache: {
    takes: ["auto", "always", "never", "metadata"],
    rust: { on: "--cache" },
    qemu: { on: "cache", words: { never: "none", metadata: undefined } },
  },
  xattr: { takes: "flag", rust: { on: "--xattr" }, qemu: { on: "xattr", off: "no_xattr" } },
  posixAcl: { takes: "flag", rust: { on: "--posix-acl" }, qemu: { on: "posix_acl", off: "no_posix_acl" } },
  securityLabel: {
    takes: "flag",
    rust: { on: "--security-label" },
    qemu: { on: "security_label", off: "no_security_label" },
  },
  modcaps: { takes: "capabilities", rust: { on: "--modcaps" }, qemu: { on: "modcaps" } },
  readdirplus: {
    takes: "flag",
    rust: { on: "", off: "--no-readdirplus" },
    qemu: { on: "readdirplus", off: "no_readdirplus" },
  },
  writeback: { takes: "flag", rust: { on: "--writeback" }, qemu: { on: "writeback", off: "no_writeback" } },
  allowDirectIo: {
    takes: "flag",
    rust: { on: "--allow-direct-io" },
    qemu: { on: "allow_direct_io", off: "no_allow_direct_io" },
  },
  allowMmap: { takes: "flag", rust: { on: "--allow-mmap" }, qemu: { always: false } },
  killprivV2: {
    takes: "flag",
    rust: { on: "--killpriv-v2", off: "--no-killpriv-v2" },
    qemu: { on: "killpriv_v2", off: "no_killpriv_v2" },
  },
  readOnly: { takes: "flag", rust: { on: "--readonly" }, qemu: { always: false } },
  threadPoolSize: { takes: "count", rust: { on: "--thread-pool-size" }, qemu: { on: "--thread-pool-size" } },
  rlimitNofile: { takes: "count", rust: { on: "--rlimit-nofile" }, qemu: { on: "--rlimit-nofile" } },
  logLevel: {
    takes: ["error", "warn", "info", "debug"],
    rust: { on: "--log-level" },
    qemu: { on: "log_level", words: { error: "err" } },
  },
};

/** The names of all options. */
export const optionNames: readonly OptionName[] = Object.keys(optionRows) as OptionName[];
