import type { CopyStep, PlanRequest } from "../../mod.ts";
import type { Draft } from "../draft/draft.ts";
import { PathTree } from "../draft/path-tree.ts";
import type { Sketch } from "../draft/sketch.ts";
import type { RowKind } from "../picture.ts";

type Sandbox = PlanRequest["sandbox"];

/** The names of hub and view in a sandbox's directory, as plans have them. */
const HUB = "mounts";
const VIEW = "shared";

/** The rows of a sandbox that plans are about: its directory and its hub on the host, and its guest. */
export class SandboxRows {
  readonly directory: string;
  readonly hubPath: string;
  readonly viewPath: string;
  /** What the guest has by its path there: shares, and what the agent mounts. */
  readonly inGuest: PathTree<Draft> = new PathTree("guest");
  /** The disks that containers have, by the addresses by which the guest finds them, with their paths on the host. */
  readonly disks: Map<string, string | undefined> = new Map();
  /** The attributes of the shares that the hub has already, by their names. */
  readonly held: Map<string, readonly string[]> = new Map();
  /** What the agent mounts, as JSON: containers of one sandbox may have a storage together. */
  readonly storages: Set<string> = new Set();
  /** The copies that no mount has taken yet, by their paths in the guest. */
  readonly copies: Map<string, CopyStep> = new Map();
  readonly #sketch: Sketch;
  readonly #id: string;
  readonly #guestDirectory: string;
  readonly #nydusDirectory: string;
  readonly #containers = new Map<string, Draft>();
  readonly #others = new Map<string, Draft>();
  #hub: Draft | undefined;
  #onHost: Draft | undefined;
  #guest: Draft | undefined;

  constructor(sketch: Sketch, directory: string, sandbox: Sandbox) {
    this.#sketch = sketch;
    this.#id = sandbox.id;
    this.directory = directory;
    this.hubPath = `${directory}/${HUB}`;
    this.viewPath = `${directory}/${VIEW}`;
    this.#nydusDirectory = `${sandbox.rootlessDir ?? ""}/run/kata-containers/shared`;
    this.#guestDirectory = sandbox.guestDir ?? `${this.#nydusDirectory}/containers`;
  }

  /** Its directory on the host. */
  get onHost(): Draft {
    const { directory: path } = this;
    this.#onHost ??= this.#sketch.outermost(["hub", path], {
      ...{ column: "hub", kind: "sandbox", label: this.#id, path },
    });
    return this.#onHost;
  }

  /** Its guest. */
  get guest(): Draft {
    this.#guest ??= this.#sketch.outermost(["guest", this.directory], {
      ...{ column: "guest", kind: "sandbox", label: this.#id, paths: new PathTree("guest") },
    });
    return this.#guest;
  }

  get hub(): Draft {
    this.#hub ??= this.below("hub", this.hubPath, new PathTree("hub", { base: this.hubPath, lead: "" }));
    return this.#hub;
  }

  get view(): Draft {
    return this.below("view", this.viewPath);
  }

  /** A row in its directory: the one of this path, or a new one of this kind. */
  below(kind: RowKind, path: string, paths?: PathTree<Draft>): Draft {
    const there = this.#others.get(path);
    if (there) return there;
    const inside = path.startsWith(`${this.directory}/`) ? path.slice(this.directory.length + 1) : path;
    const draft = this.#sketch.row(["hub", path], { column: "hub", kind, label: inside, path, paths });
    this.#others.set(path, draft);
    this.onHost.addChild(draft);
    return draft;
  }

  /** A row in the hub: the one of this name, or a new directory. */
  inHub(name: string): Draft {
    const there = this.hub.paths?.at(name) ?? [];
    const [first] = there;
    if (first) return first;
    const path = `${this.hubPath}/${name}`;
    const draft = this.#sketch.row(["hub", path], { column: "hub", kind: "directory", label: name, path });
    there.push(draft);
    return draft;
  }

  /** A share in the hub, which the guest has at a path, too. */
  share(name: string): Draft {
    const draft = this.inHub(name);
    if (draft.kind === "share") return draft;
    draft.kind = "share";
    this.inGuest.at(`${this.#guestDirectory}/${name}`).push(draft);
    return draft;
  }

  /** A share that there is; undefined if there is none. */
  shareNamed(name: string): Draft | undefined {
    return this.#hub?.paths?.at(name).find(({ kind }) => kind === "share");
  }

  /** The share at a path on the host. */
  shareAt(path: string): Draft {
    return this.share(path.startsWith(`${this.hubPath}/`) ? path.slice(this.hubPath.length + 1) : path);
  }

  /** An image that nydusd has mounted, which the guest has at a path, too. */
  image(mountpoint: string): Draft {
    const draft = this.below("disk", mountpoint);
    const there = this.inGuest.at(this.#nydusDirectory + mountpoint);
    if (!there.includes(draft)) there.push(draft);
    return draft;
  }

  container(id: string): Draft {
    const there = this.#containers.get(id);
    if (there) return there;
    const draft = this.#sketch.row(["guest", this.directory, id], {
      ...{ column: "guest", kind: "container", label: id, paths: new PathTree("guest") },
    });
    this.#containers.set(id, draft);
    this.guest.addChild(draft);
    return draft;
  }
}
