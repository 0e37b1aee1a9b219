import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LibcName } from "../../ffi/mod.ts";
import { packageRoot } from "../support/package-root.ts";
import type { Call, Outcome } from "../support/programs/obey.ts";
import { Worker } from "../support/sandbox/worker.ts";
import type { Scratch } from "../support/scratch.ts";
import type { Dice } from "./dice.ts";

const SHARES = 4;
const LAST_CALL = 60;

// Node's worker takes koffi where it finds it, which the tests' own options may forbid.
const withoutKoffi = pathToFileURL(join(packageRoot, "dist/tests/support/runner/without-koffi.js")).href;
const commands: Readonly<Record<LibcName, readonly string[]>> = {
  koffi: ["env", "-u", "NODE_OPTIONS"],
  "ffi-rs": ["env", `NODE_OPTIONS=--import=${withoutKoffi}`],
  deno: [],
};

/** How the calls of an engine ended; undefined where it was killed. */
export type Ends = readonly Outcome[] | undefined;

/** What an engine shares, and whether it has to be there; undefined where nobody can know. */
export interface Share {
  readonly digits: string;
  /** A whole container, whose file is a share that the containers of all engines use. */
  readonly isContainer: boolean;
  isThere: boolean | undefined;
}

/** A process that shares by one engine with a sandbox which is not its alone. It has a container of its own. */
export class Engine {
  readonly name: LibcName;
  readonly shares: readonly Share[];
  readonly #within: readonly string[];
  #worker: Worker | undefined;

  /** `within` is what its command is put behind. */
  constructor(name: LibcName, within: readonly string[] = []) {
    this.name = name;
    this.#within = within;
    this.shares = Array.from({ length: SHARES }, (_, i) => ({
      ...{ digits: `${i}`.repeat(16), isThere: false, isContainer: i === SHARES - 1 },
    }));
  }

  /** What a share is called in the hub. */
  nameOf({ digits, isContainer }: Share): string {
    return isContainer ? `c-${this.name}/rootfs` : `c-${this.name}-${digits}-file`;
  }

  /** Calls for some of its shares, each once: what is not there is shared, what is there unshared. */
  callsFor(scratch: Scratch, shares: readonly Share[]): Call[] {
    const id = `c-${this.name}`;
    const mount = { source: `${scratch.path}/file`, destination: "/file", readOnly: true };
    const whole = { id, rootFs: { target: scratch.directory("root") }, mounts: [mount] };
    return shares.map((share) => {
      const isThere = share.isThere === true;
      if (share.isContainer) return [isThere ? "unshareContainer" : "shareContainer", whole];
      if (!isThere) return ["shareFile", { id }, mount, { random: share.digits }];
      return ["unshareFile", { id }, { ...mount, hostPath: scratch.hub(this.nameOf(share)) }];
    });
  }

  /** Makes calls, all started together. With `dice` it may be killed before one of its system calls. */
  async obey(scratch: Scratch, calls: readonly Call[], dice?: Dice): Promise<Ends> {
    this.#worker ??= await Worker.start(this.name === "deno" ? "deno" : "node", [
      ...this.#within,
      ...commands[this.name],
    ]);
    const order = { sandbox: scratch.sandbox(), calls };
    if (!dice?.onceIn(4)) return this.#worker.obey(order);
    const worker = this.#worker;
    this.#worker = undefined;
    const { signal, stdout } = await worker.die({ ...order, killAt: 1 + dice.below(LAST_CALL) });
    if (signal === "SIGKILL") return undefined;
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Outcome[];
  }

  async end(): Promise<void> {
    await this.#worker?.end();
    this.#worker = undefined;
  }
}
