import { getuid } from "node:process";
import { inNamespace } from "../../support/runner/in-namespace.ts";

/** A command of tests in a mount namespace of its own, with a /run of its own: shares and virtiofsd's locks are there by default. */
export function vmCommand(propagation: "private" | "shared", command: readonly string[]): string[] {
  const ownRun = ["sh", "-c", 'mount -t tmpfs -o mode=0755 run /run && exec "$@"', "sh"];
  return inNamespace(propagation, [...(getuid?.() === 0 ? ownRun : []), ...command]);
}
