import type { PlanRequest } from "../../mod.ts";
import { sourceOf } from "./bundle.ts";
import type { Place } from "./place.ts";

/** Where a request was typed. Data, so that it can be sent to a worker and back. */
export type TypedAt =
  /** In the text of requests, there at a path. */
  | { readonly in: "request"; readonly prefix: string }
  /** In the form of the sandbox. */
  | { readonly in: "sandbox" }
  /** In a container of the bundle. The mounts from `mountsOfConfig` on are beside its config.json. */
  | { readonly in: "container"; readonly index: number; readonly mountsOfConfig: number };

/** A request, and where it was typed. */
export interface TypedRequest {
  readonly request: PlanRequest;
  readonly typedAt: TypedAt;
}

/** Where a path of a request was typed. */
export function placeOf(typedAt: TypedAt, request: PlanRequest | undefined, path: string): Place {
  if (typedAt.in === "request") return { in: "request", path: joined(typedAt.prefix, path) };
  if (typedAt.in === "sandbox" || path.startsWith("sandbox")) return placeInSandbox(path);
  return placeInBundle(typedAt, request, path);
}

function joined(prefix: string, path: string): string {
  return prefix === "" || path === "" || path.startsWith("[") ? `${prefix}${path}` : `${prefix}.${path}`;
}

function placeInSandbox(path: string): Place {
  const [field = ""] = path.replace(/^sandbox\.?/, "").split(/[.[]/);
  return { in: "sandbox", field };
}

function placeInBundle(
  { index: container, mountsOfConfig }: Extract<TypedAt, { in: "container" }>,
  request: PlanRequest | undefined,
  path: string,
): Place {
  const [, at, rest = ""] = /^(?:container\.mounts|random)\[(\d+)\](.*)$/s.exec(path) ?? [];
  if (at !== undefined && Number(at) < mountsOfConfig) {
    const { mounts = [], bundle } = (request?.op === "shareContainer" && request.container) || {};
    const source = sourceOf(mounts[Number(at)]?.source, bundle);
    if (rest.startsWith(".facts") && source !== undefined) return { in: "source", source };
    return placeInMount(container, Number(at), rest);
  }
  const field = path.replace(/^container\.?/, "");
  if (field.startsWith("annotations")) return { in: "config", container, path: field };
  if (field.startsWith("hugepageLimits"))
    return { in: "config", container, path: `linux.resources.${field}` };
  return { in: "beside", container, path: field };
}

// What a mountInfo.json gives a mount, is beside config.json.
function placeInMount(container: number, at: number, rest: string): Place {
  const isOfVolume = /^\.(?:directVolume|blockDrive|fsGroup|createFilesystem|encryptionKey|discard)/.test(
    rest,
  );
  if (isOfVolume) return { in: "beside", container, path: "volumes" };
  return { in: "config", container, path: `mounts[${at}]${rest}` };
}
