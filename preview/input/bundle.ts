import type { PageState } from "../../link/state.ts";
import {
  type Container,
  type ContainerOptions,
  containerOf,
  FormatError,
  type Mount,
  rootFsOf,
  type Sandbox,
  withMountInfo,
  withPodBundle,
} from "../../mod.ts";
import { factsOf } from "./guess.ts";
import { valueOfJson } from "./json-place.ts";
import { InputMistake, type Place } from "./place.ts";

/** A container of the page, and where its fields were typed. */
export interface ReadContainer {
  readonly container: Container;
  /** The mounts that are from the config.json; those after them are layers, which are beside it. */
  readonly mountsOfConfig: number;
}

/**
 * The container that a config.json and what is beside it describe, with what is known of its sources.
 *
 * @throws {InputMistake} for what cannot be read, with its place.
 */
export function readContainer(state: PageState, index: number): ReadContainer {
  const input = state.containers[index];
  const configAt = (path: string): Place => ({ in: "config", container: index, path });
  const besideAt = (path: string): Place => ({ in: "beside", container: index, path });
  const config = valueOfJson(input?.config ?? "", configAt) as object;
  const { volumes, ...beside } = besideOf(valueOfJson(input?.beside ?? "", besideAt), besideAt);
  const container = reading(configAt, () => containerOf(config, beside));
  const { mounts = [], bundle } = container;
  const seen = mounts.map((mount) => {
    const source = isOfHost(mount) ? sourceOf(mount.source, bundle) : undefined;
    if (source === undefined) return mount;
    const volume = volumeOf(volumes, source, besideAt);
    return volume ? { ...mount, ...volume } : { ...mount, facts: factsOf(source, state.facts) };
  });
  return { container: { ...container, mounts: seen }, mountsOfConfig: listLength(config, "mounts") };
}

// Other types name no file of the host as their source.
function isOfHost({ type = "", options = [] }: Mount): boolean {
  const types = ["", "bind", "none", "local", "ephemeral"];
  return types.includes(type) || options.includes("bind") || options.includes("rbind");
}

/** The path of a source, from the bundle on; undefined for none. */
export function sourceOf(source: string | undefined, bundle: string | undefined): string | undefined {
  if (source === undefined || source === "" || !(source.startsWith("/") || bundle)) return undefined;
  return source.startsWith("/") ? source : `${bundle}/${source}`;
}

/** What a person typed beside a config.json. */
type Beside = ContainerOptions & { readonly volumes?: unknown };

// The fields that a direct volume's mountInfo.json gives the mount of that source.
function volumeOf(volumes: unknown, source: string, at: (path: string) => Place): Partial<Mount> | undefined {
  if (volumes === undefined) return undefined;
  if (!isRecord(volumes))
    throw new InputMistake("An object of volumes by their sources is expected", at("volumes"));
  const volume = Object.hasOwn(volumes, source) ? volumes[source] : undefined;
  if (volume === undefined) return undefined;
  const path = `volumes.${source}`;
  if (!isRecord(volume) || !isRecord(volume.mountInfo))
    throw new InputMistake('{"mountInfo": {...}, "blockDrive": {...}} is expected', at(path));
  const { mountInfo, blockDrive } = volume;
  const placeAt = (below: string) => at(below === "" ? path : `${path}.mountInfo.${below}`);
  const {
    source: _,
    destination: __,
    ...fields
  } = reading(placeAt, () => withMountInfo({ source, destination: source }, mountInfo));
  return { ...fields, blockDrive: blockDrive as Mount["blockDrive"] };
}

// "rootFs" may be as containerd or ctr print it.
function besideOf(value: unknown, at: (path: string) => Place): Beside {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputMistake('An object is expected here, such as {"id": "c1"}', at(""));
  const options = value as Beside & { rootFs?: unknown };
  const { rootFs } = options;
  const isContainerds =
    typeof rootFs === "string" || Array.isArray(rootFs) || (isRecord(rootFs) && "Type" in rootFs);
  if (!isContainerds) return options;
  const read = reading(
    () => at("rootFs"),
    () => rootFsOf(rootFs as string | object),
  );
  return { ...options, rootFs: read };
}

/** What somebody's reader gives; its refusal becomes a mistake at its place. */
export function reading<T>(placeAt: (path: string) => Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) throw new InputMistake(error.message, placeAt(error.path));
    if (error instanceof TypeError) throw new InputMistake(error.message, placeAt(""));
    throw error;
  }
}

/** The sandbox of the form. Whether it is one, the core says. */
export function sandboxOfForm(state: PageState): Sandbox {
  return state.sandbox as unknown as Sandbox;
}

/** The size of /dev/shm that a config.json gives its sandbox; undefined if another container's does. */
export function shmSizeOf(config: string): number | undefined {
  try {
    return withPodBundle({ id: "s1" }, config, { sizeOf: () => 64 * 1024 * 1024 }).shmSize;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function listLength(value: unknown, name: string): number {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list.length : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
