import type { ContainerInput, PageState } from "../../link/state.ts";
import { type BlockDrive, type Mount, type PlanRequest, withMountInfo } from "../../mod.ts";
import { compactJson } from "../parts/compact-json.ts";
import { reading } from "./bundle.ts";
import { InputMistake } from "./place.ts";
import type { TakenText } from "./taken-text.ts";

// Only who attaches the disk knows these. There is one for each driver, so that each finds its own.
const guessedDrive: BlockDrive = {
  ...{ pciPath: "03/01", scsiAddr: "0:1", virtPath: "/dev/vdb", devNo: "0.0.0001" },
};

/** Whether a value is what Kata's mountInfo.json has of a direct volume. */
export function isMountInfo(value: object): boolean {
  return "device" in value && ("fstype" in value || "volume-type" in value);
}

/**
 * The page with a direct volume in the place of a mount: of the one that was chosen, or of the only one that a CSI driver made.
 *
 * @throws {InputMistake} if nobody says which mount is meant.
 */
export function withVolume(mountInfo: object, state: PageState, chosen: string | undefined): TakenText {
  const isRequest = state.from === "request";
  const mounts = isRequest ? mountsOfRequests(state.request) : state.containers.flatMap(mountsOfConfig);
  const sources = [...new Set(mounts.flatMap(({ source }) => source || []))];
  const source = sources.find((one) => one === chosen) ?? onlyOf(sources.filter((one) => ofCsi.test(one)));
  if (source === undefined)
    throw new InputMistake(
      "A mountInfo.json does not say which mount it is for: choose that mount in the picture, and drop it again",
      { in: "request", path: "" },
    );
  const taken = isRequest ? inRequests(mountInfo, state, source) : inBundle(mountInfo, state, source);
  return { state: taken, what: `the direct volume of ${source}; the addresses of its disk are a guess` };
}

const ofCsi = /\/kubernetes\.io~csi\/[^/]+\/mount\/?$/;

function onlyOf(list: readonly string[]): string | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function mountsOfConfig({ config }: ContainerInput): Mount[] {
  const value = parsed(config) as { mounts?: unknown } | undefined;
  return Array.isArray(value?.mounts) ? value.mounts.filter((one) => typeof one?.source === "string") : [];
}

function mountsOfRequests(text: string): Mount[] {
  const value = parsed(text);
  const requests = (Array.isArray(value) ? value : [value]) as (PlanRequest | undefined)[];
  return requests.flatMap((request) => (request?.op === "shareContainer" && request.container?.mounts) || []);
}

function inRequests(mountInfo: object, state: PageState, source: string): PageState {
  const value = JSON.parse(state.request, (_, part) =>
    part?.source === source && typeof part.destination === "string" ? withDrive(part, mountInfo) : part,
  );
  return { ...state, request: compactJson(value) };
}

function withDrive(mount: Mount, mountInfo: object): Mount {
  const read = reading(
    () => ({ in: "request", path: "" }),
    () => withMountInfo(mount, mountInfo),
  );
  return { ...read, blockDrive: mount.blockDrive ?? guessedDrive };
}

// Beside the config.json, where both can be changed.
function inBundle(mountInfo: object, state: PageState, source: string): PageState {
  const containers = state.containers.map((container) => {
    if (!mountsOfConfig(container).some((mount) => mount.source === source)) return container;
    const beside = (parsed(container.beside) ?? {}) as { volumes?: Record<string, unknown> };
    const volumes = { ...beside.volumes, [source]: { mountInfo, blockDrive: guessedDrive } };
    return { ...container, beside: compactJson({ ...beside, volumes }) };
  });
  return { ...state, from: "bundle", containers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
