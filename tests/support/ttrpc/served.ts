import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import type { TtrpcClient } from "../../../ffi/ttrpc/client.ts";
import type { TtrpcClientOptions } from "../../../ffi/ttrpc/client-options.ts";
import { connectTtrpc } from "../../../ffi/ttrpc/connect.ts";
import { TtrpcError } from "../../../ffi/ttrpc/ttrpc-error.ts";
import { rejection } from "../errors.ts";
import { Peer } from "./peer.ts";

/** A server of a test's own, and where it listens. */
export interface Served {
  readonly server: Peer;
  readonly path: string;
  readonly client: TtrpcClient;
}

/** A test with a directory of its own. */
export function socketTest(name: string, body: (directory: string) => Promise<void>): void {
  test(name, async () => {
    const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
    try {
      await body(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

/** A test with a server and a client that is connected to it. No connection may be left open. */
export function ttrpcTest(
  name: string,
  body: (served: Served) => Promise<void>,
  options: Pick<TtrpcClientOptions, "timeoutMs"> = {},
): void {
  socketTest(name, (directory) => serving(directory, body, options));
}

/** Runs something with a server and a client that is connected to it. */
export async function serving(
  directory: string,
  body: (served: Served) => Promise<void>,
  { timeoutMs = 60_000 }: Pick<TtrpcClientOptions, "timeoutMs"> = {},
): Promise<void> {
  const path = join(directory, "agent.sock");
  const server = await Peer.start(path);
  const client = await connectTtrpc(`unix://${path}`, { timeoutMs: 30_000, callTimeoutMs: timeoutMs });
  try {
    await body({ server, path, client });
    await client.close();
    await until(() => server.connections === 0);
  } finally {
    await client.close();
    await server.end();
  }
}

/** The TtrpcError that a call ends with. */
export async function ttrpcError(call: Promise<unknown>): Promise<TtrpcError> {
  const error = await rejection(call);
  assert.ok(error instanceof TtrpcError, String(error));
  return error;
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 6000, `not so after a minute: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a number has stayed the same for a while, and gives it: a busy machine takes its time. */
export async function settled(count: () => number): Promise<number> {
  let last = count();
  for (let looks = 0; looks < 3; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (count() !== last || last === 0) looks = -1;
    last = count();
  }
  return last;
}

/** Bytes as digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
