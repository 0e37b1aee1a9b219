import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SpecSchema } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { TtrpcClient } from "../../../../ffi/ttrpc/client.ts";
import { connectTtrpc } from "../../../../ffi/ttrpc/connect.ts";
import { socketTest } from "../../ttrpc/served.ts";
import { PlayedAgent } from "./played-agent.ts";
import { type ScratchMachine, scratchMachine } from "./scratch-machine.ts";

/** A specification as a message is made from it. */
export type SpecInit = Extract<MessageInitShape<typeof SpecSchema>, { readonly $typeName?: never }>;

export const inGuest: string = "/run/kata-containers/shared/containers";

/** A played agent in directories of a test's own, and a client. */
export interface PlayedPlace {
  readonly agent: PlayedAgent;
  readonly machine: ScratchMachine;
  readonly client: TtrpcClient;
  /** What the guest's shared filesystem shows. */
  readonly exported: string;
  /** The directory that stands for the guest's root. */
  readonly root: string;
}

/** A test with a played agent. All that it started is over when it ends. */
export function playedTest(name: string, body: (place: PlayedPlace) => Promise<void>): void {
  socketTest(name, async (directory) => {
    const { root, exported, machine } = scratchMachine(directory);
    await using agent = await PlayedAgent.start(join(directory, "agent.sock"), machine);
    const client = await connectTtrpc(agent.address, { callTimeoutMs: 60_000 });
    try {
      await body({ agent, machine, client, exported, root });
    } finally {
      await client.close();
    }
  });
}

/** What the agent insists on in a container's specification, and these arguments. */
export function specOf(root: string, args: readonly string[], more: SpecInit = {}): SpecInit {
  return {
    ociVersion: "1.2.0",
    root: { path: root },
    process: { args: [...args], env: [], cwd: "/", capabilities: {} },
    mounts: [
      { destination: "/proc", source: "proc", type: "proc" },
      { destination: "/dev", source: "tmpfs", type: "tmpfs" },
    ],
    linux: { namespaces: [{ type: "mount" }, { type: "ipc" }, { type: "uts" }] },
    ...more,
  };
}
