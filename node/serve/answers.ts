import { metricsText } from "../metrics/metrics-text.ts";
import type { NodeStatus } from "../monitor/status.ts";

const LONGEST_REASON = 500;

/** What is answered to a request. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const text = (status: number, line: string): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  text: `${line}\n`,
});

/** Where what is; each is made when it is asked for. */
const pages: Readonly<Record<string, (status: NodeStatus, perPod: boolean) => Answer>> = {
  "/metrics": (status, perPod) => ({
    ...{ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" },
    text: metricsText(status, { perPod }),
  }),
  "/healthz": () => text(200, "ok"),
  "/readyz": (status) => {
    const missing = missingOf(status);
    return missing.length === 0 ? text(200, "ok") : text(503, missing.join("\n"));
  },
  "/node.json": (status) => ({ status: 200, type: "application/json", text: `${JSON.stringify(status)}\n` }),
};

/** What is at a path. */
export function answerOf(path: string, status: () => NodeStatus, perPod: boolean): Answer {
  if (Object.hasOwn(pages, path)) return (pages[path] as (typeof pages)[string])(status(), perPod);
  return text(404, `there are ${Object.keys(pages).join(", ")}`);
}

/** A refusal of a request. */
export function refusalOf(status: number, line: string): Answer {
  return text(status, line);
}

// What is known has to be of now: after an audit that has failed, it is older.
function missingOf({ living, audits: { lastAt, lastFailure } }: NodeStatus): string[] {
  return [
    ...(living.isKnown ? [] : [`it is not known who lives: ${oneLine(living.why ?? "")}`]),
    ...(lastAt === undefined ? ["no audit was whole yet"] : []),
    ...(lastFailure === undefined ? [] : [`the last audit has failed: ${oneLine(lastFailure)}`]),
  ];
}

// Texts of others: of a runtime, of a command, or what a child has printed.
function oneLine(long: string): string {
  return long.slice(0, LONGEST_REASON).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ");
}
