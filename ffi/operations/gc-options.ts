import { isAbsolute } from "node:path";
import type { Layout } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { Libc } from "../linux/libc.ts";
import type { Verdict } from "../live/verdict.ts";

/** What is collected, and what is known of the living. */
export interface GcOptions {
  /** The directory of the sandboxes. Nothing outside of it is touched. */
  readonly hostDir: string;
  /**
   * The ids of all sandboxes that live, from whoever knows: a runtime. A function is called for each sandbox once more before it is
   * removed, and gives undefined when nobody knows. Without it, only sandboxes are dead whose mount namespace is gone by proof, and those
   * of `guestshare/vm` whose process has ended.
   */
  readonly living?: LivingIds | (() => LivingIds | Promise<LivingIds>);
  /** Whether the dead are removed. Default false: what would be removed is only reported. */
  readonly remove?: boolean | undefined;
  /** How long a sandbox may not have changed to be dead, in milliseconds. Default 600,000. */
  readonly graceMs?: number | undefined;
  /** Whether a sandbox is young, by its id, whatever its directory says: one that a list had until now. Default: none is. */
  readonly isYoung?: ((id: string) => boolean) | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** The ids that live, of many as a set; undefined where nobody knows. */
export type LivingIds = readonly string[] | ReadonlySet<string> | undefined;

/** A sandbox that was looked at, and what became of it. */
export interface GcResult extends Verdict {
  /** The sandbox's id. */
  readonly id: string;
  /** The sandbox's directory. */
  readonly directory: string;
  /** Who made it; undefined where nothing is mounted in its directory. */
  readonly layout?: Layout | undefined;
  /** Whether it was removed. Of a dry run, false. */
  readonly isRemoved: boolean;
  /** Why it could not be removed, or not whole. */
  readonly error?: unknown;
}

/** How long a sandbox may not have changed to be dead, by default. */
export const defaultGraceMs = 600_000;

const names: OptionNames<GcOptions> = {
  hostDir: true,
  living: true,
  remove: true,
  graceMs: true,
  isYoung: true,
  libc: true,
};

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function checkGcOptions(options: GcOptions): void {
  checkOptionNames(options, names);
  const { hostDir, graceMs = 0 } = options;
  if (typeof hostDir !== "string" || !isAbsolute(hostDir) || hostDir === "/")
    throw new TypeError(
      `hostDir has to be the absolute path of a directory of sandboxes, not ${JSON.stringify(hostDir)}`,
    );
  if (typeof graceMs !== "number" || !(graceMs >= 0))
    throw new TypeError(`graceMs has to be a number of milliseconds, not ${JSON.stringify(graceMs)}`);
}
