import type { CopyFileRequest } from "../agent/agent.ts";
import type { CopyFileRequest as CopyFileMessage } from "../agent/generated/agent_pb.ts";

/** The request of a CopyFile message. */
export function copyFileRequest(message: CopyFileMessage): CopyFileRequest {
  const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = message;
  return { path, fileSize: Number(fileSize), fileMode, dirMode, uid, gid, offset: Number(offset), data };
}
