import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import {
  type Container,
  directVolumePath,
  type Mount,
  type RootFs,
  type SourceFacts,
  withMountInfo,
} from "../mod.ts";
import type { Host } from "./linux/host.ts";
import { Lookout, type Questions } from "./linux/source-facts.ts";

// What the core has to know of this host to plan, found out in one place. What is wrong in a request is the core's to say:
// it is left as it is.

/** A container with what the host sees of its sources. */
export function withFacts(host: Host, container: Container): Container {
  if (!isRecord(container)) return container;
  const { mounts, rootFs, bundle, blockDrive } = container;
  const facts = new Facts(host, bundle);
  return {
    ...container,
    ...(Array.isArray(mounts) && { mounts: mounts.map((mount) => facts.ofMount(mount)) }),
    ...(rootFs && isRecord(rootFs) && { rootFs: facts.ofRoot(rootFs, blockDrive !== undefined) }),
  };
}

/** A mount with what the host sees of its source. */
export function mountWithFacts(host: Host, mount: Mount, bundle?: string): Mount {
  return new Facts(host, bundle).ofMount(mount);
}

class Facts {
  readonly #lookout: Lookout;
  readonly #bundle: string | undefined;
  #hasDirectVolumes: boolean | undefined;

  constructor(host: Host, bundle: unknown) {
    this.#lookout = new Lookout(host);
    this.#bundle = typeof bundle === "string" ? bundle : undefined;
  }

  ofMount(mount: Mount): Mount {
    const path = isRecord(mount) ? this.#sourcePath(mount) : undefined;
    if (path === undefined) return mount;
    const volume = this.#withDirectVolume(mount, path);
    // Only such volumes are watched, so only their files are counted.
    const files = /\/kubernetes\.io~(?:configmap|secret)\//.test(path);
    const facts = this.#look(path, { files, mountsBelow: listOf(mount.options).includes("rbind") });
    return facts ? { ...volume, facts } : volume;
  }

  // What is no path is the name of a filesystem.
  #sourcePath({ source, type, options }: Mount): string | undefined {
    if (typeof source !== "string" || source === "") return undefined;
    if (isAbsolute(source)) return source;
    const saysBind = listOf(options).some((option) => option === "bind" || option === "rbind");
    const isBind = saysBind || type === undefined || ["", "none", "bind"].includes(type);
    return isBind && this.#bundle !== undefined ? join(this.#bundle, source) : undefined;
  }

  #withDirectVolume(mount: Mount, path: string): Mount {
    this.#hasDirectVolumes ??= existsSync(dirname(dirname(directVolumePath("any"))));
    if (!this.#hasDirectVolumes || mount.directVolume) return mount;
    const info = directVolumePath(path);
    return existsSync(info) ? withMountInfo(mount, readFileSync(info, "utf8")) : mount;
  }

  ofRoot(rootFs: RootFs, isDisk: boolean): RootFs {
    const { source, type, options } = rootFs;
    if (isDisk && typeof source === "string" && isAbsolute(source)) {
      const facts = this.#look(source);
      return facts ? { ...rootFs, facts } : rootFs;
    }
    const layers = type === "overlay" ? layersOf(listOf(options)) : [];
    const isErofs = layers.some((path) => this.#look(path)?.filesystem === "erofs");
    return isErofs ? { ...rootFs, facts: { filesystem: "erofs" } } : rootFs;
  }

  // The core is the judge of its words.
  #look(path: string, questions?: Questions): SourceFacts | undefined {
    return this.#lookout.look(path, questions) as SourceFacts | undefined;
  }
}

// The directories of an overlay, as Kata's parseErofsRootFsOptions takes them from its options.
function layersOf(options: readonly string[]): string[] {
  const valuesOf = (key: string) =>
    options.filter((option) => option.startsWith(key)).map((option) => option.slice(key.length));
  return [...valuesOf("lowerdir=").flatMap((paths) => paths.split(":")), ...valuesOf("upperdir=")];
}

function listOf(options: unknown): string[] {
  return Array.isArray(options) ? options.filter((option) => typeof option === "string") : [];
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
