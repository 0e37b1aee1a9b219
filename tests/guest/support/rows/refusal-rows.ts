import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SpecSchema } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { TtrpcAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import { inGuest } from "../guest-test.ts";
import { image } from "./image.ts";
import { refusal } from "./process-rows.ts";
import type { Row } from "./row.ts";

type SpecInit = Extract<MessageInitShape<typeof SpecSchema>, { readonly $typeName?: never }>;

/** Specifications that the agent refuses, each with one fault. */
function wrongSpecs(good: SpecInit): Readonly<Record<string, SpecInit | undefined>> {
  const { mounts = [] } = good;
  const process = { args: ["/bin/sleep", "1000"], cwd: "/", capabilities: {} };
  const bind = (destination: string, source: string) => ({
    destination,
    source,
    type: "bind",
    options: ["bind"],
  });
  return {
    "no specification": undefined,
    "no capabilities": { ...good, process: { args: ["/bin/sleep"], cwd: "/" } },
    "no such program": { ...good, process: { ...process, args: ["/bin/none"] } },
    "no such root": { ...good, root: { path: "/nowhere" } },
    "no such source": { ...good, mounts: [...mounts, bind("/tmp", `${inGuest}/none`)] },
    "a bind on a device": { ...good, mounts: [...mounts, bind("/dev/zero", "/dev/null")] },
    "a bind in proc": { ...good, mounts: [...mounts, bind("/proc/version", "/tmp")] },
    "a bind beside proc": { ...good, mounts: [...mounts, bind("/processes", "/tmp")] },
    "a bind on proc of what is none": { ...good, mounts: [...mounts, bind("/proc", "/tmp")] },
    "a mount with dots": { ...good, mounts: [...mounts, bind("/a..b", "/tmp")] },
    "mappings of no size": { ...good, linux: { ...good.linux, uidMappings: [{ size: 0 }] } } as SpecInit,
    "a hostname without uts": { ...good, hostname: "h", linux: { namespaces: [{ type: "mount" }] } },
    "a cgroup of systemd": { ...good, linux: { ...good.linux, cgroupsPath: "a.slice:b:c" } } as SpecInit,
  };
}

/** Starts a container that has the guest's own proc by a bind. */
async function bindOfProc(agent: TtrpcAgent, good: SpecInit): Promise<string> {
  const { mounts = [] } = good;
  const [, ...others] = mounts;
  const proc = { destination: "/proc", source: "/proc", type: "none", options: ["rbind"] };
  const containerId = "proc";
  await agent.createContainer({
    containerId,
    execId: containerId,
    oci: { ...good, mounts: [proc, ...others] },
  });
  await agent.startContainer({ containerId });
  await agent.removeContainer({ containerId });
  return "started";
}

/** Starts one more program in a container whose first one has ended. */
async function execAfterEnd(agent: TtrpcAgent, good: SpecInit): Promise<string> {
  const containerId = "ended";
  const process = { args: ["/bin/sleep", "0"], cwd: "/", capabilities: {} };
  await agent.createContainer({ containerId, execId: containerId, oci: { ...good, process } });
  await agent.startContainer({ containerId });
  await agent.waitProcess({ containerId, execId: containerId });
  const refused = await refusal(agent.execProcess({ containerId, execId: "more", process }));
  await agent.removeContainer({ containerId });
  return refused;
}

/** How calls about what is not there are refused. */
async function unknown(agent: TtrpcAgent): Promise<Record<string, string>> {
  const none = { containerId: "none", execId: "none" };
  const first = { containerId: "c1", execId: "none" };
  const process = { args: ["/bin/sleep"], env: [], cwd: "/" };
  const calls: Record<string, Promise<unknown>> = {
    start: agent.startContainer(none),
    remove: agent.removeContainer(none),
    stats: agent.statsContainer(none),
    exec: agent.execProcess({ ...none, process }),
    "exec of nothing": agent.execProcess(first),
    signal: agent.signalProcess({ ...none, signal: 15 }),
    "signal all": agent.signalProcess({ containerId: "none", execId: "", signal: 9 }),
    "signal one": agent.signalProcess({ ...first, signal: 15 }),
    wait: agent.waitProcess(none),
    "wait for one": agent.waitProcess(first),
    write: agent.writeStdin({ ...none, data: new Uint8Array(1) }),
    "write to one": agent.writeStdin({ ...first, data: new Uint8Array(1) }),
    close: agent.closeStdin(none),
    read: agent.readStdout({ ...none, len: 1 }),
    "read of one": agent.readStderr({ ...first, len: 1 }),
    resize: agent.ttyWinResize({ ...none, row: 1, column: 1 }),
    "resize no terminal": agent.ttyWinResize({ containerId: "c1", execId: "c1", row: 1, column: 1 }),
    log: agent.getDiagnosticData({ logType: "termination_log", containerId: "none" }),
    "other log": agent.getDiagnosticData({ logType: "other", containerId: "c1" }),
    "log of one without": agent.getDiagnosticData({ logType: "termination_log", containerId: "c1" }),
    policy: agent.setPolicy({ policy: "" }),
    grow: agent.resizeVolume({ volumeGuestPath: "/", size: 1n }),
    volume: agent.getVolumeStats({ volumeGuestPath: "/nowhere" }),
    ephemeral: agent.updateEphemeralMounts({ storages: [{ driver: "local", mountPoint: "/tmp/x" }] }),
  };
  const refused = Object.entries(calls).map(async ([name, call]) => [name, await refusal(call)] as const);
  return Object.fromEntries(await Promise.all(refused));
}

/** Rows about what the agent refuses. */
export const refusalRows: readonly Row[] = [
  {
    what: "what the agent refuses, and its words",
    see: async ({ scratch, pod, agent }) => {
      await pod.start({ id: "c1", rootFs: { target: image(scratch, "image") } });
      const rootPath = `${inGuest}/c1/rootfs`;
      const mounts = [
        { destination: "/proc", source: "proc", type: "proc", options: [] },
        { destination: "/dev", source: "tmpfs", type: "tmpfs", options: [] },
      ];
      const linux = { namespaces: ["mount", "ipc", "uts"].map((type) => ({ type })) };
      const process = { args: ["/bin/sleep", "1000"], cwd: "/", capabilities: {} };
      const good = { ociVersion: "1.1.0", root: { path: rootPath }, process, mounts, linux };
      const seen: Record<string, string> = {};
      for (const [at, [what, oci]] of Object.entries(wrongSpecs(good)).entries()) {
        const containerId = `wrong${at}`;
        seen[what] = await refusal(
          agent.createContainer({ containerId, execId: containerId, ...(oci && { oci }) }),
        );
      }
      seen["a bind of its own proc"] = await bindOfProc(agent, good);
      seen["a program in an ended container"] = await execAfterEnd(agent, good);
      seen.id = await refusal(agent.createContainer({ containerId: "x", execId: "x", oci: good }));
      const driver = { driver: "none", mountPoint: "/tmp/none" };
      seen.driver = await refusal(
        agent.createContainer({ containerId: "c9", oci: good, storages: [driver] }),
      );
      Object.assign(seen, await unknown(agent));
      await pod.remove("c1");
      seen.sandbox = await refusal(agent.createSandbox({ sandboxId: "s2" }));
      return seen;
    },
  },
];
