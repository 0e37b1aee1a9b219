import assert from "node:assert/strict";
import { AgentError } from "../../../../ffi/agent/agent-error.ts";
import type { GuestProcess } from "../../../../ffi/agent/sandbox/guest-process.ts";
import { statusOf } from "../../../support/agent/agent-traits.ts";
import { rejection } from "../../../support/errors.ts";
import { image } from "./image.ts";
import { endOf, type Made, type } from "./pod.ts";
import type { Row, RowPlace } from "./row.ts";

/** A container without shares. */
function bare({ scratch, pod }: RowPlace, id: string, made: Made = {}): Promise<GuestProcess> {
  return pod.start({ id, rootFs: { target: image(scratch, `image-${id}`) } }, made);
}

/** How the agent refuses a call. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await rejection(call);
  assert.ok(error instanceof AgentError, String(error));
  return `${error.code} ${error.reason}`;
}

const own = (...args: string[]) => ({ args, env: [], cwd: "/" });

/** Rows about the processes of a container. */
export const processRows: readonly Row[] = [
  {
    what: "programs have their arguments, variables, directory, input and outputs, and end with their codes",
    see: async (place) => {
      const { pod } = place;
      const line = "pwd; echo $GREETING $0; echo oh >&2; read word; echo $word; exit 3";
      const made = { args: ["/bin/sh", "-c", line, "zero"], env: ["GREETING=hello"], cwd: "/etc" };
      const process = await bare(place, "c1", made);
      await type(process, "typed\n");
      const first = await endOf(process);
      assert.deepEqual(first, { status: 3, stdout: "/etc\nhello zero\ntyped\n", stderr: "oh\n" });
      const waiting = await bare(place, "c2");
      const reading = await waiting.exec(own("/bin/cat"));
      await type(reading, "a\nb\n");
      const cat = await endOf(reading);
      assert.deepEqual(cat, { status: 0, stdout: "a\nb\n", stderr: "" });
      const killed = await pod.run("c2", "echo x >&2; kill -9 $$");
      assert.equal(killed.status, statusOf(place.traits, 9));
      return [first, cat, await pod.run("c2", "exit 42"), killed];
    },
  },
  {
    what: "a signal reaches one program or all of a container, and TERM ends a first one that has no use for it",
    see: async (place) => {
      const { agent, traits } = place;
      const [first, other] = [await bare(place, "c1"), await bare(place, "c2")];
      const one = await first.exec(own("/bin/sleep", "1000"));
      await one.signal("SIGTERM");
      const statuses = [await one.exited];
      const two = await first.exec(own("/bin/sleep", "1000"));
      await agent.signalProcess({ containerId: "c1", execId: "", signal: 9 });
      statuses.push(await two.exited, await first.exited);
      await other.signal("SIGTERM");
      statuses.push(await other.exited);
      assert.deepEqual(
        statuses,
        [15, 9, 9, 9].map((number) => statusOf(traits, number)),
      );
      return statuses;
    },
  },
  {
    what: "a program has a terminal of a size, whose outputs are one",
    see: async (place) => {
      const line = "read word; stty size; echo $word >&2; exit 5";
      const process = await bare(place, "c1", { args: ["/bin/sh", "-c", line], terminal: true });
      await process.resize({ rows: 33, columns: 77 });
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode("word\n"));
      const ended = await endOf(process);
      assert.deepEqual(ended, { status: 5, stdout: "word\r\n33 77\r\nword\r\n", stderr: "" });
      return ended;
    },
  },
  {
    what: "a container whose memory runs out is told of, and its program was killed",
    see: async (place) => {
      const event = place.agent.getOOMEvent({ timeoutMs: 60_000 });
      event.catch(() => {}); // told below, once it is known how the program ended
      // No device: those of an agent 3.8 are not for everybody.
      const line = "word=x; while :; do word=$word$word; done";
      const process = await bare(place, "c1", { args: ["/bin/sh", "-c", line], memoryLimit: 32 << 20 });
      const { status, stderr } = await endOf(process);
      assert.equal(status, statusOf(place.traits, 9), stderr);
      const { containerId } = await event;
      assert.equal(containerId, "c1");
      return [containerId, status];
    },
  },
];
