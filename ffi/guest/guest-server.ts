import type { CopyFileRequest } from "../agent/agent.ts";
import { AgentService } from "../agent/generated/agent_pb.ts";
import type { CopyFileRequest as CopyFileMessage } from "../agent/generated/volume_pb.ts";
import type { Libc } from "../linux/libc.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { TtrpcListenError } from "../ttrpc/listen.ts";
import { TtrpcRefusal, Unanswered } from "../ttrpc/refusal.ts";
import { TtrpcServer } from "../ttrpc/server.ts";
import { socketPathFault } from "../ttrpc/socket-path.ts";
import { type GuestPlace, writeCopied } from "./copy-rules.ts";
import { GuestCalls } from "./guest-calls.ts";
import { EmbeddedGuestError } from "./guest-error.ts";
import type { GuestRefusal, OnRequest } from "./options.ts";

const LAST_CODE = 16;

/**
 * A directory that a guest writes into, by a descriptor.
 *
 * @throws {EmbeddedGuestError} for a directory that cannot be opened.
 */
export function openPlace(libc: Libc, directory: string): { sys: GuestCalls; root: number } {
  const sys = new GuestCalls(libc);
  try {
    return { sys, root: sys.openPlace(directory) };
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    const { code, reason } = cause;
    throw new EmbeddedGuestError("directory", directory, { code, reason, cause });
  }
}

/** An embedded guest's server, and the directory's descriptor. */
export class GuestServer {
  #requests = 0;
  readonly #place: GuestPlace;
  readonly #onRequest: OnRequest | undefined;
  readonly #server = new TtrpcServer({ onUnknown: unknownCall });
  #closing: Promise<void> | undefined;

  private constructor(place: GuestPlace, onRequest: OnRequest | undefined) {
    this.#place = place;
    this.#onRequest = onRequest;
    this.#server.register(AgentService, { copyFile: (message) => this.#copyFile(requestIn(message)) });
  }

  /**
   * A server that listens. It owns the place's descriptor from now on.
   *
   * @throws {EmbeddedGuestError} if it cannot listen; the descriptor is closed then.
   */
  static async start(
    place: GuestPlace,
    socketPath: string,
    onRequest: OnRequest | undefined,
  ): Promise<GuestServer> {
    const started = new GuestServer(place, onRequest);
    try {
      await listenOn(started.#server, socketPath);
      return started;
    } catch (error) {
      place.sys.close(place.root);
      throw error;
    }
  }

  /** The number of CopyFile requests that arrived. */
  get requests(): number {
    return this.#requests;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#server.close();
    this.#place.sys.close(this.#place.root);
  }

  async #copyFile(request: CopyFileRequest): Promise<object> {
    const index = this.#requests;
    this.#requests += 1;
    try {
      const refusal = await this.#onRequest?.(request, index);
      if (refusal) throw refusalOf(refusal);
      // The directory's descriptor may be another file's by now.
      if (this.#closing) throw new TtrpcRefusal("INTERNAL", "the guest is closed");
      writeCopied(this.#place, request);
      return {};
    } catch (error) {
      if (error instanceof Unanswered || error instanceof TtrpcRefusal) throw error;
      throw new TtrpcRefusal("INTERNAL", messageOf(error), { cause: error });
    }
  }
}

function requestIn(message: CopyFileMessage): CopyFileRequest {
  const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = message;
  return { path, fileSize: Number(fileSize), fileMode, dirMode, uid, gid, offset: Number(offset), data };
}

async function listenOn(server: TtrpcServer, path: string): Promise<void> {
  const fault = socketPathFault(path);
  if (fault) throw new EmbeddedGuestError("socket", path, { code: fault.code, reason: `it ${fault.reason}` });
  try {
    await server.listen(`unix://${path}`);
  } catch (cause) {
    if (!(cause instanceof TtrpcListenError)) throw cause;
    throw new EmbeddedGuestError("socket", path, { code: cause.code, reason: cause.reason, cause });
  }
}

// As Kata's agent refuses them, whose ttrpc server is the one in Rust.
function unknownCall({ service, method }: { service: string; method: string }): TtrpcRefusal {
  if (service === AgentService.typeName)
    return new TtrpcRefusal("UNIMPLEMENTED", `${method} is not implemented`);
  return new TtrpcRefusal("INVALID_ARGUMENT", `there is no service ${service}`);
}

function refusalOf({ code, message }: GuestRefusal): TtrpcRefusal {
  if (Number.isInteger(code) && code >= 0 && code <= LAST_CODE)
    return new TtrpcRefusal(code, String(message));
  throw new TypeError(`onRequest refused with code ${code}, and gRPC's are from 0 to ${LAST_CODE}`);
}

// Kata's agent has the errno's name at the front or Rust's words for its number at the end, by the library that failed.
function messageOf(error: unknown): string {
  if (error instanceof SyscallError) return `${error.code}: ${error.reason} (os error ${error.errno})`;
  return error instanceof Error ? error.message : String(error);
}
