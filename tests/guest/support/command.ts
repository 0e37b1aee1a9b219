import { boundNamespaces } from "../../support/runner/bound-namespaces.ts";

/** A command of tests with a guest, in namespaces of mounts and processes that end with it. */
export function guestCommand(propagation: "private" | "shared", command: readonly string[]): string[] {
  // virtiofsd keeps notes in /run.
  const share = propagation === "shared" ? "mount --make-rshared / && " : "";
  const own = 'mount -t tmpfs -o mode=0755 run /run && exec "$@"';
  return [...boundNamespaces, "sh", "-c", `${share}${own}`, "sh", ...command];
}
