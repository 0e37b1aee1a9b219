/**
 * What a command is put behind to run in namespaces of mounts and processes of its own: they end with it, and none of it
 * outlives this process, however that one ends.
 */
export const boundNamespaces: readonly [program: string, ...args: string[]] = [
  ...(["setpriv", "--pdeathsig", "KILL", "--"] as const),
  ...["unshare", "-m", "--propagation", "private", "-p", "-f", "--kill-child", "--mount-proc", "--"],
];
