import type { Container, Mount, OciMount, OmittedMount, Outcome, SharedFile } from "../../mod.ts";
import type { Draft } from "../draft/draft.ts";
import type { Sketch } from "../draft/sketch.ts";
import type { CurveKind } from "../marks.ts";
import { addAccess, addAttributes, isReadOnlyMount } from "../mount-traits.ts";
import { rootSentenceOf, sentenceOf } from "../sentences.ts";
import { isWholeView, kindOfStorage, placeStorage } from "./place-storage.ts";
import type { SandboxRows } from "./sandbox-rows.ts";

/** A mount of a container with what became of it. */
export interface PlannedMount {
  readonly mount: Mount;
  /** Where the request has it. */
  readonly requestPath: string;
  /** Absent if it is shared alone. */
  readonly outcome?: Outcome | undefined;
  /** Null if the guest ignores the mount. */
  readonly shared?: SharedFile | null | undefined;
  readonly guestMount?: OciMount | undefined;
}

/** What a plan says of a container's root filesystem. */
export interface PlannedRoot {
  readonly readonlyRootfs: boolean;
  readonly omitted: readonly OmittedMount[];
}

/** Draws containers of a sandbox by their plans. */
export class ContainerRows {
  readonly #sketch: Sketch;
  readonly #rows: SandboxRows;
  readonly #container: Container;
  /** Undefined if only the plan is known. */
  readonly #requestIndex: number | undefined;

  constructor(sketch: Sketch, rows: SandboxRows, container: Container, requestIndex: number | undefined) {
    this.#sketch = sketch;
    this.#rows = rows;
    this.#container = container;
    this.#requestIndex = requestIndex;
  }

  /** Draws its root filesystem, at its path in the guest. */
  drawRoot(path: string, { readonlyRootfs, omitted }: PlannedRoot): void {
    const root = this.#row("root", "/");
    const found = this.#rows.inGuest.nearest(path);
    const share = `${this.#container.id}/rootfs`;
    const from = found && !isWholeView(found) ? found : this.#rows.shareNamed(share);
    if (this.#requestIndex !== undefined) root.details.requestPath = "container.rootFs";
    for (const one of omitted) root.add("omitted", one);
    if (from) this.#drawFrom(from, root);
    addAccess(root.traits, readonlyRootfs, from);
    const isWritable = !from?.traits.has("read-only");
    root.details.why = rootSentenceOf(root.by ?? "made", { isMadeReadOnly: readonlyRootfs, isWritable });
  }

  /** Draws a mount, where the container has it. */
  drawMount({ mount, requestPath, outcome, shared, guestMount }: PlannedMount): void {
    const row = this.#row("mount", mount.destination);
    const { details } = row;
    const told = this.#requestIndex === undefined ? {} : { mount, requestPath };
    Object.assign(details, told, guestMount && { guestMount });
    for (const omitted of outcome?.omitted ?? shared?.omitted ?? []) row.add("omitted", omitted);
    for (const storage of shared?.storages ?? []) row.add("storages", storage);
    if (outcome) {
      const { kind, reason } = outcome;
      details.rule = { kind, reason, sentence: sentenceOf(kind, reason) };
    }
    if (outcome?.kind === "ignored" || shared === null) {
      row.traits.add("ignored");
      return;
    }
    if (outcome?.coveredBy !== undefined) row.traits.add("covered");
    const from = this.#fromOf({ mount, requestPath, outcome, shared }, row);
    if (from?.traits.has("watched")) row.traits.add("watched");
    row.by ??= outcome?.kind === "copied" ? "copied" : "made";
    const isReadOnly = isReadOnlyMount(mount);
    addAccess(row.traits, isReadOnly, row.by === "copied" ? undefined : from);
  }

  #row(kind: "root" | "mount", path: string): Draft {
    const { id } = this.#container;
    const container = this.#rows.container(id);
    const row = this.#sketch.row(["guest", this.#rows.directory, id, kind, path], {
      ...{ column: "guest", kind, label: path, path },
    });
    if (this.#requestIndex !== undefined) row.details.requestIndex = this.#requestIndex;
    container.paths?.at(path).push(row);
    return row;
  }

  // What the mount is made from, with the curve from there.
  #fromOf({ mount, outcome, shared }: PlannedMount, row: Draft): Draft | undefined {
    if (outcome?.kind === "layer") return this.#drawFrom(this.#rows.inGuest.nearest(mount.destination), row);
    if (!shared) return undefined;
    const storages = shared.storages.map((storage) => placeStorage(this.#sketch, this.#rows, storage));
    const copy = this.#rows.copies.get(shared.guestPath);
    if (copy || (outcome?.kind === "copied" && this.#sourceOf(mount) !== ""))
      return this.#drawCopy(copy?.source ?? this.#sourceOf(mount), shared, row);
    if (storages.length > 0) return this.#drawFrom(storages.at(-1), row);
    if (shared.hostPath !== undefined) return this.#drawShare(shared.hostPath, mount, row);
    return this.#drawFrom(this.#rows.inGuest.at(shared.guestPath).at(-1), row);
  }

  #drawFrom(from: Draft | undefined, row: Draft): Draft | undefined {
    if (!from) return undefined;
    const [storage] = from.details.storages;
    const kind: CurveKind = from.kind === "share" ? "bound" : storage ? kindOfStorage(storage) : "storage";
    this.#sketch.curve(from, row, kind);
    return from;
  }

  #drawCopy(source: string, { guestPath }: SharedFile, row: Draft): Draft {
    const step = this.#rows.copies.get(guestPath);
    if (step) row.add("steps", step);
    this.#rows.copies.delete(guestPath);
    const from = this.#sketch.source(source, "source");
    this.#sketch.curve(from, row, "copied");
    return from;
  }

  // A share that the hub has already has no step that says what it is made from: the mount does.
  #drawShare(hostPath: string, mount: Mount, row: Draft): Draft {
    const share = this.#rows.shareAt(hostPath);
    if (share.by === undefined && this.#requestIndex !== undefined) {
      this.#sketch.curve(this.#sketch.source(this.#sourceOf(mount), "source"), share, "bound");
      const attributes = this.#rows.held.get(share.label) ?? (isReadOnlyMount(mount) ? ["ro"] : []);
      addAttributes(share.traits, attributes);
    }
    this.#sketch.curve(share, row, "bound");
    return share;
  }

  #sourceOf({ source = "" }: Mount): string {
    const { bundle } = this.#container;
    return source.startsWith("/") || bundle === undefined ? source : `${bundle}/${source}`;
  }
}
