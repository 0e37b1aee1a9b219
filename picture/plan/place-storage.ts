import type { AgentStorage } from "../../mod.ts";
import type { Draft } from "../draft/draft.ts";
import type { Sketch } from "../draft/sketch.ts";
import { TraitSet } from "../draft/trait-set.ts";
import type { CurveKind, Trait } from "../marks.ts";
import { addAccess } from "../mount-traits.ts";
import { viewSentence } from "../sentences.ts";
import type { SandboxRows } from "./sandbox-rows.ts";

/** What the agent's drivers mount. Those that are not here mount what is shared. */
const kindOfDriver: Readonly<Record<string, CurveKind>> = {
  ...{ blk: "disk", "blk-ccw": "disk", mmioblk: "disk", scsi: "disk", nvdimm: "disk" },
  overlayfs: "overlay",
  ...{ ephemeral: "made", local: "made", image_guest_pull: "made" },
};

const isOfView = ({ driver }: AgentStorage) => driver === "virtio-fs" || driver === "9p";

/** How a storage gets its content. */
export function kindOfStorage({ driver }: AgentStorage): CurveKind {
  return Object.hasOwn(kindOfDriver, driver) ? (kindOfDriver[driver] as CurveKind) : "storage";
}

/** Whether a row is the mount of the whole view. */
export function isWholeView({ details }: Draft): boolean {
  return details.storages.some(isOfView);
}

/** The row of a storage, with what it is made from: the one at its mount point, or a new one. */
export function placeStorage(sketch: Sketch, rows: SandboxRows, storage: AgentStorage): Draft {
  const { mountPoint } = storage;
  const there = rows.guest.paths?.at(mountPoint) ?? [];
  const draft = there[0] ?? newRow(sketch, rows, mountPoint);
  if (there.length === 0) there.push(draft);
  const text = JSON.stringify(storage);
  if (rows.storages.has(text)) return draft;
  rows.storages.add(text);
  draft.add("storages", storage);
  drawFrom(sketch, rows, storage, draft);
  const atOnce = rows.inGuest.at(mountPoint);
  if (!atOnce.includes(draft)) atOnce.push(draft);
  return draft;
}

function newRow(sketch: Sketch, rows: SandboxRows, path: string): Draft {
  return sketch.row(["guest", rows.directory, "storage", path], {
    ...{ column: "guest", kind: "storage", label: path, path },
  });
}

function drawFrom(sketch: Sketch, rows: SandboxRows, storage: AgentStorage, draft: Draft): void {
  const kind = kindOfStorage(storage);
  draft.by ??= kind;
  if (storage.driver === "watchable-bind") draft.traits.add("watched");
  if (kind === "overlay") {
    drawOverlay(sketch, rows, storage, draft);
    return;
  }
  const from = fromOf(sketch, rows, storage);
  if (isOfView(storage)) draft.details.why = viewSentence;
  if (from) sketch.curve(from, draft, kind === "made" ? (from.by ?? kind) : kind);
  addAccess(draft.traits, isOfView(storage) || storage.options.includes("ro"), from);
}

// Its layers are paths in the guest. The guest writes to the upper one, if there is one, and to no other.
function drawOverlay(sketch: Sketch, rows: SandboxRows, storage: AgentStorage, draft: Draft): void {
  const draw = (path: string, trait: Trait) => {
    const layer = inGuest(rows, path);
    if (layer) sketch.curve(layer, draft, "overlay", new TraitSet(trait));
  };
  const upper = optionOf(storage, "upperdir");
  for (const path of optionOf(storage, "lowerdir")?.split(":") ?? []) draw(path, "read-only");
  if (upper !== undefined) draw(upper, "read-write");
  addAccess(draft.traits, upper === undefined || storage.options.includes("ro"));
}

// What a storage is made from.
function fromOf(sketch: Sketch, rows: SandboxRows, storage: AgentStorage): Draft | undefined {
  if (isOfView(storage)) return rows.view;
  if (storage.driver === "watchable-bind") return inGuest(rows, storage.source);
  if (kindOfStorage(storage) === "disk") return diskRow(sketch, rows, storage.source);
  // A directory that the agent makes in a volume of the guest.
  const volume = inGuest(rows, storage.mountPoint);
  return volume?.kind === "storage" ? volume : undefined;
}

function inGuest(rows: SandboxRows, path: string): Draft | undefined {
  const found = rows.inGuest.nearest(path);
  return found && !isWholeView(found) ? found : undefined;
}

// What the request does not name has the address by which the guest finds it.
function diskRow(sketch: Sketch, rows: SandboxRows, address: string): Draft {
  const path = rows.disks.get(address);
  return path === undefined ? sketch.unnamed(`disk ${address}`, "disk") : sketch.source(path, "disk");
}

const optionOf = ({ options }: AgentStorage, name: string) =>
  options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
