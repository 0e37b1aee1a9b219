import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import {
  type Container,
  directVolumePath,
  type Mount,
  type RootFs,
  type SourceFacts,
  withMountInfo,
} from "../mod.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import { NotAtHand } from "./linux/at-hand.ts";
import type { Host } from "./linux/host.ts";
import { paced, type Work } from "./linux/paced.ts";
import { Lookout, type Questions } from "./linux/source-facts.ts";
import { emptyDirNear } from "./linux/sub-path.ts";
import { WaitedSources } from "./linux/waited-sources.ts";
import { sourcePath } from "./source-path.ts";

// What the core has to know of this host to plan, found out in one place. What is wrong in a request is the core's to say:
// it is left as it is.

/**
 * A container with what the host sees of its sources; a promise where there is much to look at, or a server is asked.
 *
 * @throws {NotAtHand} without limits, where a server has to be asked.
 */
export function withFacts(
  host: Host,
  container: Container,
  limits?: AskLimits,
): Container | Promise<Container> {
  if (!isRecord(container)) return container;
  return look(host, limits, (waited) =>
    containerWithFacts(new Facts(host, container.bundle, waited), container),
  );
}

/** A mount with what the host sees of its source; likewise. */
export function mountWithFacts(
  host: Host,
  mount: Mount,
  limits?: AskLimits,
  bundle?: string,
): Mount | Promise<Mount> {
  return look(host, limits, function* (waited) {
    const facts = new Facts(host, bundle, waited);
    const [seen = mount] = yield* facts.ofMounts([mount]);
    facts.mustBeAtHand();
    return seen;
  });
}

// What needs a server's answer is looked at again, once all servers have answered.
function look<T>(
  host: Host,
  limits: AskLimits | undefined,
  work: (waited?: WaitedSources) => Work<T>,
): T | Promise<T> {
  return paced(
    (function* (): Work<T> {
      let waited: WaitedSources | undefined;
      try {
        for (;;) {
          try {
            return yield* work(waited);
          } catch (error) {
            if (!(error instanceof NotAtHand && limits)) throw error;
            waited ??= new WaitedSources(host.sys, host.table, limits);
            yield waited.wait(error);
          }
        }
      } finally {
        waited?.close();
      }
    })(),
  );
}

function* containerWithFacts(facts: Facts, container: Container): Work<Container> {
  const { mounts, rootFs, blockDrive, fstype } = container;
  const seen = Array.isArray(mounts) ? yield* facts.ofMounts(mounts) : undefined;
  const root =
    rootFs && isRecord(rootFs)
      ? yield* facts.ofRoot(rootFs, blockDrive !== undefined && Boolean(fstype))
      : undefined;
  facts.mustBeAtHand();
  return { ...container, ...(seen && { mounts: seen }), ...(root && { rootFs: root }) };
}

class Facts {
  readonly #host: Host;
  readonly #lookout: Lookout;
  readonly #bundle: string | undefined;
  readonly #missing: NotAtHand[] = [];
  #hasDirectVolumes: boolean | undefined;

  constructor(host: Host, bundle: unknown, waited: WaitedSources | undefined) {
    this.#host = host;
    this.#lookout = new Lookout(host, waited);
    this.#bundle = typeof bundle === "string" ? bundle : undefined;
  }

  *ofMounts(mounts: readonly Mount[]): Work<Mount[]> {
    if (mounts.some((mount) => isRecord(mount) && isRecursive(mount))) yield* this.#lookout.readMounts();
    const seen: Mount[] = [];
    for (const mount of mounts) {
      seen.push(this.#ofMount(mount));
      const pause = this.#host.sys.pause();
      if (pause) yield pause;
    }
    return seen;
  }

  #ofMount(mount: Mount): Mount {
    const path = isRecord(mount) ? sourcePath(mount, this.#bundle) : undefined;
    if (path === undefined) return mount;
    const emptyDir = emptyDirNear(path);
    const volume = this.#withDirectVolume(mount, emptyDir ?? path);
    // Only such volumes are watched, so only their files are counted.
    const files = /\/kubernetes\.io~(?:configmap|secret)\//.test(path);
    // Only of such volumes it matters.
    const mountPoint = mount.type === "local" || path.includes("/kubernetes.io~empty-dir/");
    const facts = this.#look(path, { files, mountsBelow: isRecursive(mount), mountPoint, emptyDir });
    return facts ? { ...volume, facts } : volume;
  }

  #withDirectVolume(mount: Mount, path: string): Mount {
    this.#hasDirectVolumes ??= existsSync(dirname(dirname(directVolumePath("any"))));
    if (!this.#hasDirectVolumes || mount.directVolume) return mount;
    // By the path as it stands, as Kata has it, and by the cleaned one.
    const info = Array.from(new Set([path, normalize(path)]), directVolumePath).find(existsSync);
    return info === undefined ? mount : withMountInfo(mount, readFileSync(info, "utf8"));
  }

  *ofRoot(rootFs: RootFs, isDisk: boolean): Work<RootFs> {
    const { source, type, options } = rootFs;
    if (isDisk && typeof source === "string" && isAbsolute(source)) {
      const facts = this.#look(source);
      return facts ? { ...rootFs, facts } : rootFs;
    }
    const layers = type === "overlay" ? layersOf(listOf(options)) : [];
    for (const path of layers) {
      const pause = this.#host.sys.pause();
      if (pause) yield pause;
      const facts = this.#look(path);
      if (facts?.filesystem === "erofs") return { ...rootFs, facts: { filesystem: "erofs" } };
    }
    return this.#ofTarget(rootFs);
  }

  // Only what is no directory has to be known. Why one is missing, opening it tells.
  #ofTarget(rootFs: RootFs): RootFs {
    const { target } = rootFs;
    if (typeof target !== "string" || target === "") return rootFs;
    const path = isAbsolute(target) || this.#bundle === undefined ? target : join(this.#bundle, target);
    const kind = isAbsolute(path) ? this.#look(path)?.kind : undefined;
    return kind === undefined || kind === "directory" || kind === "missing"
      ? rootFs
      : { ...rootFs, facts: { kind } };
  }

  // The core is the judge of its words. All servers are asked at once, when all sources were looked at.
  #look(path: string, questions?: Questions): SourceFacts | undefined {
    try {
      return this.#lookout.look(path, questions) as SourceFacts | undefined;
    } catch (error) {
      if (!(error instanceof NotAtHand)) throw error;
      this.#missing.push(error);
      return undefined;
    }
  }

  /** @throws {NotAtHand} with the sources that were not at hand. */
  mustBeAtHand(): void {
    const [first] = this.#missing;
    if (!first) return;
    const question = this.#missing.some((missing) => missing.question === "list") ? "list" : first.question;
    throw new NotAtHand(
      this.#missing.flatMap(({ paths }) => paths),
      question,
    );
  }
}

// The directories of an overlay, as Kata's parseErofsRootFsOptions takes them from its options.
function layersOf(options: readonly string[]): string[] {
  const valuesOf = (key: string) =>
    options.filter((option) => option.startsWith(key)).map((option) => option.slice(key.length));
  return [...valuesOf("lowerdir=").flatMap((paths) => paths.split(":")), ...valuesOf("upperdir=").slice(-1)];
}

function isRecursive({ options }: Mount): boolean {
  return listOf(options).includes("rbind");
}

function listOf(options: unknown): string[] {
  return Array.isArray(options) ? options.filter((option) => typeof option === "string") : [];
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
