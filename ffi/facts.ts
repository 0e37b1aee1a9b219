import { Buffer } from "node:buffer";
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
import { NotAtHand } from "./linux/cached-source.ts";
import type { Host } from "./linux/host.ts";
import type { KeptSources } from "./linux/kept-sources.ts";
import { paced, type Work } from "./linux/paced.ts";
import { type Questions, SourceInspector } from "./linux/source-facts.ts";
import { WaitedSources } from "./linux/waited-sources.ts";
import { emptyDirNear, isRecord, isRecursive, overlayLayers, sourcePath } from "./request-fields.ts";

// What the core has to know of this host to plan, found out in one place. Only the core judges a request: wrong fields stay as
// they are.

/** How facts are found out. */
export interface Looking {
  /** How long a server may take to answer; without limits none is asked. */
  readonly limits?: AskLimits;
  /** Takes the sources that stay open for their shares. */
  readonly kept?: KeptSources | undefined;
}

/**
 * A container with facts about its sources. They are there at once where few calls find them out, so that operations keep
 * their order; else a promise gives them.
 *
 * @throws {NotAtHand} without limits, where a server has to be asked.
 */
export function withFacts(
  host: Host,
  container: Container,
  looking: Looking,
): Container | Promise<Container> {
  return isRecord(container) ? paced(findFacts(host, container, looking)) : container;
}

// Each time facts need the answer of a server, the server is waited for, and all are found out anew.
function* findFacts(host: Host, container: Container, { limits, kept }: Looking): Work<Container> {
  let waited: WaitedSources | undefined;
  try {
    for (;;) {
      try {
        return yield* containerWithFacts(new Facts(host, container.bundle, { waited, kept }), container);
      } catch (error) {
        kept?.clear();
        if (!(error instanceof NotAtHand && limits)) throw error;
        waited ??= new WaitedSources(host.sys, host.table, limits);
        yield waited.wait(error);
      }
    }
  } finally {
    waited?.close();
    host.sys.closeLate();
  }
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

interface Opening {
  readonly waited: WaitedSources | undefined;
  readonly kept: KeptSources | undefined;
}

class Facts {
  readonly #host: Host;
  readonly #inspector: SourceInspector;
  readonly #bundle: string | undefined;
  readonly #kept: KeptSources | undefined;
  readonly #missing: NotAtHand[] = [];
  #hasDirectVolumes: boolean | undefined;

  constructor(host: Host, bundle: unknown, { waited, kept }: Opening) {
    this.#host = host;
    this.#kept = kept;
    this.#inspector = new SourceInspector(host, waited);
    this.#bundle = typeof bundle === "string" ? bundle : undefined;
  }

  *ofMounts(mounts: readonly Mount[]): Work<Mount[]> {
    if (mounts.some((mount) => isRecord(mount) && isRecursive(mount))) yield* this.#inspector.readMounts();
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
    // Only these volumes are watched, so only their files are counted.
    const files = path.includes("/kubernetes.io~configmap/") || path.includes("/kubernetes.io~secret/");
    // Only for these volumes the plan depends on it.
    const mountPoint = mount.type === "local" || path.includes("/kubernetes.io~empty-dir/");
    const submounts = isRecursive(mount);
    const facts = this.#inspect(path, { files, submounts, mountPoint, emptyDir, kept: this.#kept });
    return facts ? { ...volume, facts } : volume;
  }

  #withDirectVolume(mount: Mount, path: string): Mount {
    const { sys } = this.#host;
    this.#hasDirectVolumes ??= sys.exists(dirname(dirname(directVolumePath("any"))));
    if (!this.#hasDirectVolumes || mount.directVolume) return mount;
    // By the path as it stands, as Kata has it, and by the cleaned one.
    const paths = Array.from(new Set([path, normalize(path)]), directVolumePath);
    const info = paths.find((one) => sys.exists(one));
    return info === undefined ? mount : withMountInfo(mount, Buffer.from(sys.readFile(info)).toString());
  }

  *ofRoot(rootFs: RootFs, isDisk: boolean): Work<RootFs> {
    const { source, type, options } = rootFs;
    if (isDisk && typeof source === "string" && isAbsolute(source)) {
      const facts = this.#inspect(source);
      return facts ? { ...rootFs, facts } : rootFs;
    }
    const layers = type === "overlay" ? overlayLayers(options) : [];
    for (const path of layers) {
      const pause = this.#host.sys.pause();
      if (pause) yield pause;
      const facts = this.#inspect(path);
      if (facts?.filesystem === "erofs") return { ...rootFs, facts: { filesystem: "erofs" } };
    }
    return this.#ofTarget(rootFs);
  }

  // The core refuses a target that is no directory. A missing target is left to the step that opens it.
  #ofTarget(rootFs: RootFs): RootFs {
    const { target } = rootFs;
    if (typeof target !== "string" || target === "") return rootFs;
    const path = isAbsolute(target) || this.#bundle === undefined ? target : join(this.#bundle, target);
    const kind = isAbsolute(path) ? this.#inspect(path, { kept: this.#kept })?.kind : undefined;
    return kind === undefined || kind === "directory" || kind === "missing"
      ? rootFs
      : { ...rootFs, facts: { kind } };
  }

  // The core judges the attributes' words. Servers are asked all at once, after all sources were inspected.
  #inspect(path: string, questions?: Questions): SourceFacts | undefined {
    try {
      return this.#inspector.inspect(path, questions) as SourceFacts | undefined;
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
    const paths = this.#missing.flatMap(({ paths }) => paths);
    throw new NotAtHand(paths, question);
  }
}
