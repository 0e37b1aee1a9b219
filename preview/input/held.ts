import type { Attribute, CopiedSource, HeldShare, Plan, PlanRequest } from "../../mod.ts";

/** What plans, performed one after the other, leave for the next container of their sandbox. */
export class Held {
  readonly #shares = new Map<string, HeldShare>();
  readonly #copies = new Map<string, CopiedSource>();

  /** The request, with what the hub has and what was copied, if the request does not say that itself. */
  seenBy(request: PlanRequest): PlanRequest {
    if (request.op !== "shareContainer") return request;
    const { held = [...this.#shares.values()], copied = [...this.#copies.values()] } = request;
    return { ...request, held, copied };
  }

  /** Notes what a plan adds. */
  add(request: PlanRequest, { steps }: Plan): void {
    if (request.op !== "shareContainer") return;
    const identities = new Map(
      (request.container.mounts ?? []).map(({ source, facts }) => [source, facts?.identity]),
    );
    for (const step of steps) {
      if (step.op === "use") this.#use(step.path, step.mode);
      if (step.op === "bind") this.#bind(step.target, identities.get(step.source), step.attributes);
      if (step.op === "copy" && step.together)
        this.#copies.set(step.source, { name: nameOf(step.guestPath), source: step.source });
    }
  }

  // mounts/.users/<share>/<container>
  #use(path: string, mode: number): void {
    const [name = "", user = ""] = path.split("/").slice(-2);
    const share = this.#shares.get(name) ?? { name, attributes: [], mode, users: [] };
    this.#shares.set(name, { ...share, users: [...share.users, user] });
  }

  #bind(target: string, identity: string | undefined, attributes: readonly Attribute[]): void {
    const share = this.#shares.get(nameOf(target));
    if (!share) return;
    const own = attributes.map(
      (word) => (/^r(?!o$|elatime$)/.test(word) ? word.slice(1) : word) as Attribute,
    );
    this.#shares.set(share.name, { ...share, identity, attributes: [...new Set(own)] });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
