import type { PlanArguments } from "../../ffi/mod.ts";
import type { Op, PlanRequest } from "../../mod.ts";

/** An operation of `FilesystemShare`, with what it is called with. */
export type OperationCall = { [O in Op]: { readonly op: O; readonly args: PlanArguments[O] } }[Op];

/** The call that a request means; undefined for one that nobody has judged, and that is none. A file that is shared with `held` is one that containers have together. */
export function callOf(request: PlanRequest, signal?: AbortSignal): OperationCall | undefined {
  const { op } = request;
  switch (op) {
    case "prepare":
      return { op, args: [] };
    case "cleanup":
      return { op, args: [{ revoke: request.revoke !== undefined }] };
    case "shareFile": {
      const { container, mount, random, held } = request;
      return { op, args: [container, mount, { random, together: held !== undefined, signal }] };
    }
    case "unshareFile":
      return { op, args: [request.container, request.mount] };
    case "shareContainer":
      return { op, args: [request.container, { random: request.random, signal }] };
    case "shareRootFilesystem":
    case "unshareRootFilesystem":
    case "unshareContainer":
      return { op, args: [request.container] };
    default:
      return undefined;
  }
}
