import assert from "node:assert/strict";
import { join } from "node:path";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { TtrpcConnectError } from "../../ffi/ttrpc/connect-error.ts";
import { rejection } from "../support/errors.ts";
import { Peer, responseFrame } from "../support/ttrpc/peer.ts";
import { socketTest, until } from "../support/ttrpc/served.ts";

const call = { service: "s", method: "m" };

/** What comes of a port behind a hybrid vsock that greets so. */
async function hybrid(
  directory: string,
  greet: Peer["greet"],
  body: (server: Peer, address: string) => Promise<void>,
): Promise<void> {
  const path = join(directory, "vm.sock");
  const server = await Peer.start(path);
  server.greet = greet;
  try {
    await body(server, `hvsock://${path}:1024`);
    await until(() => server.connections === 0);
  } finally {
    await server.end();
  }
}

socketTest(
  "a port of the guest is asked for, and what comes behind the answer is ttrpc's",
  async (directory) => {
    const lines: string[] = [];
    const early = responseFrame(1, new Uint8Array([5])).toString("latin1");
    for (const greeting of ["OK 1073741824\n", "OK\n", `OK 3\n${early.slice(0, 7)}`, `OK 3\n${early}`]) {
      const greet = (line: string): string => {
        lines.push(line);
        return greeting;
      };
      await hybrid(directory, greet, async (server, address) => {
        const rest = Uint8Array.from(`${greeting.split("\n")[1]}`, (char) => char.charCodeAt(0));
        server.answer = ({ streamId }, { raw }) =>
          raw(responseFrame(streamId, new Uint8Array([5])).subarray(rest.length));
        const client = await connectTtrpc(address, { timeoutMs: 30_000 });
        // An answer that comes before the question would be none of ours: so the whole one is a breach.
        const answer = await client.call(call).catch((error: Error) => error.message);
        if (rest.length < early.length) assert.deepEqual([...answer], [5]);
        else assert.match(String(answer), /on which nothing was asked/);
        await client.close();
      });
    }
    assert.deepEqual(new Set(lines), new Set(["CONNECT 1024"]));
  },
);

socketTest("an answer in pieces is one line", async (directory) => {
  const greet: Peer["greet"] = (_, socket) => {
    ["O", "K 1", "02", "4\n"].forEach((piece, i) => {
      setTimeout(() => socket.write(piece), 5 * i);
    });
    return "";
  };
  await hybrid(directory, greet, async (_, address) => {
    const client = await connectTtrpc(address, { timeoutMs: 30_000 });
    await client.call(call);
    await client.close();
  });
});

socketTest("a guest that does not listen yet is asked again, with pauses", async (directory) => {
  let tries = 0;
  const greet: Peer["greet"] = (_, socket) => {
    tries += 1;
    if (tries === 1) return "ERR no such port\n";
    if (tries === 2) socket.end();
    return tries === 2 ? "" : "OK 1\n";
  };
  await hybrid(directory, greet, async (server, address) => {
    const client = await connectTtrpc(address, { timeoutMs: 30_000 });
    await client.call(call);
    assert.equal(server.accepted, 3);
    assert.equal(server.connections, 1, "those that failed are closed");
    await client.close();
  });
});

for (const [name, greet, reason] of [
  ["a refusal", () => "NO\u001b[2J\n", 'port 1024 of the guest: the answer was "NO [2J", for 120 ms'],
  ["no end", () => "OK".repeat(200), "port 1024 of the guest: the answer has no end, for 120 ms"],
  [
    "a closed connection",
    (_: string, socket: { end(): void }) => {
      socket.end();
      return "OK";
    },
    "port 1024 of the guest: the connection was closed instead of an answer, for 120 ms",
  ],
] as const) {
  socketTest(`a guest that answers with ${name} is given up in time, after few tries`, async (directory) => {
    await hybrid(directory, greet, async (server, address) => {
      const error = await rejection(connectTtrpc(address, { timeoutMs: 120 }));
      assert.ok(error instanceof TtrpcConnectError);
      assert.deepEqual([error.code, error.reason], ["ECONNREFUSED", reason]);
      assert.ok(server.accepted <= 7, `${server.accepted} tries in 120 ms`);
    });
  });
}

socketTest("a guest that says nothing is given up in time", async (directory) => {
  await hybrid(
    directory,
    () => "",
    async (_, address) => {
      const error = await rejection(connectTtrpc(address, { timeoutMs: 60 }));
      assert.ok(error instanceof TtrpcConnectError);
      assert.equal(error.code, "ETIMEDOUT");
      assert.match(error.reason, /^no answer within \d+ ms, for 60 ms$/);
    },
  );
});
