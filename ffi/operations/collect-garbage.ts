import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { MARK } from "../linux/mark.ts";
import { clearKata } from "../live/clear-kata.ts";
import { realDirectory } from "../live/real-directory.ts";
import { suspectNow, suspectsIn } from "../live/suspects.ts";
import {
  type FindHolders,
  findHoldersOnce,
  judge,
  type Living,
  type Suspect,
  type Verdict,
} from "../live/verdict.ts";
import { Performer } from "../performer.ts";
import { defaultGraceMs, type GcOptions, type GcResult, type LivingIds } from "./gc-options.ts";

/** Does what `gc` says, with options that were checked. */
export async function collect(options: GcOptions): Promise<GcResult[]> {
  const performer = new Performer({ id: "gc" }, { libc: options.libc });
  const { host } = await performer.open();
  const hostDir = realDirectory(host.sys, options.hostDir);
  const results: GcResult[] = [];
  const suspects = await suspectsIn(host, hostDir);
  // What is removed is judged anew before, each by a look of its own.
  const findHolders = findHoldersOnce(suspects);
  const { living } = options;
  const settings = { ...options, living: typeof living === "function" ? living : setOf(living) };
  for (const suspect of suspects)
    results.push(await new Collecting(host, hostDir, suspect, settings).run(findHolders));
  return results;
}

function setOf(ids: LivingIds): ReadonlySet<string> | undefined {
  return ids === undefined || ids instanceof Set ? ids : new Set(ids);
}

/** One sandbox that may be dead. */
class Collecting {
  readonly #host: Host;
  readonly #hostDir: string;
  readonly #suspect: Suspect;
  readonly #options: GcOptions;

  constructor(host: Host, hostDir: string, suspect: Suspect, options: GcOptions) {
    this.#host = host;
    this.#hostDir = hostDir;
    this.#suspect = suspect;
    this.#options = options;
  }

  async run(findHolders: FindHolders): Promise<GcResult> {
    const verdict = await judge(this.#host, this.#suspect, await this.#living(), findHolders);
    if (verdict.state !== "dead" || !this.#options.remove) return this.#result(verdict, false);
    try {
      return await (this.#isOurs() ? this.#cleanup(verdict) : this.#clear());
    } catch (error) {
      return { ...this.#result(verdict, false), error };
    }
  }

  // Where nothing is mounted, the mark tells: Kata makes none.
  #isOurs(): boolean {
    const { directory, found } = this.#suspect;
    if (found) return found.layout === "guestshare";
    const { sys } = this.#host;
    return sys.using(sys.openDirectory(AT_FDCWD, directory, O_RDONLY), (fd) => sys.list(fd).includes(MARK));
  }

  async #living(): Promise<Living> {
    const { living, graceMs = defaultGraceMs, isYoung } = this.#options;
    return { ids: setOf(typeof living === "function" ? await living() : living), graceMs, isYoung };
  }

  // Under the sandbox's lock it is judged once more: who prepares it again holds the lock meanwhile.
  async #cleanup(first: Verdict): Promise<GcResult> {
    const { id } = this.#suspect;
    const performer = new Performer({ id, hostDir: this.#hostDir }, { libc: this.#options.libc });
    const { core, host } = await performer.open();
    const plan = core.plan({ op: "cleanup", sandbox: performer.sandbox });
    let verdict = first;
    const planUnderLock = async () => {
      const now = await suspectNow(host, this.#hostDir, this.#suspect);
      verdict = await judge(host, now, await this.#living());
      return verdict.state === "dead" ? plan : { ...plan, steps: [] };
    };
    await performer.perform(host, plan, { planUnderLock });
    return this.#result(verdict, verdict.state === "dead");
  }

  async #clear(): Promise<GcResult> {
    // Of what is there, only mounts that were seen are unmounted.
    const suspect = this.#suspect.found
      ? this.#suspect
      : await suspectNow(this.#host, this.#hostDir, this.#suspect);
    const verdict = await judge(this.#host, suspect, await this.#living());
    if (verdict.state !== "dead") return this.#result(verdict, false);
    const { isGone, failures } = clearKata(this.#host.sys, suspect.directory, suspect.found);
    const result = this.#result(verdict, isGone);
    return failures.length === 0 ? result : { ...result, error: new AggregateError(failures) };
  }

  #result(verdict: Verdict, isRemoved: boolean): GcResult {
    const { id, directory, found } = this.#suspect;
    return { id, directory, ...(found && { layout: found.layout }), ...verdict, isRemoved };
  }
}
