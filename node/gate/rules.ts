/**
 * Which mounts of containers a gate refuses. A rule that is left out refuses nothing.
 *
 * Paths are absolute, without "." and "..", and stand for all that is below them. A source above such a path is refused as well:
 * who has /run has /run/containerd/containerd.sock.
 */
export interface GateRules {
  /** Sources of binds that no container may have. */
  readonly refuse?: GateRefusals | undefined;
  /**
   * A bind of these, of what is below and of what is above them has to be read-only.
   * @maxItems 1000
   */
  readonly readOnly?: readonly GatePath[] | undefined;
  /**
   * The most mounts that a container may have, with the runtime's own, which are about ten.
   * @asType integer
   * @minimum 1
   * @maximum 100000
   */
  readonly maxMounts?: number | undefined;
  /** The pods that the rules are for; all if it is left out. */
  readonly pods?: GatePods | undefined;
}

/** Sources of binds that no container may have. */
export interface GateRefusals {
  /** The root of the host's filesystems. */
  readonly hostRoot?: boolean | undefined;
  /** What shows and controls the host's kernel: /proc, /sys, /dev and filesystems such as debugfs, wherever they are. */
  readonly kernelFilesystems?: boolean | undefined;
  /** The sockets of runtimes, such as /run/containerd/containerd.sock: who has one is root on the host. */
  readonly runtimeSockets?: boolean | undefined;
  /**
   * Any other paths.
   * @maxItems 1000
   */
  readonly paths?: readonly GatePath[] | undefined;
}

/**
 * An absolute path, without "." and "..", a slash at its end or two in a row. The root is not among them: it has a rule of its own.
 * @pattern ^(?:/(?!\.{1,2}(?:/|$))[^/\u0000\ud800-\udfff]+)+$
 * @maxLength 4095
 */
export type GatePath = string;

/**
 * Which pods. What whoever makes a pod writes into it, labels and annotations, decides nothing here.
 */
export interface GatePods {
  /**
   * Those with one of these runtime handlers, such as "kata"; the default handler is "".
   * @minItems 1
   * @maxItems 1000
   */
  readonly runtimeHandlers?: readonly GateName[] | undefined;
  /**
   * Those in one of these namespaces.
   * @minItems 1
   * @maxItems 1000
   */
  readonly namespaces?: readonly GateName[] | undefined;
  /**
   * But none of these namespaces. Rules that name and except the same one cannot be read; where they are given as an object, it is excepted.
   * @maxItems 1000
   */
  readonly exceptNamespaces?: readonly GateName[] | undefined;
}

/**
 * A name, compared as it is.
 * @maxLength 253
 */
export type GateName = string;
