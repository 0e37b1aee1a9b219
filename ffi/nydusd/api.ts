import { setTimeout as sleep } from "node:timers/promises";
import { type DaemonInfo, daemonInfoOf, refusalOf } from "./answers.ts";
import { NydusdError, type NydusdRequest } from "./error.ts";
import { type Answer, ask, NoAnswer, type Question } from "./http.ts";

/** The body of a mount request, in nydusd's words. */
export interface MountBody {
  readonly fs_type: string;
  readonly source: string;
  readonly config: string;
}

const infoQuestion = { method: "GET", path: "/api/v1/daemon" } as const;

// nydusd reads "+" as a space, as forms have it; encodeURIComponent leaves none.
const mountPathOf = (mountpoint: string) => `/api/v1/mount?mountpoint=${encodeURIComponent(mountpoint)}`;

// A process that is killed closes its connections a moment before the socket that it listens on.
const DYING_MS = 20;
const LAST_LOOK_MS = 1000;

/** What a request for the daemon's information is for. */
export interface InfoPurpose {
  readonly mountpoint?: string | undefined;
  /** How long the answer may take. Default, and at most: as long as for any request. */
  readonly withinMs?: number | undefined;
}

/** Makes nydusd's requests. Every failure is a NydusdError. */
export class Api {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  constructor(socketPath: string, timeoutMs: number) {
    this.#socketPath = socketPath;
    this.#timeoutMs = timeoutMs;
  }

  /** The daemon's state and mounts. The request is the one that needs them, for errors. */
  async info(
    request: NydusdRequest,
    { mountpoint = "", withinMs = this.#timeoutMs }: InfoPurpose = {},
  ): Promise<DaemonInfo> {
    const answer = await this.#ask(request, mountpoint, infoQuestion, Math.min(withinMs, this.#timeoutMs));
    if (answer.status !== 200) throw refused(request, mountpoint, answer);
    const info = daemonInfoOf(answer);
    if (info) return info;
    const reason = "the answer to GET /api/v1/daemon has no state";
    throw new NydusdError({ request, mountpoint, status: answer.status, code: "EPROTO", reason });
  }

  /** The type of the filesystem that is mounted there: "Rafs" or "PassthroughFs"; "none"; or "unknown" where nydusd has no list. */
  async typeAt(request: NydusdRequest, mountpoint: string): Promise<string> {
    const { types } = await this.info(request, { mountpoint });
    return types ? (types.get(mountpoint) ?? "none") : "unknown";
  }

  mount(mountpoint: string, body: MountBody): Promise<void> {
    const question = { method: "POST", path: mountPathOf(mountpoint), body: JSON.stringify(body) } as const;
    return this.#demand("mount", mountpoint, question);
  }

  umount(mountpoint: string): Promise<void> {
    return this.#demand("umount", mountpoint, { method: "DELETE", path: mountPathOf(mountpoint) });
  }

  async #demand(request: NydusdRequest, mountpoint: string, question: Demand): Promise<void> {
    const answer = await this.#ask(request, mountpoint, question, this.#timeoutMs);
    if (answer.status !== 204) throw refused(request, mountpoint, answer);
  }

  async #ask(
    request: NydusdRequest,
    mountpoint: string,
    question: Demand,
    timeoutMs: number,
  ): Promise<Answer> {
    try {
      return await ask({ ...question, socketPath: this.#socketPath, timeoutMs });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      const isAbsent = error.isAbsent || (error.code === "ECONNRESET" && (await this.#isGone(timeoutMs)));
      throw new NydusdError({
        ...{ request, mountpoint, code: error.code, reason: error.message, isAbsent, cause: error },
      });
    }
  }

  // Whether nydusd closed the connection because nydusd itself ended.
  async #isGone(timeoutMs: number): Promise<boolean> {
    await sleep(DYING_MS);
    try {
      await ask({
        ...infoQuestion,
        socketPath: this.#socketPath,
        timeoutMs: Math.min(timeoutMs, LAST_LOOK_MS),
      });
      return false;
    } catch (error) {
      return error instanceof NoAnswer && error.isAbsent;
    }
  }
}

type Demand = Omit<Question, "socketPath" | "timeoutMs">;

function refused(request: NydusdRequest, mountpoint: string, answer: Answer): NydusdError {
  return new NydusdError({ request, mountpoint, status: answer.status, ...refusalOf(answer) });
}
