import { insteadOf, nearestOf } from "../words/nearest.ts";
import { knownWords } from "./known-words.ts";
import { type RefusalCode, refusalReasons } from "./refusal-reasons.ts";

/** Why the core refused a request. */
export interface Refusal {
  /** The reason. */
  readonly code: RefusalCode;
  /** The refused value, as in the request, cut if it is long; for a wrong type, the expected type. */
  readonly subject: string;
  /** The JSON path of the value, such as `container.mounts[2].source`; empty for the whole request. */
  readonly path: string;
}

/**
 * The core refused a request. Nothing was changed.
 *
 * @example
 * ```ts
 * import { load, RequestError } from "guestshare";
 *
 * const core = await load();
 * try {
 *   core.plan({ op: "prepare", sandbox: { id: "s1", hostDir: "run/shared" } });
 * } catch (error) {
 *   if (!(error instanceof RequestError)) throw error;
 *   console.log(error.path, error.code); // sandbox.hostDir not-absolute
 * }
 * ```
 */
export class RequestError extends Error implements Refusal {
  /** Always "RequestError". */
  override readonly name = "RequestError";
  readonly code: RefusalCode;
  readonly subject: string;
  readonly path: string;
  /** The words that the field accepts, or the names of the fields that the record accepts; empty for other refusals. */
  readonly words: readonly string[];
  /** The word or name that may be meant. */
  readonly nearest: string | undefined;

  /** Of a refusal; the message is written from it. */
  constructor(refusal: Refusal, options?: ErrorOptions) {
    const { code, subject, path } = refusal;
    const words = knownWords(refusal);
    super(`Cannot plan ${phraseOf(refusal)}: ${code} (${reasonOf(refusal, words)})`, options);
    this.words = words;
    this.nearest = nearestOf(subject, words);
    this.code = code;
    this.subject = subject;
    this.path = path;
  }
}

// What other programs write as a word is a field of OCI's mounts.
const idMapAdvice =
  'ids are mapped by the fields uidMappings and gidMappings of the mount; the option is "idmap" alone';

// The path, and the refused value if that is the subject.
function phraseOf({ code, subject, path }: Refusal): string {
  const where = path === "" ? "request" : path;
  return code === "wrong-type" || code === "missing-field" ? where : `${where} ${JSON.stringify(subject)}`;
}

function reasonOf({ code, subject }: Refusal, words: readonly string[]): string {
  if (code === "wrong-type") return `${subject} expected`;
  if (code === "unsupported-option" && /^r?idmap=/.test(subject)) return idMapAdvice;
  return words.length === 0 ? refusalReasons[code] : `${refusalReasons[code]}; ${insteadOf(subject, words)}`;
}
