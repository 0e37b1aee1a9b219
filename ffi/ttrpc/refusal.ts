import { oneLine } from "./one-line.ts";
import { codeName, codeNumber, type TtrpcCode } from "./status.ts";

/**
 * A status that a server answers instead of a message. A handler that throws it refuses its call.
 *
 * @example
 * ```ts
 * import { TtrpcRefusal } from "guestshare/ttrpc";
 *
 * const refusal = new TtrpcRefusal("NOT_FOUND", "there is no container c1");
 * console.log(refusal.status, refusal.message); // 5 NOT_FOUND (there is no container c1)
 * ```
 */
export class TtrpcRefusal extends Error {
  /** Always "TtrpcRefusal". */
  override readonly name = "TtrpcRefusal";
  /** The number of the code. */
  readonly status: number;
  /** gRPC's name of the code. */
  readonly code: string;
  /** The explanation. At most 2,000 characters, and one line. */
  readonly reason: string;

  /**
   * Of a code and an explanation.
   *
   * @throws {TypeError} for a code that gRPC does not have.
   */
  constructor(code: TtrpcCode | number, reason: string, options?: ErrorOptions) {
    const status = typeof code === "number" ? code : codeNumber(code);
    const name = codeName(status);
    if (codeNumber(name) < 0)
      throw new TypeError(`code has to be one of gRPC's, not ${JSON.stringify(code)}`);
    const line = oneLine(reason);
    super(`${name} (${line})`, options);
    this.status = status;
    this.code = name;
    this.reason = line;
  }
}

/** A handler that throws it leaves its call without an answer, as a server does whose task has crashed. */
export class Unanswered extends Error {
  override readonly name: string = "Unanswered";
}

/** The refusal that an error of a handler stands for. */
export function refusalOf(error: unknown): TtrpcRefusal {
  if (error instanceof TtrpcRefusal) return error;
  return new TtrpcRefusal("UNKNOWN", error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
