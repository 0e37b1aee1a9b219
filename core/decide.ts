import { List } from "./list";
import { shareContainer, unshareContainer } from "./plan/container";
import { shareFile, unshareFile } from "./plan/file";
import { Plan } from "./plan/plan";
import { shareRootFilesystem, unshareRootFilesystem } from "./plan/root-filesystem";
import { cleanup, prepare } from "./plan/sandbox";
import { HeldShare } from "./request/held";
import { Op, Request } from "./request/request";

/** The plan of a request; of no use where it was refused on the way. */
export function decide(request: Request): Plan {
  const sandbox = request.sandbox!;
  const container = request.container;
  const known = request.held;
  const held = known != null ? known : new List<HeldShare>();
  switch (request.op) {
    case Op.Prepare: return prepare(sandbox);
    case Op.Cleanup: return cleanup(sandbox, request.revoke, request.rafs);
    case Op.ShareFile: {
      return shareFile(sandbox, container!, request.mount!, request.random[0], known, request.copied);
    }
    case Op.UnshareFile: return unshareFile(sandbox, container!, request.mount!, known);
    case Op.ShareRootFilesystem: return shareRootFilesystem(sandbox, container!);
    case Op.UnshareRootFilesystem: return unshareRootFilesystem(sandbox, container!);
    case Op.ShareContainer: return shareContainer(sandbox, container!, request.random, held, request.copied);
    default: return unshareContainer(sandbox, container!, held);
  }
}
