// Runs in a browser too.
import { type Core, type Plan, type Refusal, RequestError } from "../../mod.ts";

/** One request and its answer, as a file in tests/fixtures has it. */
export interface Row {
  /** What it shows. */
  readonly name: string;
  /** Where the original says so. */
  readonly source?: string;
  /** How we differ from the original, and why. */
  readonly note?: string;

  // One of these is the request.
  readonly request?: unknown;
  /** As text, where how it is written matters. */
  readonly json?: string;
  /** As bytes. */
  readonly hex?: string;
  /** As texts, each with how many times it comes, where the whole is long. */
  readonly pieces?: readonly (readonly [text: string, times: number])[];

  // One of these is the answer.
  readonly plan?: Plan;
  readonly refusal?: Refusal;
}

/** The request of a row as `planJson` takes it. */
export function requestOf({ request, json, hex, pieces }: Row): string | Uint8Array {
  if (json !== undefined) return json;
  if (hex !== undefined) return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  if (pieces !== undefined) return pieces.map(([text, times]) => text.repeat(times)).join("");
  return JSON.stringify(request);
}

/** The answer that a row expects, as JSON. */
export function expectedOf({ plan, refusal }: Row): string {
  return JSON.stringify(plan ?? refusal);
}

/** What the core says to a request, as JSON: its plan, or why it is refused. */
export function answerOf(core: Core, request: string | Uint8Array): string {
  try {
    return core.planJson(request);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { code, subject, path } = error;
    return JSON.stringify({ code, subject, path });
  }
}

/** The SHA-256 of answers, a line each. */
export async function digestOf(answers: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(`${answers.join("\n")}\n`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
