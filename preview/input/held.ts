import type { Attribute, CopiedSource, HeldShare, Plan, PlanRequest } from "../../mod.ts";

/** What the hub of a sandbox has, and what was copied into its guest. */
interface Sandbox {
  readonly shares: Map<string, HeldShare>;
  readonly copies: Map<string, CopiedSource>;
}

/** What plans, performed one after the other, leave for the next one of their sandbox. */
export class Held {
  readonly #sandboxes = new Map<string, Sandbox>();

  /** The request, with what the hub has and what was copied, if the request does not say that itself. */
  seenBy(request: PlanRequest): PlanRequest {
    const { op } = request;
    if (op !== "shareContainer" && op !== "unshareContainer") return request;
    const { shares, copies } = this.#of(request);
    const { held = [...shares.values()] } = request;
    return op === "unshareContainer"
      ? { ...request, held }
      : { ...request, held, copied: request.copied ?? [...copies.values()] };
  }

  /** Notes what a plan adds and removes. */
  add(request: PlanRequest, { steps }: Plan): void {
    const sandbox = this.#of(request);
    const { shares, copies } = sandbox;
    if (request.op === "cleanup") for (const all of [shares, copies]) all.clear();
    if (!["shareContainer", "unshareContainer"].includes(request.op)) return;
    const { mounts = [] } = ("container" in request && request.container) || {};
    const identities = new Map(mounts.map(({ source, facts }) => [source, facts?.identity]));
    for (const step of steps) {
      if (step.op === "use") use(shares, step.path, step.mode);
      if (step.op === "unuse") unuse(shares, step.path);
      if (step.op === "bind") bind(shares, step, identities.get(step.source));
      if (step.op === "copy" && step.together)
        copies.set(step.source, { name: nameOf(step.guestPath), source: step.source });
    }
  }

  // What of the request is no text, the core refuses.
  #of({ sandbox }: PlanRequest): Sandbox {
    const key = JSON.stringify([sandbox?.hostDir, sandbox?.id]);
    const there = this.#sandboxes.get(key) ?? { shares: new Map(), copies: new Map() };
    this.#sandboxes.set(key, there);
    return there;
  }
}

type Shares = Map<string, HeldShare>;

// mounts/.users/<share>/<container>
const shareAndUser = (path: string) => path.split("/").slice(-2) as [string, string];

function use(shares: Shares, path: string, mode: number): void {
  const [name, user] = shareAndUser(path);
  const share = shares.get(name) ?? { name, attributes: [], mode, users: [] };
  shares.set(name, { ...share, users: [...share.users, user] });
}

function unuse(shares: Shares, path: string): void {
  const [name, user] = shareAndUser(path);
  const share = shares.get(name);
  const users = share?.users.filter((one) => one !== user) ?? [];
  if (share && users.length > 0) shares.set(name, { ...share, users });
  else shares.delete(name);
}

interface Bind {
  readonly target: string;
  readonly attributes: readonly Attribute[];
}

function bind(shares: Shares, { target, attributes }: Bind, identity: string | undefined): void {
  const share = shares.get(nameOf(target));
  if (!share) return;
  const own = attributes.map((word) => (/^r(?!o$|elatime$)/.test(word) ? word.slice(1) : word) as Attribute);
  shares.set(share.name, { ...share, identity, attributes: [...new Set(own)] });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
