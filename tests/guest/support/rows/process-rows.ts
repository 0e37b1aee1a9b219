import assert from "node:assert/strict";
import { AgentError } from "../../../../ffi/agent/agent-error.ts";
import { rejection } from "../../../support/errors.ts";
import { image } from "./image.ts";
import type { Row, RowPlace } from "./row.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A container without shares. */
async function bare({ scratch, pod }: RowPlace, id = "c1", made = {}): Promise<void> {
  await pod.start({ id, rootFs: { target: image(scratch, "image") } }, made);
}

/** How the agent refuses a call. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await rejection(call);
  assert.ok(error instanceof AgentError, String(error));
  return `${error.code} ${error.reason}`;
}

/** Rows about the processes of a container. */
export const processRows: readonly Row[] = [
  {
    what: "programs have their arguments, variables, directory, input and outputs, and end with their codes",
    see: async (place) => {
      const { agent, pod } = place;
      const line = "pwd; echo $GREETING $0; echo oh >&2; read word; echo $word; exit 3";
      const made = { args: ["/bin/sh", "-c", line, "zero"], env: ["GREETING=hello"], cwd: "/etc" };
      await bare(place, "c1", made);
      await agent.writeStdin({ containerId: "c1", data: bytes("typed\n") });
      const first = await pod.end("c1");
      assert.deepEqual(first, { status: 3, stdout: "/etc\nhello zero\ntyped\n", stderr: "oh\n" });
      await bare(place, "c2");
      const process = { args: ["/bin/cat"], env: [], cwd: "/" };
      await agent.execProcess({ containerId: "c2", execId: "cat", process });
      await agent.writeStdin({ containerId: "c2", execId: "cat", data: bytes("a\nb\n") });
      await agent.closeStdin({ containerId: "c2", execId: "cat" });
      const cat = await pod.end("c2", "cat");
      assert.deepEqual(cat, { status: 0, stdout: "a\nb\n", stderr: "" });
      return [first, cat, await pod.run("c2", "exit 42"), await pod.run("c2", "echo x >&2; kill -9 $$")];
    },
  },
  {
    what: "a signal reaches one program or all of a container, and TERM ends a first one that has no use for it",
    see: async (place) => {
      const { agent, pod } = place;
      await bare(place, "c1");
      await bare(place, "c2");
      const process = { args: ["/bin/sleep", "1000"], env: [], cwd: "/" };
      await agent.execProcess({ containerId: "c1", execId: "one", process });
      await agent.signalProcess({ containerId: "c1", execId: "one", signal: 15 });
      const one = await pod.end("c1", "one");
      await agent.execProcess({ containerId: "c1", execId: "two", process });
      await agent.signalProcess({ containerId: "c1", execId: "", signal: 9 });
      const [two, all] = [await pod.end("c1", "two"), await pod.end("c1")];
      await agent.signalProcess({ containerId: "c2", execId: "c2", signal: 15 });
      const first = await pod.end("c2");
      const statuses = [one, two, all, first].map(({ status }) => status);
      assert.deepEqual(statuses, [143, 137, 137, 137]);
      return statuses;
    },
  },
  {
    what: "a program has a terminal of a size, whose outputs are one",
    onlyReal: "a played program has no terminal",
    see: async (place) => {
      const { agent } = place;
      const line = "read word; stty size; echo $word >&2; exit 5";
      await bare(place, "c1", { args: ["/bin/sh", "-c", line], terminal: true });
      await agent.ttyWinResize({ containerId: "c1", execId: "c1", row: 33, column: 77 });
      await agent.writeStdin({ containerId: "c1", data: bytes("word\n") });
      let all = "";
      const end = await refusal(
        (async () => {
          for (;;)
            all += new TextDecoder().decode((await agent.readStdout({ containerId: "c1", len: 100 })).data);
        })(),
      );
      const { status } = await agent.waitProcess({ containerId: "c1" });
      assert.deepEqual([all, status], ["word\r\n33 77\r\nword\r\n", 5]);
      assert.equal(end, "INTERNAL Input/output error (os error 5)");
      return all;
    },
  },
  {
    what: "a container whose memory runs out is told of, and its program was killed",
    onlyReal: "nothing limits the memory of a played program",
    see: async (place) => {
      const { agent, pod } = place;
      const event = agent.getOOMEvent();
      const line = "dd if=/dev/zero of=/dev/null bs=256M count=1";
      await bare(place, "c1", { args: ["/bin/sh", "-c", line], memoryLimit: 32 << 20 });
      const { status } = await pod.end("c1");
      const { containerId } = await event;
      assert.equal(containerId, "c1");
      assert.notEqual(status, 0);
      return containerId;
    },
  },
];
