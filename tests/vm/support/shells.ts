/** The shells that a guest's script has to run in. */
export const shells: readonly { readonly name: string; readonly shell: readonly [string, ...string[]] }[] = [
  { name: "busybox", shell: ["busybox", "sh"] },
  { name: "dash", shell: ["dash"] },
];
