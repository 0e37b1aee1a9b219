import { readFileSync } from "node:fs";
import {
  type HeldShare,
  loadSync,
  type Mount,
  type Plan,
  type PlanRequest,
  type RequestOf,
} from "../../mod.ts";
import { predict, readMountinfo } from "../../table/mod.ts";
import { realPathsOf } from "./real-paths.ts";

/** A request with what was seen for it, and its plan. */
export interface SeenRequest {
  readonly request: PlanRequest;
  readonly plan: Plan;
}

/** A share that a plan makes, for all containers that want the same. */
interface PlannedShare {
  readonly identity: string;
  readonly target: string;
  readonly mode: number;
  readonly user: string;
}

/** Plans requests one after the other: a request uses the shares that the plans before it make, as it uses those of the hub. */
export class PlannedShares {
  readonly #plans: Plan[] = [];
  readonly #shares = new Map<string, PlannedShare[]>();

  /** A request as it is planned after those that were given before. */
  after(seen: SeenRequest): SeenRequest {
    const found = this.#joined(seen);
    this.#plans.push(found.plan);
    for (const share of sharesOf(found)) {
      const others = this.#shares.get(share.identity);
      if (others) others.push(share);
      else this.#shares.set(share.identity, [share]);
    }
    return found;
  }

  #joined(seen: SeenRequest): SeenRequest {
    const { request, plan } = seen;
    if (!isSharing(request) || !request.held) return seen;
    const hub = `${plan.directory}/mounts/`;
    const identities = new Set(mountsOf(request).map(({ facts }) => facts?.identity ?? ""));
    const like = [...identities]
      .flatMap((identity) => this.#shares.get(identity) ?? [])
      .filter(({ target }) => target.startsWith(hub));
    if (like.length === 0) return seen;
    const joined = { ...request, held: [...request.held, ...this.#held(like, hub)] };
    return { request: joined, plan: loadSync().plan(joined as RequestOf<"shareFile" | "shareContainer">) };
  }

  // What attributes a share will have depends on those of its source's mount, too.
  #held(shares: readonly PlannedShare[], hub: string): HeldShare[] {
    const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
    const realPaths = realPathsOf(this.#plans);
    const after = predict(mounts, this.#plans, { realPaths }).mounts;
    const real = `${realPaths[hub.slice(0, -"/mounts/".length)]}/mounts/`;
    return shares.flatMap(({ identity, target, mode, user }) => {
      const name = target.slice(hub.length);
      const mount = after.findLast((one) => one.target === real + name);
      return mount ? [{ name, identity, attributes: mount.attributes, mode, users: [user] }] : [];
    });
  }
}

type SharingRequest = RequestOf<"shareFile"> | RequestOf<"shareContainer">;

function isSharing(request: PlanRequest): request is SharingRequest {
  return request.op === "shareFile" || request.op === "shareContainer";
}

function mountsOf(request: SharingRequest): readonly Mount[] {
  return request.op === "shareFile" ? [request.mount] : (request.container.mounts ?? []);
}

function sharesOf({ request, plan }: SeenRequest): PlannedShare[] {
  if (!isSharing(request)) return [];
  const places =
    request.op === "shareFile" ? [plan.shared] : (plan.outcomes ?? []).map(({ shared }) => shared);
  const targets = new Set(plan.steps.flatMap((step) => (step.op === "bind" ? [step.target] : [])));
  return mountsOf(request).flatMap(({ facts }, at) => {
    const target = places[at]?.hostPath;
    const identity = facts?.identity;
    if (target === undefined || identity === undefined || !targets.delete(target)) return [];
    const name = target.slice(`${plan.directory}/mounts/`.length);
    const use = plan.steps.find((step) => step.op === "use" && step.path.includes(`/.users/${name}/`));
    return use?.op === "use" ? [{ identity, target, mode: use.mode, user: request.container.id }] : [];
  });
}
