import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { GuestSandboxError } from "../../ffi/agent/sandbox/sandbox-error.ts";
import { type SandboxPlace, sandboxTest } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";

// An agent that answers as the played one, but for one call.

type Call = keyof RuntimeAgent & string;
type Way = "refuses" | "hangs" | "is gone";

const timeoutMs = 400;
const options = { id: "s1", timeoutMs };

/** The agent, with another answer to some calls. */
function but(
  agent: RuntimeAgent,
  changed: Partial<Record<Call, (...args: never[]) => unknown>>,
): RuntimeAgent {
  return new Proxy(agent, {
    get(target, name: Call) {
      const call = changed[name] ?? target[name];
      return typeof call === "function" ? call.bind(target) : call;
    },
  });
}

function failing(request: Call, way: Way, isOn: () => boolean, agent: RuntimeAgent): RuntimeAgent {
  const call = agent[request] as (...args: unknown[]) => Promise<unknown>;
  const failure = {
    refuses: { trouble: "status", status: 13, code: "INTERNAL", reason: "no", sent: "all" },
    hangs: { trouble: "deadline", code: "DEADLINE_EXCEEDED", reason: "no answer", sent: "all" },
    "is gone": { trouble: "connection", code: "UNAVAILABLE", reason: "gone", sent: "nothing" },
  } as const;
  return but(agent, {
    [request]: async (...args: unknown[]) => {
      if (!isOn()) return call.apply(agent, args);
      if (way === "hangs") {
        // As the client: until the deadline that the call was given.
        const given = args.at(-1) as { timeoutMs?: number };
        assert.ok((given?.timeoutMs ?? Number.POSITIVE_INFINITY) <= timeoutMs, `${request} has no deadline`);
        await new Promise((resolve) => setTimeout(resolve, given.timeoutMs));
      }
      throw new AgentError({ request, ...failure[way] });
    },
  });
}

const ways: readonly Way[] = ["refuses", "hangs", "is gone"];

for (const way of ways) {
  for (const request of ["getGuestDetails", "createSandbox"] as const) {
    sandboxTest(
      `a sandbox whose agent ${way} at ${request} is none, and shares nothing`,
      async ({ agent, share }) => {
        const hostile = failing(request, way, () => true, agent);
        const error = await rejection(GuestSandbox.create(hostile, share, options));
        assert.ok(error instanceof AgentError, String(error));
        assert.deepEqual(share.done, ["prepare"]);
      },
    );
  }

  for (const request of ["createContainer", "startContainer"] as const) {
    sandboxTest(`a container whose agent ${way} at ${request} is not shared any more`, async (place) => {
      const { agent, share } = place;
      let isOn = true;
      const sandbox = await GuestSandbox.create(
        failing(request, way, () => isOn, agent),
        share,
        options,
      );
      const { container, config } = place.bundle("c1", "exit 3");
      const error = await rejection(sandbox.start(container, config));
      assert.ok(error instanceof AgentError && error.request === request, String(error));
      assert.deepEqual(readdirSync(share.viewPath), []);
      isOn = false;
      assert.equal(await (await sandbox.start(container, config)).exited, 3, "its id is free");
      await sandbox.destroy();
    });
  }

  for (const request of ["signalProcess", "removeContainer", "destroySandbox"] as const) {
    sandboxTest(
      `a sandbox whose agent ${way} at ${request} is destroyed in time: nothing is shared`,
      async (place) => {
        const { agent, share } = place;
        let asked = 0;
        const sandbox = await GuestSandbox.create(
          failing(
            request,
            way,
            () => {
              asked += 1;
              return true;
            },
            agent,
          ),
          share,
          options,
        );
        for (const id of ["c1", "c2", "c3", "c4"]) {
          const { container, config } = place.bundle(id, "sleep 600");
          await sandbox.start(container, config);
        }
        const start = performance.now();
        const failure = await sandbox.destroy().then(
          () => undefined,
          (error) => error,
        );
        assert.ok(performance.now() - start < 20 * timeoutMs);
        // Who says nothing once is asked for no other container; who refuses may refuse one alone.
        assert.equal(asked, way === "refuses" && request !== "destroySandbox" ? 4 : 1);
        // A refused signal is no matter: the agent kills what it removes.
        if (request === "signalProcess" && way === "refuses") assert.equal(failure, undefined);
        else
          assert.ok(failure instanceof AgentError || failure instanceof GuestSandboxError, String(failure));
        assert.deepEqual(readdirSync(share.viewPath), []);
        assert.equal(share.done.at(-1), "cleanup");
      },
    );
  }

  sandboxTest(
    `a container that its agent ${way} to remove stays shared, and can be removed again`,
    async (place) => {
      const { agent, share } = place;
      let isOn = true;
      const sandbox = await GuestSandbox.create(
        failing("removeContainer", way, () => isOn, agent),
        share,
        options,
      );
      const { container, config } = place.bundle("c1", "sleep 600");
      const process = await sandbox.start(container, config);
      await assert.rejects(sandbox.remove(container), AgentError);
      assert.deepEqual(readdirSync(share.viewPath), ["c1"]);
      assert.equal(await process.exited, 137, "its end is known all the same");
      isOn = false;
      await sandbox.remove(container);
      assert.deepEqual(readdirSync(share.viewPath), []);
      await sandbox.destroy();
    },
  );
}

sandboxTest("a request that is too long is not sent, and nothing is removed for it", async (place) => {
  const { agent, share } = place;
  const removed: unknown[] = [];
  const watched = but(agent, { removeContainer: async (request: object) => void removed.push(request) });
  const sandbox = await GuestSandbox.create(watched, share, options);
  const { container, config } = place.bundle("c1", "", {
    process: { args: ["/bin/true"], env: [`A=${"x".repeat(5_000_000)}`] },
  });
  const error = await rejection(sandbox.start(container, config));
  assert.ok(error instanceof AgentError && error.code === "RESOURCE_EXHAUSTED", String(error));
  assert.deepEqual([removed, readdirSync(share.viewPath)], [[], []]);
  await sandbox.destroy();
});

sandboxTest("what fails beside the agent is told with what it left", async (place) => {
  const { agent, share } = place;
  const sandbox = await GuestSandbox.create(agent, share, options);
  const { container, config } = place.bundle("c1", "true");
  share.before = (change) => {
    if (change.startsWith("unshare")) throw new Error("no unmount");
  };
  const wrong = { ...config, linux: { cgroupsPath: "a:b:c" } };
  const error = await rejection(sandbox.start(container, wrong));
  assert.ok(error instanceof GuestSandboxError);
  assert.deepEqual([error.trouble, error.failures.length], ["failed", 2]);
  assert.match(error.message, /linux\.cgroupsPath.*no unmount/);
  share.before = () => {};
  await sandbox.destroy();
});

/** A process whose agent answers one call with a lie. */
async function lying(
  place: SandboxPlace,
  script: string,
  changed: Parameters<typeof but>[1],
): ReturnType<GuestSandbox["start"]> {
  const sandbox = await GuestSandbox.create(but(place.agent, changed), place.share, options);
  const { container, config } = place.bundle("c1", script);
  return sandbox.start(container, config);
}

sandboxTest(
  "an agent that gives more than was asked for ends the stream, and the process is waited for",
  async (place) => {
    const data = new Uint8Array(33 * 1024);
    const process = await lying(place, "exit 3", { readStdout: async () => ({ data }) });
    await assert.rejects(new Response(process.stdout).text(), /gave 33792 bytes, and 32768 were asked for/);
    assert.equal(await process.exited, 3);
  },
);

sandboxTest("output without an end takes no more memory than a reader leaves room for", async (place) => {
  let reads = 0;
  const data = new Uint8Array(32 * 1024);
  const readStdout = async () => {
    reads += 1;
    return { data };
  };
  await lying(place, "exit 3", { readStdout });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(reads >= 32 && reads <= 34, `${reads} reads`);
});

sandboxTest(
  "output without an end, and an end that is never told, do not keep a container",
  async (place) => {
    const { agent, share } = place;
    let reads = 0;
    const readStdout = async () => {
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { data: new Uint8Array(1024) };
    };
    const changed = { readStdout, waitProcess: () => new Promise(() => {}) };
    const sandbox = await GuestSandbox.create(but(agent, changed), share, options);
    const { container, config } = place.bundle("c1", "exit 3");
    await sandbox.start(container, config);
    const start = performance.now();
    await sandbox.remove(container);
    assert.ok(performance.now() - start < 10 * timeoutMs);
    assert.deepEqual(readdirSync(share.viewPath), []);
    const before = reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(reads <= before + 1, "it is read no more");
    await sandbox.destroy();
  },
);

for (const len of [0, 4_000_000_000]) {
  sandboxTest(`an agent that took ${len} bytes of 5 fails the input`, async (place) => {
    const process = await lying(place, "sleep 600", { writeStdin: async () => ({ len }) });
    const writer = process.stdin.getWriter();
    writer.closed.catch(() => {});
    await assert.rejects(writer.write(new Uint8Array(5)), /the agent took \d+ bytes of 5/);
  });
}

sandboxTest("input that the agent takes bit by bit is written whole", async (place) => {
  const { agent } = place;
  const writeStdin = (request: { data: Uint8Array }) =>
    agent.writeStdin({ ...(request as object), data: request.data.subarray(0, 2) });
  const process = await lying(place, "cat", { writeStdin });
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode("hello world"));
  await assert.rejects(writer.write("text" as never), /Uint8Array/);
  assert.equal((await process.stdout.getReader().read()).value?.length !== 0, true);
});

sandboxTest("a process that is silent for longer than a call may take is asked again", async (place) => {
  const { agent } = place;
  const late = { trouble: "deadline", code: "DEADLINE_EXCEEDED", reason: "no answer", sent: "all" } as const;
  const times: Record<string, number> = {};
  const once = (request: "readStdout" | "readStderr" | "waitProcess") => async (message: never) => {
    times[request] = (times[request] ?? 0) + 1;
    if (times[request] === 1) throw new AgentError({ request, ...late });
    return agent[request](message);
  };
  const changed = { readStdout: once("readStdout"), waitProcess: once("waitProcess") };
  const process = await lying(place, "echo hello; exit 3", changed);
  assert.equal(await new Response(process.stdout).text(), "hello\n");
  assert.equal(await process.exited, 3);
  assert.equal(times.waitProcess, 2);
});

sandboxTest("when the connection ends, streams and ends are told", async (place) => {
  const process = await lying(place, "sleep 600", {});
  const reading = rejection(new Response(process.stdout).text());
  await place.agent.close();
  assert.match(String(await reading), /UNAVAILABLE/);
  assert.ok((await rejection(process.exited)) instanceof AgentError);
});
