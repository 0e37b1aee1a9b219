/** The names of gRPC's codes in the order of their numbers: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const ttrpcCodes = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** The name of a gRPC code. */
export type TtrpcCode = (typeof ttrpcCodes)[number];

/** The name of a gRPC code by its number: 7 is "PERMISSION_DENIED". A number without a name is its own name. */
export function codeName(code: number): string {
  return ttrpcCodes[code] ?? String(code);
}

/** The number of a gRPC code; -1 for an unknown name. */
export function codeNumber(code: string): number {
  return ttrpcCodes.indexOf(code as TtrpcCode);
}
