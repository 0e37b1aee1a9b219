import { posix } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Reader } from "../../../input/reader.ts";
import type { ContainerPlan, OciMount } from "../../../mod.ts";
import type { MountSchema } from "../generated/oci_pb.ts";
import { agentDevices } from "./spec-words.ts";

type Mount = MessageInitShape<typeof MountSchema>;

// Without proc the agent never starts the container; without a tmpfs on /dev it makes devices in the shared root.
const proc = { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] };
const dev = {
  ...{ destination: "/dev", type: "tmpfs", source: "tmpfs" },
  options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
};

/** The plan's mounts, and what the agent insists on, which has to be there before mounts below it. */
export function mountsOf(spec: Reader, plan: ContainerPlan): Mount[] {
  const devMount = plan.mounts.find(isAt("/dev"));
  for (const mount of plan.mounts) refuseWrong(spec, mount, devMount);
  const added = [proc, dev].filter(({ destination }) => !plan.mounts.some(isAt(destination)));
  return [...added, ...plan.mounts.map(messageOf)];
}

const isAt = (destination: string) => (mount: OciMount) => cleaned(mount.destination) === destination;

const cleaned = (path: string) => posix.normalize(`/${path}`).replace(/(?<=.)\/$/, "");

function messageOf({ destination, type = "", source = "", options = [] }: OciMount): Mount {
  return { destination, type, source, options: [...options] };
}

function refuseWrong(spec: Reader, { destination }: OciMount, devMount: OciMount | undefined): void {
  if (!destination.startsWith("/") || destination.includes(".."))
    destinationIn(spec, destination).refuse("not-a-destination", destination);
  // The agent makes its devices unless /dev is a bind.
  if (agentDevices.includes(cleaned(destination)) && devMount?.type !== "bind")
    destinationIn(spec, destination).refuse("device-of-agent", destination);
}

// Where the config.json has a destination.
function destinationIn(spec: Reader, destination: string): Reader {
  const mounts = spec.field("mounts")?.items() ?? [];
  const given = mounts.map((mount) => mount.field("destination")).find((it) => it?.value === destination);
  return given ?? new Reader("config.json", destination, "mounts");
}
