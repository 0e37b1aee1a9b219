import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TtrpcAgent } from "../../../ffi/agent/ttrpc-agent.ts";
import { connectTtrpc } from "../../../ffi/ttrpc/connect.ts";
import { type Container, containerOf } from "../../../mod.ts";
import { socketTest } from "../ttrpc/served.ts";
import { type AgentTraits, newest } from "./agent-traits.ts";
import { DirectoryShare } from "./directory-share.ts";
import { PlayedAgent } from "./played/played-agent.ts";
import { type ScratchMachine, scratchMachine } from "./played/scratch-machine.ts";

/** A bundle's config.json, and the container that it describes. */
export interface Bundle {
  readonly container: Container;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A played agent, what is shared with its guest, and bundles. */
export interface SandboxPlace {
  readonly agent: TtrpcAgent;
  readonly played: PlayedAgent;
  readonly machine: ScratchMachine;
  readonly share: DirectoryShare;
  readonly directory: string;
  /** A bundle whose program is a script of sh. */
  bundle(id: string, script: string, more?: object): Bundle;
}

/** A test with a played agent and a share that mounts nothing. */
export function sandboxTest(
  name: string,
  body: (place: SandboxPlace) => Promise<void>,
  traits: AgentTraits = newest,
): void {
  socketTest(name, async (directory) => {
    const { exported, machine } = scratchMachine(directory);
    await using played = await PlayedAgent.start(join(directory, "agent.sock"), machine, traits);
    const client = await connectTtrpc(played.address, { callTimeoutMs: 60_000 });
    await using agent = new TtrpcAgent(client);
    const share = new DirectoryShare(exported);
    const bundle = (id: string, script: string, more?: object) => bundleIn(directory, id, script, more);
    await body({ agent, played, machine, share, directory, bundle });
  });
}

/** A bundle in a directory, whose program is a script of sh. */
export function bundleIn(directory: string, id: string, script: string, more: object = {}): Bundle {
  const rootfs = join(directory, `bundle-${id}/rootfs`);
  mkdirSync(rootfs, { recursive: true });
  writeFileSync(join(rootfs, "file"), "of the root");
  const process = { args: ["/bin/sh", "-c", script], cwd: "/", env: ["GREETING=hello"] };
  const config = { ociVersion: "1.2.0", root: { path: "rootfs" }, process, ...more };
  return { config, container: containerOf(config, { id, bundle: join(directory, `bundle-${id}`) }) };
}

/** All that a stream gives, as text. */
export async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text();
}
