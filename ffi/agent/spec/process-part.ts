import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Reader } from "../../../input/reader.ts";
import type { ProcessSchema } from "../generated/oci_pb.ts";
import { processShape } from "./spec-shape.ts";

/** A process as the agent takes it: with capabilities, if they are none, and with a program. */
export function processOf(process: Reader, leftOut: string[]): MessageInitShape<typeof ProcessSchema> {
  const args = process.needed("args");
  if (args.items().length === 0) args.refuse("missing-field", "args");
  const read = processShape(process, leftOut);
  return { ...read, capabilities: read.capabilities ?? {} };
}
