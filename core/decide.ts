import { List } from "./list";
import { shareContainer, unshareContainer } from "./plan/container";
import { mend } from "./plan/mend";
import { shareFile, unshareFile } from "./plan/mount/share-file";
import { Plan } from "./plan/plan";
import { shareRootFilesystem, unshareRootFilesystem } from "./plan/root/root-filesystem";
import { cleanup, prepare } from "./plan/sandbox";
import { HubShare } from "./request/hub-share";
import { Op, Request } from "./request/request";

/** The plan of a request. The caller has to ask `refused` before it uses the plan. */
export function decide(request: Request): Plan {
  const sandbox = request.sandbox!;
  const container = request.container;
  const hubShares = request.hubShares != null ? request.hubShares! : new List<HubShare>();
  switch (request.op) {
    case Op.Prepare: return prepare(sandbox);
    case Op.Cleanup: return cleanup(sandbox, request.revoke, request.rafs);
    case Op.ShareFile: {
      return shareFile(sandbox, container!, request.mount!, request.random[0], request.hubShares, request.copied);
    }
    case Op.UnshareFile: return unshareFile(sandbox, container!, request.mount!, request.hubShares);
    case Op.ShareRootFilesystem: return shareRootFilesystem(sandbox, container!);
    case Op.UnshareRootFilesystem: return unshareRootFilesystem(sandbox, container!);
    case Op.ShareContainer: return shareContainer(sandbox, container!, request.random, hubShares, request.copied);
    case Op.Mend: return mend(sandbox, request.differences, request.steps);
    default: return unshareContainer(sandbox, container!, hubShares);
  }
}
