import type { AgentStorage, OciMount } from "../../mod.ts";
import type { Answer } from "./question.ts";

/** What an answer says of one mount, or of the root filesystem and the sandbox: they differ for reasons of their own. */
export interface Piece {
  /** Undefined for the root filesystem, and for a mount that was left out. */
  readonly mount: OciMount | undefined;
  readonly storages: readonly AgentStorage[];
  readonly rootPath?: string;
}

/** An answer in pieces: one for the root filesystem, and one for each mount of the container. */
export interface Pieces {
  readonly root: Piece;
  readonly mounts: readonly Piece[];
}

/** The pieces of an answer about a container with these destinations; random digits are "#" in them. */
export function piecesOf(
  { storages = [], mounts, rootPath = "" }: Answer,
  destinations: readonly string[],
): Pieces {
  const left = [...storages.map(plain)];
  const kept = (mounts ?? []).map(plain);
  const pieces = destinations.map((destination) => {
    const mount = kept[0]?.destination === destination ? kept.shift() : undefined;
    const at = left.findIndex(({ mountPoint }) => mountPoint === mount?.source);
    return { mount: mount && filled(mount), storages: at < 0 ? [] : left.splice(at, 1) };
  });
  // Of two mounts at one mount point the storage is with the first.
  return { root: { mount: undefined, storages: left, rootPath }, mounts: pieces };
}

function filled({ destination, type = "", source = "", options = [] }: OciMount): OciMount {
  return { destination, type, source, options };
}

function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{16}-/g, "-#-")) as Value;
}
