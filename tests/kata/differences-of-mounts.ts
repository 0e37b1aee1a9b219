import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { AgentStorage, OciMount } from "../../mod.ts";
import { clean } from "./host.ts";
import type { Piece } from "./pieces.ts";
import type { ContainerQuestion } from "./question.ts";

/** What two answers say of one mount, `place` being where it stands, or of the root filesystem. */
export interface Pair {
  readonly question: ContainerQuestion;
  readonly place: number | undefined;
  readonly kata: Piece;
  readonly ours: Piece;
}

/** What Kata's answer is without a known difference; undefined where that one does not hold. */
export type WithoutInPiece = (pair: Pair) => Piece | undefined;

const propagations = ["private", "shared", "slave", "unbindable"];
const wordsOfBinds = ["bind", ...propagations].flatMap((word) => [word, `r${word}`]);

/**
 * Known differences of a mount or of the root filesystem, by their names in docs/kata.md. Each is taken out of what those
 * before it left.
 */
export const inPieces: Readonly<Record<string, WithoutInPiece>> = {
  "paths are compared cleaned": (pair) => whole(pair, (mount) => !isClean(mount)),

  "a container type that stands there counts": ({ question, kata, ours }) => {
    const { annotations } = question.config as { annotations?: Record<string, string> };
    const hasCriType = Object.keys(annotations ?? {}).some(
      (name) => name.startsWith("io.kubernetes.") && /type$/i.test(name),
    );
    const own = annotations?.["io.katacontainers.pkg.oci.container_type"];
    if (hasCriType || own === undefined || !ours.storages.some(({ driver }) => driver === "image_guest_pull"))
      return undefined;
    const storages = kata.storages.map((one) => ({
      ...one,
      driverOptions: one.driverOptions.map((option) =>
        option.replace('"single_container"', JSON.stringify(own)),
      ),
    }));
    return { ...kata, storages };
  },

  "a container's own shm is as large as it asks for": ({ question, place, kata, ours }) => {
    const mount = mountAt(question, place);
    const asksForSize = mount?.options?.some((word) => word.startsWith("size=")) ?? false;
    if (mount?.destination !== "/dev/shm" || !asksForSize || !kata.mount) return undefined;
    const size = ours.mount?.options?.find((word) => word.startsWith("size="));
    const options =
      kata.mount.options?.map((word) => (word.startsWith("size=") ? (size ?? word) : word)) ?? [];
    return { ...kata, mount: { ...kata.mount, options } };
  },

  "sources are not kept by destination": (pair) => {
    const isTwice = ({ destination }: OciMount) =>
      pair.question.config.mounts.filter((one) => one.destination === destination).length > 1;
    if (pair.place !== undefined) return whole(pair, isTwice);
    // The storage of a mount that got another one's source.
    const { kata, ours, question } = pair;
    const storages = kata.storages.filter((one) => ours.storages.some((own) => isDeepStrictEqual(own, one)));
    return question.config.mounts.some(isTwice) ? { ...kata, storages } : undefined;
  },

  "a subPath of an emptyDir is in its volume": (pair) => {
    const { kata, ours, question, place } = pair;
    if (place !== undefined) return whole(pair, isInEmptyDir);
    // The storage of the volume itself, which no mount has.
    const isKatas = kata.storages.every((one) => ours.storages.some((own) => isDeepStrictEqual(own, one)));
    return question.config.mounts.some(isInEmptyDir) && isKatas
      ? { ...kata, storages: ours.storages }
      : undefined;
  },

  "no type is a bind": (pair) =>
    whole(pair, ({ type = "", options = [] }) => isOneOf(type, ["", "none"]) && !options.some(isBindWord)),

  "one mount for each source": ({ question, place, kata, ours }) => {
    const { source = "", destination = "" } = mountAt(question, place) ?? {};
    const name = `/c1-#-${posix.basename(destination)}`;
    const path = ours.mount?.source ?? "";
    const [storage] = ours.storages;
    const shared = `/sandbox-#-${posix.basename(source)}`;
    if (storage?.driver === "watchable-bind" && storage.source.endsWith(shared)) {
      const storages = kata.storages.map((one) => replaced(one, name, shared));
      return { ...kata, storages };
    }
    if (!path.endsWith(shared) || !kata.mount?.source?.endsWith(name)) return undefined;
    return { ...kata, mount: { ...kata.mount, source: kata.mount.source.slice(0, -name.length) + shared } };
  },

  "a disk is not bound": ({ question, place, kata, ours }) => {
    const source = sourceAt(question, place);
    if (source === undefined || question.mountInfo[source] === undefined) return undefined;
    const without = kata.storages.map((one) => ({
      ...one,
      options: one.options.filter(
        (word) => !isOneOf(word, wordsOfBinds) || ours.storages[0]?.options.includes(word),
      ),
    }));
    return { ...kata, storages: without };
  },

  "a vhost-user-blk disk is as good": ({ question, place, kata, ours }) => {
    const drive = question.drives[mountAt(question, place)?.destination ?? ""];
    const [storage] = kata.storages;
    const [own] = ours.storages;
    if (drive?.kind !== "vhost-user-blk" || !storage || !own) return undefined;
    const { driverOptions, fsGroup, shared } = own;
    return {
      ...kata,
      storages: [{ ...storage, driverOptions, ...(fsGroup && { fsGroup }), ...(shared && { shared }) }],
    };
  },
};

// Ours is right as a whole, of a mount that is so.
function whole({ question, place, ours }: Pair, holds: (mount: OciMount) => boolean): Piece | undefined {
  const mount = mountAt(question, place);
  return mount && holds(mount) ? ours : undefined;
}

function mountAt(question: ContainerQuestion, place: number | undefined): OciMount | undefined {
  return place === undefined ? undefined : question.config.mounts[place];
}

function sourceAt(question: ContainerQuestion, place: number | undefined): string | undefined {
  return mountAt(question, place)?.source;
}

function isClean({ source = "", destination }: OciMount): boolean {
  return [source, destination].every((path) => !path.startsWith("/") || clean(path) === path);
}

function isInEmptyDir({ source = "" }: OciMount): boolean {
  return clean(source).split("/").at(-3) === "kubernetes.io~empty-dir";
}

function isBindWord(word: string): boolean {
  return word === "bind" || word === "rbind";
}

function isOneOf(word: string, words: readonly string[]): boolean {
  return words.includes(word);
}

function replaced(storage: AgentStorage, end: string, other: string): AgentStorage {
  if (!storage.source.endsWith(end)) return storage;
  return { ...storage, source: storage.source.slice(0, -end.length) + other };
}
