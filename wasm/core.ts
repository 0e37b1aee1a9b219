import { bytes } from "./core-bytes.ts";
import { decodeBase64 } from "./decode.ts";
import { type Exports, type Input, readOutput, writeFastInput, writeInput, writeText } from "./memory.ts";
import { parsePlan, readPlan } from "./read-plan.ts";
import { type Refusal, RequestError } from "./request-error.ts";
import type { Op, PlanOf, RequestOf } from "./types.ts";

const ABI_VERSION = 1;

// So many plans of a core go through the engine's own JSON: ours is faster, but only once the engine has compiled it, and most
// processes share one container.
const COLD_PLANS = 32;

let compiling: Promise<WebAssembly.Module> | undefined;
let compiled: WebAssembly.Module | undefined;

/**
 * Loads the core. Nothing is fetched, because the core's bytes are part of this module.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 *
 * const core = await load();
 * const plan = core.plan({ op: "prepare", sandbox: { id: "s1" } });
 * console.log(plan.directory); // /run/kata-containers/shared/sandboxes/s1
 * ```
 */
export async function load(): Promise<Core> {
  if (!compiled) compiling ??= WebAssembly.compile(decodeBase64(bytes));
  const module = compiled ?? (await (compiling as Promise<WebAssembly.Module>));
  return new WasmCore(module, await WebAssembly.instantiate(module));
}

/**
 * Loads the core synchronously, which Node, Deno and web workers allow.
 *
 * @example
 * ```ts
 * import { loadSync } from "guestshare";
 *
 * const plan = loadSync().plan({ op: "prepare", sandbox: { id: "s1" } });
 * console.log(plan.storages[0]?.source); // kataShared
 * ```
 */
export function loadSync(): Core {
  compiled ??= new WebAssembly.Module(decodeBase64(bytes));
  return new WasmCore(compiled, new WebAssembly.Instance(compiled));
}

/** Makes plans of requests. The same request gives the same plan on every host. */
export interface Core {
  /**
   * Plans a request. The plan is deeply frozen: a list of steps, and what the caller needs to know besides.
   *
   * @throws {RequestError} if the core refuses the request, with the JSON path of the refused value.
   *
   * @example
   * ```ts
   * import { load } from "guestshare";
   *
   * const core = await load();
   * const plan = core.plan({
   *   op: "shareFile",
   *   sandbox: { id: "s1" },
   *   container: { id: "c1" },
   *   mount: { source: "/etc/hosts", destination: "/etc/hosts", readOnly: true },
   *   random: "0011223344556677",
   * });
   * console.log(plan.shared?.guestPath);
   * // /run/kata-containers/shared/containers/c1-0011223344556677-hosts
   * ```
   */
  plan<O extends Op>(request: RequestOf<O>): PlanOf<O>;

  /**
   * Plans a request that is JSON, as a text or UTF-8 bytes. The plan is JSON, too. Equal requests give equal plans.
   *
   * @throws {RequestError} if the core refuses the request, with the JSON path of the refused value.
   *
   * @example
   * ```ts
   * import { load } from "guestshare";
   *
   * const core = await load();
   * const json = core.planJson('{"op":"prepare","sandbox":{"id":"s1","sharedFs":"none"}}');
   * console.log(json);
   * // {"directory":"/run/kata-containers/shared/sandboxes/s1","steps":[],"storages":[]}
   * ```
   */
  planJson(request: string | Uint8Array): string;
}

class WasmCore implements Core {
  readonly #module: WebAssembly.Module;
  #exports: Exports;
  #plans = 0;

  constructor(module: WebAssembly.Module, instance: WebAssembly.Instance) {
    this.#module = module;
    this.#exports = exportsOf(instance);
  }

  plan<O extends Op>(request: RequestOf<O>): PlanOf<O> {
    const isCold = this.#plans < COLD_PLANS;
    if (isCold) this.#plans += 1;
    const fast = isCold ? undefined : writeFastInput(this.#exports, request);
    const json = this.#decide(fast ?? this.#write(toJson(request)));
    return (isCold ? parsePlan(json) : readPlan(json)) as PlanOf<O>;
  }

  planJson(request: string | Uint8Array): string {
    const input = writeInput(this.#exports, request);
    if (input) return this.#decide(input);
    throw tooLarge(request);
  }

  #write(json: string): Input {
    const input = writeText(this.#exports, json);
    if (input) return input;
    throw tooLarge(json);
  }

  #decide(input: Input): string {
    const written = this.#run(input);
    const json = readOutput(this.#exports, Math.abs(written));
    if (written >= 0) return json;
    throw new RequestError(JSON.parse(json) as Refusal);
  }

  #run({ start, length }: Input): number {
    try {
      return this.#exports.plan(start, length);
    } catch (error) {
      // A trap is a bug of the core. Its memory may be inconsistent then, so the instance is replaced.
      this.#exports = exportsOf(new WebAssembly.Instance(this.#module));
      throw error;
    }
  }
}

function exportsOf(instance: WebAssembly.Instance): Exports {
  const exports = instance.exports as unknown as Exports;
  if (exports.abi_version() !== ABI_VERSION) throw new Error(`Cannot load core: ABI ${ABI_VERSION} expected`);
  return exports;
}

function tooLarge({ length }: string | Uint8Array): RequestError {
  return new RequestError({ code: "too-large", subject: String(length), path: "" });
}

function toJson(request: unknown): string {
  try {
    return JSON.stringify(request) ?? "";
  } catch (cause) {
    throw new RequestError({ code: "not-json", subject: String(cause), path: "" }, { cause });
  }
}
