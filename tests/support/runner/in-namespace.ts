import { getuid } from "node:process";

/**
 * A command that runs in a mount namespace of its own, whose mounts are all private or all shared. Never by `unshare
 * --propagation shared`: that would leave our mounts peers of the machine's.
 */
export function inNamespace(propagation: "private" | "shared", command: readonly string[]): string[] {
  const user = getuid?.() === 0 ? [] : ["-r"];
  const prepare = propagation === "shared" ? "mount --make-rshared / && " : "";
  return [
    ...["unshare", ...user, "-m", "--propagation", "private", "--"],
    ...["sh", "-c", `${prepare}exec "$@"`, "sh", ...command],
  ];
}
