import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { CopyFileRequest } from "../agent/agent.ts";
import type { Libc } from "../linux/libc.ts";
import { type Generation, generations } from "./generation.ts";

/** A status that a request is refused with. */
export interface GuestRefusal {
  /**
   * gRPC's number: 13 is INTERNAL, which the agent answers if writing fails; 7 PERMISSION_DENIED, if its policy refuses; 0 OK, as
   * if the request were done.
   */
  readonly code: number;
  /** The explanation that the client gets. */
  readonly message: string;
}

/** How an embedded guest works. */
export interface EmbeddedGuestOptions {
  /** The generation of agents whose rules it follows. Default "4.0". */
  readonly generation?: Generation | undefined;
  /**
   * The path that its directory has for clients: a file that is copied to `<shareDir>/c1` arrives at `<directory>/c1`, and a path
   * that is not below is refused. Default "/run/kata-containers/shared/containers", as in Kata.
   */
  readonly shareDir?: string | undefined;
  /**
   * Sees each request before it is done; `index` counts from 0. It may take its time, for other requests are worked on meanwhile.
   * It refuses the request by the refusal that it gives; if it throws, the answer is INTERNAL. So a test gives a client the faults
   * that it wants. `data` is the request's own memory.
   */
  readonly onRequest?: OnRequest | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** Sees a request, and may refuse it. */
export type OnRequest = (
  request: CopyFileRequest,
  index: number,
) => GuestRefusal | undefined | Promise<GuestRefusal | undefined>;

/** The values of options that are not given. */
export const defaults = { generation: "4.0", shareDir: "/run/kata-containers/shared/containers" } as const;

const names: OptionNames<EmbeddedGuestOptions> = {
  ...{ generation: true, shareDir: true, onRequest: true, libc: true },
};

/** @throws {TypeError} for wrong options. */
export function checkGuestOptions(options: EmbeddedGuestOptions): void {
  checkOptionNames(options, names);
  const { generation = defaults.generation, shareDir = defaults.shareDir, onRequest } = options;
  if (!generations.includes(generation)) {
    const known = generations.map((name) => JSON.stringify(name)).join(", ");
    throw new TypeError(`generation has to be one of ${known}, not ${JSON.stringify(generation)}`);
  }
  if (!shareDir.startsWith("/") || shareDir.includes("\0") || shareDir.split("/").includes(".."))
    throw new TypeError(`shareDir has to be an absolute path without .., not ${JSON.stringify(shareDir)}`);
  if (onRequest !== undefined && typeof onRequest !== "function")
    throw new TypeError("onRequest has to be a function");
}
