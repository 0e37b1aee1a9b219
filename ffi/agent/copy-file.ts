import { create, toBinary } from "@bufbuild/protobuf";
import type { CopyFileRequest } from "./agent.ts";
import { CopyFileRequestSchema } from "./generated/agent_pb.ts";
import { fieldStart } from "./request.ts";

const U32 = 2 ** 32 - 1;

const ranges = [
  ["fileSize", Number.MAX_SAFE_INTEGER],
  ["offset", Number.MAX_SAFE_INTEGER],
  ["fileMode", U32],
  ["dirMode", U32],
  ["uid", U32],
  ["gid", U32],
] as const;

/** Why this cannot be said in the agent's protocol; empty where it can. */
export function wrongCopyFile(request: CopyFileRequest): string {
  for (const [name, most] of ranges) {
    const value = request[name];
    if (!(Number.isInteger(value) && value >= 0 && value <= most))
      return `${name} has to be a whole number from 0 to ${most}, not ${value}`;
  }
  // A lone surrogate would be sent as another character.
  if (request.path === "" || /[\0\p{Surrogate}]/u.test(request.path))
    return "path has to be text without NUL";
  return request.data instanceof Uint8Array ? "" : "data has to be a Uint8Array";
}

/** The message in parts. The last one is the data itself, if there is any. */
export function copyFileParts(request: CopyFileRequest): Uint8Array[] {
  const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = request;
  const fields = create(CopyFileRequestSchema, {
    ...{ path, fileSize: BigInt(fileSize), fileMode, dirMode, offset: BigInt(offset) },
    // int32 on the way, u32 at both ends.
    ...{ uid: uid | 0, gid: gid | 0 },
  });
  const head = toBinary(CopyFileRequestSchema, fields);
  return data.length === 0
    ? [head]
    : [head, fieldStart(CopyFileRequestSchema.field.data.number, data.length), data];
}
