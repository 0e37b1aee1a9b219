import { FieldWriter } from "../ttrpc/fields.ts";
import type { CopyFileRequest } from "./agent.ts";
import { CopyFileRequestSchema } from "./generated/volume_pb.ts";

const U32 = 2 ** 32 - 1;

const ranges = [
  ["fileSize", Number.MAX_SAFE_INTEGER],
  ["offset", Number.MAX_SAFE_INTEGER],
  ["fileMode", U32],
  ["dirMode", U32],
  ["uid", U32],
  ["gid", U32],
] as const;

/** Why the agent's protocol cannot express a request; empty if it can. */
export function wrongCopyFile(request: CopyFileRequest): string {
  for (const [name, most] of ranges) {
    const value = request[name];
    if (!(Number.isInteger(value) && value >= 0 && value <= most))
      return `${name} has to be a whole number from 0 to ${most}, not ${value}`;
  }
  // A lone surrogate would be sent as another character.
  if (typeof request.path !== "string" || request.path === "" || /[\0\p{Surrogate}]/u.test(request.path))
    return "path has to be text without NUL";
  return request.data instanceof Uint8Array ? "" : "data has to be a Uint8Array";
}

const fields = new FieldWriter();

/** The encoded message in parts. The last part is the data itself, if there is any. */
export function copyFileParts(request: CopyFileRequest): Uint8Array[] {
  const { field } = CopyFileRequestSchema;
  const { data } = request;
  // In the order of their numbers, as every writer has them.
  fields
    .text(field.path.number, request.path)
    .number(field.fileSize.number, request.fileSize)
    .number(field.fileMode.number, request.fileMode)
    .number(field.dirMode.number, request.dirMode)
    // int32 on the way, u32 at both ends.
    .number(field.uid.number, request.uid | 0)
    .number(field.gid.number, request.gid | 0)
    .number(field.offset.number, request.offset);
  if (data.length === 0) return [fields.finish()];
  return [fields.start(field.data.number, data.length).finish(), data];
}
