import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CopyFileRequest } from "../../../ffi/agent/agent.ts";
import type { EmbeddedGuestOptions } from "../../../ffi/guest/options.ts";
import { FilesystemShare, type FilesystemShareOptions, type WatchEvent } from "../../../ffi/mod.ts";
import { type CopyPlace, copyTest } from "../copy/place.ts";
import { libc } from "../runtimes.ts";
import { KubeletVolume, type Payload, readVolume } from "./kubelet-volume.ts";

const random = "0011223344556677";

/** A volume on the host that a container has in its guest, which shares nothing. */
export class WatchPlace {
  readonly place: CopyPlace;
  readonly volume: KubeletVolume;
  readonly events: WatchEvent[] = [];
  #hangUp: () => Promise<void> = async () => {};
  /** What the agent was asked since the last look at it, by path in the volume, in order. */
  requests: string[] = [];

  constructor(place: CopyPlace) {
    this.place = place;
    this.volume = new KubeletVolume(join(place.source, "pods/p1/volumes/kubernetes.io~configmap/settings"));
  }

  /** The guest's volume. */
  get arrived(): string {
    return this.place.arrived(`c1-${random}-settings`);
  }

  get mount(): { source: string; destination: string; options: string[] } {
    return { source: this.volume.path, destination: "/etc/settings", options: ["rbind", "ro"] };
  }

  /** Shares the volume with container c1, does something, and ends all of it. */
  async share(
    guestOptions: EmbeddedGuestOptions,
    use: (share: FilesystemShare) => Promise<void>,
    options: FilesystemShareOptions = {},
  ): Promise<void> {
    const onRequest: EmbeddedGuestOptions["onRequest"] = (request, index) => {
      this.requests.push(request.path.split("/").slice(6).join("/"));
      this.assertWhole();
      return guestOptions.onRequest?.(request, index);
    };
    await this.place.with({ ...guestOptions, onRequest }, async (agent, guest) => {
      this.#hangUp = () => guest.close();
      const onWatch = (event: WatchEvent) => this.events.push(event);
      const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent, onWatch, ...options });
      await share.shareFile({ id: "c1" }, this.mount, { random });
      await use(share);
      await share.unshareContainer({ id: "c1" });
      this.assertWhole();
    });
  }

  /** Ends the guest. */
  hangUp(): Promise<void> {
    return this.#hangUp();
  }

  /** All that is read through `..data` has the same version, if it has one at all. */
  assertWhole(): void {
    const versions = new Set(Object.values(readVolume(this.arrived) ?? {}).map((text) => text.split(" ")[0]));
    assert.ok(versions.size <= 1, `the guest sees versions ${[...versions].join(" and ")}`);
  }

  /** The next event, or the first one since that is of a kind. */
  async event<K extends WatchEvent["kind"]>(kind: K, after = 0): Promise<WatchEvent & { kind: K }> {
    for (let tries = 0; tries < 6000; tries += 1) {
      const event = this.events.slice(after).find((one) => one.kind === kind);
      if (event) return event as WatchEvent & { kind: K };
      await sleep(10);
    }
    throw new Error(`there was no event "${kind}": ${JSON.stringify(this.events)}`);
  }

  /** Waits until the guest reads what the host has. */
  async equal(): Promise<void> {
    const isEqual = () =>
      JSON.stringify(readVolume(this.arrived)) === JSON.stringify(readVolume(this.volume.path));
    await waitFor(isEqual).catch(() => {});
    assert.deepEqual(readVolume(this.arrived), readVolume(this.volume.path));
  }
}

/** Waits until something is so, for a minute. */
export async function waitFor(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries === 6000) throw new Error(`it never came to this: ${isSo}`);
    await sleep(10);
  }
}

/** A version of a volume: each of its files says which one. */
export function version(number: number, ...names: string[]): Payload {
  return Object.fromEntries(names.map((name) => [name, `v${number} of ${name}`]));
}

/** A test with a volume of its own. */
export function watchTest(name: string, body: (watched: WatchPlace) => Promise<void>): void {
  copyTest(name, (place) => body(new WatchPlace(place)));
}

/** A hook that does something at the request with a number. */
export function atRequest(
  number: number,
  act: () => void,
): (request: CopyFileRequest, index: number) => undefined {
  return (_, index) => {
    if (index === number) act();
    return undefined;
  };
}
