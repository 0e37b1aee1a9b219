import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { type Asked, ask, LNK, REG, request } from "../support/agent/asking.ts";
import { shareDir } from "../support/copy/place.ts";
import { noise } from "../support/copy/traps.ts";
import { rejection } from "../support/errors.ts";
import { generation } from "./support/agent-program.ts";
import { type AgentPlace, agentTest } from "./support/agent-test.ts";

const link: Asked = { path: "link", mode: LNK | 0o777, data: "nowhere", size: 0 };
const file: Asked = { path: "file", mode: REG | 0o644, data: "x" };

async function refusalOf({ agent }: AgentPlace, asked: Asked, path?: string): Promise<AgentError> {
  const plain = request(asked);
  const error = await rejection(agent.copyFile({ ...plain, path: path ?? plain.path }));
  assert.ok(error instanceof AgentError, String(error));
  assert.deepEqual([error.trouble, error.status, error.code], ["status", 13, "INTERNAL"]);
  return error;
}

if (generation === "CC-0.2.0" || generation === "3.3")
  agentTest("a link that cannot be replaced is refused as one that is there", async (place) => {
    await place.agent.copyFile(request(link));
    const { reason } = await refusalOf(place, link);
    assert.equal(reason, "EEXIST: File exists");
  });

agentTest("what is outside is refused, and told in the agent's words alone", async (place) => {
  const { reason } = await refusalOf(place, file, "/etc/guestshare");
  const words =
    generation === "4.0"
      ? `removing "${shareDir}/" prefix from /etc/guestshare Caused by: prefix not found`
      : 'Path "/etc/guestshare" does not start with /run/kata-containers';
  assert.equal(reason.replace(/ +/g, " "), words);
});

agentTest("a refusal ends neither the connection nor what else is under way", async (place) => {
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const path = i % 3 === 0 ? `${"n".repeat(255)}` : `file-${i}`;
      return ask(place.agent, { ...file, path });
    }),
  );
  assert.equal(outcomes.filter((outcome) => outcome === "failed").length, 67);
  assert.equal(readdirSync(place.guestDirectory).length, 133);
  assert.equal(await place.agent.check(), true);
});

agentTest(
  "a guest without room ends the copy, and what had arrived is there",
  async (place) => {
    writeFileSync(join(place.source, "a"), "before");
    writeFileSync(join(place.source, "b"), noise(3_000_000));
    const error = await rejection(place.copy({ window: 1 }));
    assert.ok(error instanceof CopyError, String(error));
    assert.deepEqual([error.trouble, error.code, error.result.entries], ["agent", "INTERNAL", 2]);
    assert.match(error.reason, /No space left on device \(os error 28\)$/);
    assert.deepEqual([error.path, error.offset], [join(place.source, "b"), 1_048_576]);
    assert.equal(readFileSync(place.arrived("c1/a"), "utf8"), "before");
    assert.equal(existsSync(place.arrived("c1/b")), false);
    assert.equal(await ask(place.agent, { ...file, path: "c1/b", data: "less" }), "done");
  },
  { shareOptions: "size=2m" },
);

agentTest("an agent that dies ends the copy", async (place) => {
  for (let i = 0; i < 100; i += 1) writeFileSync(join(place.source, `f${i}`), "x");
  let asked = 0;
  const onRequest = async () => {
    asked += 1;
    if (asked === 50) await place.process.kill();
  };
  const error = await rejection(place.copy({ window: 8 }, { onRequest }));
  assert.ok(error instanceof CopyError, String(error));
  assert.deepEqual([error.trouble, error.code], ["agent", "UNAVAILABLE"]);
});

agentTest("a new sandbox has an empty share directory: a copy before it is lost", async (place) => {
  await place.agent.copyFile(request(file));
  const client = await connectTtrpc(`unix://${place.socketPath}`);
  await client.call({ service: "grpc.AgentService", method: "CreateSandbox" });
  await client.close();
  assert.deepEqual(readdirSync(place.guestDirectory), []);
  await place.agent.copyFile(request(file));
  assert.deepEqual(readdirSync(place.guestDirectory), ["file"]);
});
