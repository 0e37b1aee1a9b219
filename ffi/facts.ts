import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import {
  type Attribute,
  type Container,
  directVolumePath,
  type Mount,
  type RootFs,
  type SourceFacts,
  withMountInfo,
} from "../mod.ts";
import type { Host } from "./linux/host.ts";
import { look, type SeenMounts } from "./linux/source-facts.ts";

// What the core has to know of this host to plan, found out in one place.

/** A container with what the host sees of its sources. */
export function withFacts(host: Host, container: Container): Container {
  const facts = new Facts(host, container?.bundle);
  const { mounts, rootFs } = container ?? {};
  return {
    ...container,
    ...(Array.isArray(mounts) ? { mounts: mounts.map((mount) => facts.ofMount(mount)) } : {}),
    ...(rootFs ? { rootFs: facts.ofRoot(rootFs, container.blockDrive !== undefined) } : {}),
  };
}

/** A mount with what the host sees of its source. */
export function mountWithFacts(host: Host, mount: Mount, bundle?: string): Mount {
  return new Facts(host, bundle).ofMount(mount);
}

class Facts {
  readonly #host: Host;
  readonly #bundle: string | undefined;
  readonly #mounts: SeenMounts = new Map();
  #hasDirectVolumes: boolean | undefined;

  constructor(host: Host, bundle: string | undefined) {
    this.#host = host;
    this.#bundle = bundle;
  }

  ofMount(mount: Mount): Mount {
    const path = this.#sourcePath(mount);
    if (path === undefined) return mount;
    const volume = this.#withDirectVolume(mount, path);
    // Only the kubelet's volumes are watched, so only their files are counted.
    const facts = this.#look(path, path.includes("/kubernetes.io~"));
    return facts ? { ...volume, facts } : volume;
  }

  // What is no path is the name of a filesystem.
  #sourcePath({ source, type, options }: Mount): string | undefined {
    if (typeof source !== "string" || source === "") return undefined;
    if (isAbsolute(source)) return source;
    const isBind = type === "bind" || options?.includes("bind") || options?.includes("rbind");
    return isBind && this.#bundle !== undefined ? join(this.#bundle, source) : undefined;
  }

  #withDirectVolume(mount: Mount, path: string): Mount {
    this.#hasDirectVolumes ??= existsSync(dirname(dirname(directVolumePath("any"))));
    if (!this.#hasDirectVolumes || mount.directVolume) return mount;
    const info = directVolumePath(path);
    return existsSync(info) ? withMountInfo(mount, readFileSync(info, "utf8")) : mount;
  }

  ofRoot(rootFs: RootFs, isDisk: boolean): RootFs {
    if (isDisk && rootFs.source && isAbsolute(rootFs.source)) {
      const facts = this.#look(rootFs.source, false);
      return facts ? { ...rootFs, facts } : rootFs;
    }
    if (rootFs.type !== "overlay" || !Array.isArray(rootFs.options)) return rootFs;
    const isErofs = layersOf(rootFs.options).some((path) => this.#look(path, false)?.filesystem === "erofs");
    return isErofs ? { ...rootFs, facts: { filesystem: "erofs" } } : rootFs;
  }

  #look(path: string, counted: boolean): SourceFacts | undefined {
    const seen = look(this.#host, path, this.#mounts, counted);
    return seen as (typeof seen & { attributes?: readonly Attribute[] }) | undefined;
  }
}

// The directories of an overlay, as Kata's parseErofsRootFsOptions takes them from its options.
function layersOf(options: readonly string[]): string[] {
  const valuesOf = (key: string) =>
    options.filter((option) => option.startsWith(key)).map((option) => option.slice(key.length));
  return [...valuesOf("lowerdir=").flatMap((paths) => paths.split(":")), ...valuesOf("upperdir=")];
}
