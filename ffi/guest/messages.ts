import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { CopyFileRequest } from "../agent/agent.ts";
import { encodeFrame } from "../agent/frame.ts";
import { AgentService, CopyFileRequestSchema } from "../agent/generated/agent_pb.ts";
import { RequestSchema, ResponseSchema } from "../agent/generated/ttrpc_pb.ts";
import { oneLine } from "../agent/one-line.ts";
import type { GuestRefusal } from "./options.ts";

/** The service and the method that a guest has. */
export const service: string = AgentService.typeName;
export const copyFileMethod: string = AgentService.method.copyFile.name;

/** A call as it came. */
export interface Called {
  service: string;
  method: string;
  payload: Uint8Array;
}

const { field } = RequestSchema;

/**
 * The call in a request frame's payload. Only what is asked for is read: a frame of metadata, or of fields that nobody
 * knows, would become a hundred times as much memory.
 *
 * @throws {Error} for bytes that are no request.
 */
export function calledIn(bytes: Uint8Array): Called {
  const called: Called = { service: "", method: "", payload: new Uint8Array() };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field.service.number) called.service = reader.string(true);
    else if (number === field.method.number) called.method = reader.string(true);
    else if (number === field.payload.number) called.payload = reader.bytes();
    else reader.skip(type, number);
  }
  return called;
}

/** @throws {Error} for bytes that are no CopyFile request. */
export function copyFileIn(bytes: Uint8Array): CopyFileRequest {
  const message = fromBinary(CopyFileRequestSchema, bytes, { readUnknownFields: false });
  const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = message;
  return { path, fileSize: Number(fileSize), fileMode, dirMode, uid, gid, offset: Number(offset), data };
}

/** The frame that answers a call: with nothing where it was done, or with why it was not. */
export function answerFrame(streamId: number, refusal: GuestRefusal | undefined): Uint8Array {
  const status = refusal ? { code: refusal.code, message: oneLine(refusal.message) } : {};
  const payload = toBinary(ResponseSchema, create(ResponseSchema, { status }));
  return encodeFrame({ streamId, type: "response", flags: 0, payload });
}
