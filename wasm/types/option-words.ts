/**
 * An attribute of a share, by OCI's word. It is set on the mount itself; with an "r" before it, on all submounts too. "ro"
 * always covers the submounts.
 */
export type Attribute =
  | "ro"
  | "nosuid"
  | "rnosuid"
  | "nodev"
  | "rnodev"
  | "noexec"
  | "rnoexec"
  | "nosymfollow"
  | "rnosymfollow"
  | "noatime"
  | "rnoatime"
  | "relatime"
  | "rrelatime"
  | "strictatime"
  | "rstrictatime"
  | "nodiratime"
  | "rnodiratime"
  | "idmap"
  | "ridmap";

/** OCI's words for a bind that are set on the share, and with an "r" before them on its submounts, too. */
export type ShareWord = Attribute | "rbind" | "rro";

/** OCI's words for how a mount propagates. */
export type PropagationWord =
  | "rprivate"
  | "private"
  | "rslave"
  | "slave"
  | "rshared"
  | "shared"
  | "runbindable"
  | "unbindable";

/** Words that restrict nothing, and apply only to the container's own mount. */
export type ContainerWord =
  | "bind"
  | "rw"
  | "rrw"
  | "defaults"
  | "async"
  | "sync"
  | "dirsync"
  | "dev"
  | "rdev"
  | "suid"
  | "rsuid"
  | "exec"
  | "rexec"
  | "atime"
  | "ratime"
  | "diratime"
  | "rdiratime"
  | "norelatime"
  | "rnorelatime"
  | "nostrictatime"
  | "rnostrictatime"
  | "symfollow"
  | "rsymfollow"
  | "iversion"
  | "noiversion"
  | "lazytime"
  | "nolazytime"
  | "mand"
  | "nomand"
  | "loud"
  | "silent"
  | "io.katacontainers.fs-opt.block_device=file";

/** All words that a bind may have. */
export type OptionWord = ShareWord | PropagationWord | ContainerWord;

/**
 * An option of a mount. An editor can complete the words of a bind. Any other text is accepted, because other types have other options.
 * @pattern ^[^\u0000\ud800-\udfff]*$
 */
export type MountOption = OptionWord | (string & {});
