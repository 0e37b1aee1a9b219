import { setTimeout as sleep } from "node:timers/promises";
import { guestScript } from "../guest/guest-script.ts";
import { CopiedSources } from "./copied-sources.ts";
import { inGuestRoot } from "./guest-root.ts";
import type { MachineShares } from "./keep-up.ts";
import { allowedPlaces } from "./kept-places.ts";
import type { MachineError } from "./machine-error.ts";
import { ViewNames } from "./view-names.ts";

/** What a guest obeys to have its shares in their places. */
export class SharesScript {
  /** The sources of the copies that it makes. */
  readonly copied: CopiedSources;
  readonly #shares: MachineShares;
  readonly #hasRoot: boolean;
  readonly #names: ViewNames;

  /** `hasRoot` is whether the guest's programs have a shared directory as their root. */
  constructor(shares: MachineShares, hasRoot: boolean) {
    this.#shares = shares;
    this.#hasRoot = hasRoot;
    this.copied = new CopiedSources(shares.directory);
    this.#names = new ViewNames(shares.directory);
  }

  /** The script for what is shared now, as soon as the guest can find it; and the refusal of what the script leaves out. */
  async next(): Promise<{ readonly script: string; readonly refusal: MachineError | undefined }> {
    const { allowed, refusal } = allowedPlaces(await this.#shares.guestMounts(), this.#hasRoot);
    await this.copied.set(allowed);
    await sleep(await this.#names.staleMs(allowed));
    const script = guestScript(allowed);
    return { script: this.#hasRoot ? inGuestRoot(script) : script, refusal };
  }
}
