import { resolve } from "node:path";
import type { Container, Mount, PlanRequest } from "../../mod.ts";
import type { FoundShare } from "../../table/mod.ts";
import { digitsIn } from "./digits.ts";
import { realPathOf } from "./real-paths.ts";

/**
 * Requests whose shares get the names that the sandbox's shares have: a share that is to be made again is then found where it was.
 * What a hub holds says as much, but not that of a hub which has to be made again.
 */
export function withKeptDigits(
  requests: readonly PlanRequest[],
  shares: readonly FoundShare[],
): PlanRequest[] {
  const left = new Set(shares);
  const digitsOf = (mount: Mount, { bundle = "/" }: Container, rolled: string): string => {
    const found = shareFor({ ...mount, source: resolve(bundle, mount.source ?? "") }, [...left]);
    if (!found) return rolled;
    left.delete(found.share);
    return found.digits;
  };
  return requests.map((request) => {
    if (request.op === "shareFile")
      return { ...request, random: digitsOf(request.mount, request.container, request.random) };
    if (request.op !== "shareContainer") return request;
    const { mounts = [] } = request.container;
    const random = request.random.map((rolled, at) => {
      const { [at]: mount } = mounts;
      return mount ? digitsOf(mount, request.container, rolled) : rolled;
    });
    return { ...request, random };
  });
}

interface Kept {
  readonly share: FoundShare;
  readonly digits: string;
}

// Of several shares of one source, the one that is as writable as the mount.
function shareFor({ source, options = [] }: Mount, shares: readonly FoundShare[]): Kept | undefined {
  const path = realPathOf(source ?? "");
  const found = shares.flatMap((share): Kept[] => {
    const digits = digitsIn(share.name);
    return digits !== undefined && share.source.hostPath === path ? [{ share, digits }] : [];
  });
  const isReadOnly = options.includes("ro");
  return found.find(({ share }) => share.attributes.includes("ro") === isReadOnly) ?? found[0];
}
