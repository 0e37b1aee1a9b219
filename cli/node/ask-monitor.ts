import { request } from "node:http";
import type { NodeStatus } from "../../node/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { escaped } from "../print/escaped.ts";

// A node of thousands of sandboxes says some megabytes.
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_MS = 10_000;

/**
 * What a monitor knows, by the socket on which it listens.
 *
 * @throws {CommandError} where nobody listens, or something else does.
 */
export async function askMonitor(socket: string, signal: AbortSignal): Promise<NodeStatus> {
  try {
    const status: unknown = JSON.parse(await bodyOf(socket, signal));
    if (isStatus(status)) return status;
    throw new Error("its answer is no status of a node");
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError({
      what: `Cannot ask the monitor at ${JSON.stringify(socket)}: ${code ?? escaped(message)}`,
      why: "no monitor listens there, or this user may not ask it",
      next: "start one by `guestshare monitor`, or name its socket by --socket",
      exitCode: ExitCode.failed,
    });
  }
}

function isStatus(status: unknown): status is NodeStatus {
  const { sandboxes, counts, living } = (status ?? {}) as Partial<NodeStatus>;
  return Array.isArray(sandboxes) && typeof counts === "object" && typeof living === "object";
}

function bodyOf(socketPath: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: "localhost" };
    const asked = request(
      { socketPath, path: "/node.json", headers, signal, timeout: LONGEST_MS },
      (answer) => {
        const pieces: string[] = [];
        let length = 0;
        answer.setEncoding("utf8").on("error", reject);
        answer.on("data", (piece: string) => {
          length += piece.length;
          if (length > MOST_BYTES) asked.destroy(new Error("its answer is too long"));
          else pieces.push(piece);
        });
        answer.on("end", () =>
          answer.statusCode === 200
            ? resolve(pieces.join(""))
            : reject(new Error(`it answers with status ${answer.statusCode}`)),
        );
      },
    );
    asked.on("timeout", () => asked.destroy(new Error("it does not answer")));
    asked.on("error", reject);
    asked.end();
  });
}
