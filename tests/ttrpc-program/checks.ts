import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { ProgramAnswer, ProgramCall } from "./program.ts";

/** Makes a call, and says how it ended: by somebody's client of our server, or by our client of somebody's server. */
export type Call = (call: Partial<Omit<ProgramCall, "id">> & { method: string }) => Promise<ProgramAnswer>;

/** Something that holds of every client and server. */
export interface Check {
  readonly what: string;
  readonly holds: (call: Call) => Promise<void>;
}

const MiB = 1024 * 1024;
const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString("base64");
const lengthOf = ({ value = "" }: ProgramAnswer) => Buffer.from(value, "base64").length;

/** Held on both sides. */
export const checks: readonly Check[] = [
  ...[0, 1, 127, 128, 65_536, MiB, 4 * MiB - 100].map(
    (length): Check => ({
      what: `${length} bytes come back`,
      async holds(call) {
        const value = base64(new Uint8Array(length).map((_, i) => i * 7));
        const answer = await call({ method: "Echo", value });
        assert.deepEqual([answer.code, answer.value ?? ""], [0, value]);
      },
    }),
  ),
  {
    what: "1,000 calls at once get each its own answer",
    async holds(call) {
      const values = Array.from({ length: 1000 }, (_, i) => base64(`call ${i}`));
      const answers = await Promise.all(values.map((value) => call({ method: "Echo", value })));
      assert.deepEqual(
        answers.map(({ value }) => value),
        values,
      );
    },
  },
  ...Array.from(
    { length: 16 },
    (_, i): Check => ({
      what: `a refusal with code ${i + 1} arrives`,
      async holds(call) {
        const { code, message } = await call({ method: "Refuse", value: base64(`${i + 1} no such é`) });
        assert.deepEqual([code, message], [i + 1, "no such é"]);
      },
    }),
  ),
  {
    what: "metadata arrive",
    async holds(call) {
      const metadata = { "containerd-namespace-ttrpc": "k8s.io", empty: "" };
      const { value = "" } = await call({ method: "Metadata", metadata });
      const lines = Buffer.from(value, "base64").toString().split("\n");
      for (const [key, value] of Object.entries(metadata))
        assert.ok(lines.includes(`${key}=${value}`), `${lines}`);
    },
  },
  {
    what: "an answer that takes its time does not delay others",
    async holds(call) {
      const ended: string[] = [];
      await Promise.all([
        call({ method: "Wait", value: base64("200") }).then(() => ended.push("slow")),
        call({ method: "Echo" }).then(() => ended.push("fast")),
      ]);
      assert.deepEqual(ended, ["fast", "slow"]);
    },
  },
  {
    what: "a deadline ends a call",
    async holds(call) {
      const { code, error } = await call({ method: "Wait", value: base64("5000"), timeoutMs: 100 });
      assert.ok(code === 4 || error !== undefined, `code ${code}`);
    },
  },
];

/** Held of our server alone: other servers have other codes for these. */
export const serverChecks: readonly Check[] = [
  {
    what: "an unknown service is not implemented",
    async holds(call) {
      const { code } = await call({ service: "guestshare.test.None", method: "Echo" });
      assert.equal(code, 12);
    },
  },
  {
    what: "an unknown method is not implemented",
    async holds(call) {
      assert.equal((await call({ method: "None" })).code, 12);
    },
  },
  {
    what: "an answer of nearly a frame arrives, and one that is too long is refused",
    async holds(call) {
      const answer = await call({ method: "Grow", value: base64(String(4 * MiB - 20)) });
      assert.deepEqual([answer.code, lengthOf(answer)], [0, 4 * MiB - 20]);
      assert.equal((await call({ method: "Grow", value: base64(String(4 * MiB)) })).code, 8);
    },
  },
  {
    what: "a stream is refused, and calls go on",
    async holds(call) {
      const { code, isUnable } = await call({ method: "Echo", stream: true });
      if (!isUnable) assert.equal(code, 12);
      assert.equal((await call({ method: "Echo" })).code, 0);
    },
  },
];
