import type { Finding, FoundSandbox, FoundShare, MountEntry } from "../../table/mod.ts";
import type { Draft, DraftBeginning } from "../draft/draft.ts";
import { PathTree } from "../draft/path-tree.ts";
import type { Sketch } from "../draft/sketch.ts";
import { addAttributes } from "../mount-traits.ts";

/** A sandbox of a table, or one of which only findings are known. */
type Found = Pick<FoundSandbox, "id" | "directory"> & Partial<FoundSandbox>;

/** The rows of a sandbox that a mount table shows. */
export class FoundRows {
  readonly #sketch: Sketch;
  readonly #found: Found;
  readonly #onHost: Draft;
  readonly #guest: Draft;
  readonly #containers = new Map<string, Draft>();
  /** What a finding can be of, by where it is. */
  readonly #byTarget = new Map<string, Draft>();
  #hub: Draft | undefined;

  constructor(sketch: Sketch, found: Found) {
    const { directory, id: label } = found;
    this.#sketch = sketch;
    this.#found = found;
    this.#onHost = sketch.outermost(["hub", directory], {
      ...{ column: "hub", kind: "sandbox", label, path: directory },
    });
    this.#guest = sketch.outermost(["guest", directory], { column: "guest", kind: "sandbox", label });
    this.#know(this.#onHost, directory, found.guard);
  }

  /** Draws all that the table shows of it. */
  draw(): void {
    const { hub, view, shares = [], others = [] } = this.#found;
    if (hub) this.#hub = this.#hubRow(hub.target, hub);
    for (const share of shares) this.#drawShare(share);
    if (view) this.#belowDirectory("view", view);
    for (const mount of others)
      addAttributes(this.#belowDirectory("submount", mount).traits, mount.attributes);
  }

  /** Adds a finding to the row that it is of, or to the sandbox's own. */
  add(finding: Finding): void {
    (this.#byTarget.get(finding.target) ?? this.#onHost).add("findings", finding);
  }

  #drawShare(share: FoundShare): void {
    const { name, mount, below, viewMount } = share;
    const { target, attributes } = mount;
    // Kata's hub is a directory, which the shares in it tell.
    this.#hub ??= this.#hubRow(target.slice(0, -name.length - 1));
    const paths = below.length > 0 ? new PathTree<Draft>("hub", { base: target, lead: "" }) : undefined;
    const row = this.#row(["hub", target], {
      column: "hub",
      kind: "share",
      label: name,
      path: target,
      paths,
    });
    const there = this.#hub.paths?.at(name);
    there?.at(-1)?.traits.add("covered");
    there?.push(row);
    this.#know(row, target, mount);
    addAttributes(row.traits, attributes);
    if (paths) this.#drawBelow(share, row, paths);
    this.#sketch.curve(this.#sourceOf(share), row, "bound");
    if (share.isInView) this.#drawInGuest(share, row, viewMount ?? mount);
  }

  #drawBelow({ mount, below }: FoundShare, row: Draft, paths: PathTree<Draft>): void {
    row.traits.add("recursive");
    for (const { relative, attributes } of below) {
      const path = `${mount.target}/${relative}`;
      const submount = this.#row(["hub", path], { column: "hub", kind: "submount", label: relative, path });
      paths.at(relative).push(submount);
      this.#know(submount, path);
      addAttributes(submount.traits, attributes);
    }
  }

  // Where the host has what is shared, or else what the kernel says of it.
  #sourceOf({ source }: FoundShare): Draft {
    const { hostPath, filesystem, device, root } = source;
    if (hostPath !== undefined) return this.#sketch.source(hostPath, "source");
    return this.#sketch.unnamed(`${filesystem} ${device} ${root}`, "source");
  }

  #drawInGuest(share: FoundShare, row: Draft, inView: MountEntry): void {
    const { users = share.container === undefined ? [] : [share.container] } = share;
    const containers = users.map((id) => this.#container(id));
    for (const above of containers.length > 0 ? containers : [this.#guest]) {
      const seen = this.#row([above.id, share.name], {
        ...{ column: "guest", kind: share.kind === "root" ? "root" : "mount" },
        label: share.kind === "root" ? "/" : (share.label ?? share.name),
        ...(share.kind === "root" && { path: "/" }),
      });
      above.addChild(seen);
      this.#know(seen, inView.target, inView);
      addAttributes(seen.traits, inView.attributes);
      this.#sketch.curve(row, seen, "bound");
    }
  }

  #container(id: string): Draft {
    const there = this.#containers.get(id);
    if (there) return there;
    const row = this.#row(["guest", this.#found.directory, id], {
      ...{ column: "guest", kind: "container", label: id },
    });
    this.#containers.set(id, row);
    this.#guest.addChild(row);
    return row;
  }

  #hubRow(path: string, entry?: MountEntry): Draft {
    const paths = new PathTree<Draft>("hub", { base: path, lead: "" });
    const label = this.#inDirectory(path);
    const row = this.#row(["hub", path], { column: "hub", kind: "hub", label, path, paths });
    this.#onHost.addChild(row);
    this.#know(row, path, entry);
    return row;
  }

  #belowDirectory(kind: "view" | "submount", entry: MountEntry): Draft {
    const { target: path } = entry;
    const row = this.#row(["hub", path], { column: "hub", kind, label: this.#inDirectory(path), path });
    this.#onHost.addChild(row);
    this.#know(row, path, entry);
    return row;
  }

  #row(key: readonly string[], beginning: DraftBeginning): Draft {
    return this.#sketch.row(key, beginning);
  }

  #inDirectory(path: string): string {
    const { directory } = this.#found;
    return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
  }

  // Of several rows at a place, a finding is of the one on top. Only the first container of several gets it.
  #know(row: Draft, target: string, entry?: MountEntry): void {
    if (entry) row.details.entry = entry;
    if (row.column === "guest" && this.#byTarget.has(target)) return;
    this.#byTarget.set(target, row);
  }
}
