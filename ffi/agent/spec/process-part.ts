import type { MessageInitShape } from "@bufbuild/protobuf";
import { FormatError } from "../../../input/format-error.ts";
import { Reader } from "../../../input/reader.ts";
import type { ProcessSchema } from "../generated/oci_pb.ts";
import { processShape } from "./spec-shape.ts";

/** A process as an OCI specification has it: `args`, `env`, `cwd`, `terminal` and the like. */
export type ProcessInit = MessageInitShape<typeof ProcessSchema>;

/** A process as the agent takes it: with capabilities, if they are none, and with a program. */
export function processOf(process: Reader, leftOut: string[]): ProcessInit {
  const args = process.needed("args");
  if (args.items().length === 0) args.refuse("missing-field", "args");
  const read = processShape(process, leftOut);
  return { ...read, capabilities: read.capabilities ?? {} };
}

// A message that was made by `create` has its name, and a label that is the host's affair.
const ofMessages = /(?:\["\$typeName"\]|\.selinuxLabel)$/;

/**
 * Another process of a container, by what is said of it, and by the container's own process where nothing is said.
 *
 * @throws {FormatError} for what is no process, and for a field that the agent is not told.
 */
export function otherProcessOf(said: ProcessInit, own: ProcessInit): ProcessInit {
  const leftOut: string[] = [];
  processShape(new Reader("config.json", said, "process"), leftOut);
  const unknown = leftOut.find((path) => !ofMessages.test(path));
  if (unknown !== undefined) {
    const [subject = unknown] = /[^."[\]]+(?="?\]?$)/.exec(unknown) ?? [];
    throw new FormatError({ format: "config.json", code: "unknown-field", path: unknown, subject });
  }
  const { terminal: _, args: __, ...rest } = own;
  return processOf(new Reader("config.json", { ...rest, ...said }, "process"), []);
}
