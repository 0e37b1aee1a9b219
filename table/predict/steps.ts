import type { BindStep, Step } from "../../mod.ts";
import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { attributesAfter } from "../attributes.ts";
import { isWithin } from "../path.ts";
import { HUB, HUB_SOURCE, hubAttributes, isMadeAsHub, VIEW } from "../sandbox-names.ts";
import { cloneOf, slaveOf } from "./clone.ts";
import type { Namespace } from "./namespace.ts";
import { attach } from "./propagate.ts";
import { coversItself, isGuard, isViewOf, strip } from "./sandbox.ts";
import type { SimulatedMount } from "./simulated-mount.ts";
import { mustHave, StepFailure } from "./step-failure.ts";
import { unmount } from "./unmount.ts";

/** Simulates single steps of a sandbox's plans. */
export class SimulatedSteps {
  readonly #namespace: Namespace;
  readonly #directory: string;
  readonly #realPath: (path: string) => string;

  constructor(namespace: Namespace, directory: string, realPath: (path: string) => string) {
    this.#namespace = namespace;
    this.#directory = realPath(directory);
    this.#realPath = realPath;
  }

  /**
   * Whether the step changed the table.
   *
   * @throws {StepFailure} for one that would fail.
   */
  obey(step: Step): boolean {
    switch (step.op) {
      case "guard":
        return this.#makeGuard();
      case "hub":
        return this.#makeHub(this.#inSandbox(step.target));
      case "view":
        return this.#makeView(this.#inSandbox(step.source), this.#inSandbox(step.target));
      case "bind":
        return this.#bind(step, this.#inSandbox(step.target));
      case "umount":
        return this.#unmount(this.#inSandbox(step.target));
      default:
        return false;
    }
  }

  // A target is in the directory, whose own path may lead over a link.
  #inSandbox(target: string): string {
    return this.#realPath(target);
  }

  #makeGuard(): boolean {
    const found = this.#namespace.findAt(this.#directory);
    if (found) return this.#mend(found);
    const parent = mustHave(this.#namespace.find(this.#directory), "unknown-place");
    if (parent.isUnbindable) throw new StepFailure("unbindable");
    const guard = cloneOf(this.#namespace, parent, this.#directory, { recursive: false, attributes: [] });
    attach(this.#namespace, guard, parent, this.#directory);
    return !this.#mend(guard);
  }

  // Makes a guard private and unbindable; false: it is not a new one.
  #mend(guard: SimulatedMount): false {
    if (!coversItself(guard)) throw new StepFailure("taken");
    this.#namespace.groups.makePrivate(guard);
    guard.isUnbindable = true;
    return false;
  }

  #makeHub(target: string): boolean {
    const found = this.#namespace.findAt(target);
    if (found && (!isHub(found) || found.attributes.includes("ro"))) throw new StepFailure("taken");
    if (found) return false;
    const { groups } = this.#namespace;
    const parent = mustHave(this.#namespace.find(target), "unknown-place");
    const device = this.#namespace.nextDevice();
    const shown = { root: "/", filesystem: "tmpfs", source: HUB_SOURCE, attributes: hubAttributes };
    const hub = this.#namespace.detached({ device, ...shown });
    groups.join(hub, groups.next());
    attach(this.#namespace, hub, parent, target);
    return true;
  }

  #makeView(source: string, target: string): boolean {
    const hub = mustHave(this.#namespace.findAt(source), "not-prepared");
    const found = this.#namespace.findAt(target);
    if (found && !isViewOf(found, hub)) throw new StepFailure("taken");
    if (found) return false;
    const parent = mustHave(this.#namespace.find(target), "unknown-place");
    const view = slaveOf(this.#namespace, hub);
    view.attributes = attributesAfter(view.attributes, ["ro"], "top");
    attach(this.#namespace, view, parent, target);
    return true;
  }

  #bind({ source, recursive, attributes }: BindStep, target: string): boolean {
    const hub = this.#mustHaveHub();
    const path = this.#realPath(source);
    const mount = this.#mustBeBindable(path);
    const clone = cloneOf(this.#namespace, mount, path, { recursive, attributes });
    const parent = this.#namespace.find(target);
    if (parent !== hub) return mustBeSame(parent, clone, target);
    if (recursive) strip(this.#namespace, clone);
    attach(this.#namespace, clone, hub, target);
    return true;
  }

  // Shares go into a hub below a guard, and only where the guest sees them.
  #mustHaveHub(): SimulatedMount {
    const guard = this.#findGuard();
    const hub = guard?.childAt(`${this.#directory}/${HUB}`);
    if (!hub) throw new StepFailure("not-prepared");
    if (!isHub(hub)) throw new StepFailure("taken");
    const view = this.#namespace.findAt(`${this.#directory}/${VIEW}`);
    if (!view || !isViewOf(view, hub)) throw new StepFailure("no-view");
    return hub;
  }

  #findGuard(): SimulatedMount | undefined {
    const guard = this.#namespace.findAt(this.#directory);
    if (guard) this.#mend(guard);
    return guard;
  }

  #mustBeBindable(path: string): SimulatedMount {
    const mount = mustHave(this.#namespace.find(path), "unknown-place");
    if (mount.isUnbindable) throw new StepFailure("unbindable");
    if (isKernelFilesystem(mount.filesystem)) throw new StepFailure("kernel-filesystem");
    for (let above: SimulatedMount | undefined = mount; above; above = above.parent)
      if (isGuard(above)) throw new StepFailure("in-sandbox");
    return mount;
  }

  #unmount(target: string): boolean {
    if (isWithin(target, `${this.#directory}/${HUB}`) && target !== `${this.#directory}/${HUB}`) {
      const hub = this.#findGuard()?.childAt(`${this.#directory}/${HUB}`);
      if (!hub) return false;
      if (!isHub(hub)) throw new StepFailure("taken");
    }
    const found = this.#namespace.findAt(target);
    if (!found) return false;
    if (target === this.#directory && !coversItself(found)) throw new StepFailure("taken");
    unmount(this.#namespace, found);
    return true;
  }
}

function isHub(mount: SimulatedMount): boolean {
  return isMadeAsHub(mount) && mount.peerGroup !== 0;
}

// A share that is there already is no change; something else is in the way.
function mustBeSame(found: SimulatedMount | undefined, clone: SimulatedMount, target: string): false {
  const isSame =
    found?.target === target &&
    found.device === clone.device &&
    found.root === clone.root &&
    found.attributes.join() === clone.attributes.join();
  if (!isSame) throw new StepFailure("taken");
  return false;
}
