/**
 * Tries client and server against another implementation of ttrpc: `npm run test:ttrpc -- PROGRAM`. PROGRAM makes calls and
 * answers them with a library of its own: docs/ttrpc.md says what it has to do.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { TtrpcServer } from "../../ffi/ttrpc/server.ts";
import { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import { isExecutable } from "../support/runner/tools.ts";
import { type Call, type Check, checks, serverChecks } from "./checks.ts";
import { Echo, echoHandlers, echoMethods } from "./echo.ts";
import { TtrpcProgram } from "./program.ts";

const results = { right: 0, wrong: 0 };

async function hold(side: string, all: readonly Check[], call: Call): Promise<void> {
  for (const { what, holds } of all) {
    try {
      await holds(call);
      results.right += 1;
    } catch (error) {
      results.wrong += 1;
      console.log(`FAILED: ${side}: ${what}: ${(error as Error).message}`);
    }
  }
}

/** The program is the client of our server. */
async function asClient(path: string, directory: string): Promise<void> {
  const address = `unix://${join(directory, "ours.sock")}`;
  const server = new TtrpcServer().register(Echo, echoHandlers);
  await server.listen(address);
  await using program = new TtrpcProgram(path, "call", address);
  await hold("its client", [...checks, ...serverChecks], (call) => program.call(call));
  const ending: Check = {
    what: "an open call is answered while the server shuts down, and the next one fails",
    async holds(call) {
      const open = call({ method: "Wait", value: Buffer.from("200").toString("base64") });
      await call({ method: "Echo" });
      const shut = server.shutdown();
      assert.equal((await open).code, 0);
      await shut;
      const late = await call({ method: "Echo" });
      assert.ok(late.error !== undefined || late.code === 14, JSON.stringify(late));
    },
  };
  await hold("its client", [ending], (call) => program.call(call));
  await server.close();
}

/** The program is the server of our client. */
async function asServer(path: string, directory: string): Promise<void> {
  const address = `unix://${join(directory, "theirs.sock")}`;
  await using _ = new TtrpcProgram(path, "serve", address);
  await using client = await connectTtrpc(address);
  await hold("its server", checks, async ({ method, value = "", timeoutMs, metadata }) => {
    try {
      const description = echoMethods[method];
      assert.ok(description, method);
      const message = { value: Buffer.from(value, "base64") };
      const answer = await client.invoke(description, message, { timeoutMs, metadata });
      return { id: 0, code: 0, value: Buffer.from(answer.value).toString("base64") };
    } catch (error) {
      if (!(error instanceof TtrpcError)) throw error;
      return error.trouble === "status"
        ? { id: 0, code: error.status, message: error.reason }
        : { id: 0, error: error.message };
    }
  });
}

async function main(): Promise<number> {
  const path = argv[2];
  if (path === undefined || !isExecutable(path)) {
    const named = path === undefined ? "no program is named" : `${JSON.stringify(path)} is no program`;
    console.log(`FAILED: cannot try another ttrpc: ${named} (docs/ttrpc.md says what it has to do)`);
    return 1;
  }
  const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
  try {
    await asClient(path, directory);
    await asServer(path, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
  console.log(`${results.right} checks hold, ${results.wrong} do not`);
  return results.wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
