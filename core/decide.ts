import { shareFile, unshareFile } from "./plan/file";
import { Plan } from "./plan/plan";
import { shareRootFilesystem, unshareRootFilesystem } from "./plan/root-filesystem";
import { cleanup, prepare } from "./plan/sandbox";
import { Op, Request } from "./request/request";

/** The plan of a request; of no use where it was refused on the way. */
export function decide(request: Request): Plan {
  const sandbox = request.sandbox!;
  switch (request.op) {
    case Op.Prepare: return prepare(sandbox);
    case Op.Cleanup: return cleanup(sandbox, request.revoke);
    case Op.ShareFile: return shareFile(sandbox, request.container!, request.mount!, request.random!);
    case Op.UnshareFile: return unshareFile(sandbox, request.mount!);
    case Op.ShareRootFilesystem: return shareRootFilesystem(sandbox, request.container!);
    default: return unshareRootFilesystem(sandbox, request.container!);
  }
}
