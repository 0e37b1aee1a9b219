/** Where sandboxes are on a node: those of Kata's runtimes and of this library, and the machines of `guestshare/vm`. */
export const knownDirectories: readonly string[] = [
  "/run/kata-containers/shared/sandboxes",
  "/run/guestshare",
];
