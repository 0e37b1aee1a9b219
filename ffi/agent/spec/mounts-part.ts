import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FormatCode } from "../../../input/format-error.ts";
import { Reader } from "../../../input/reader.ts";
import type { ContainerPlan, OciMount } from "../../../mod.ts";
import type { MountSchema } from "../generated/oci_pb.ts";
import { agentDevices, cleaned } from "./spec-words.ts";

type Mount = MessageInitShape<typeof MountSchema>;

interface Given {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: string[];
}

// Without proc the agent never starts the container; without a tmpfs on /dev it makes devices in the shared root.
const proc = { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] };
const dev = {
  ...{ destination: "/dev", type: "tmpfs", source: "tmpfs" },
  options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
};

// What of proc the agent lets a bind hide.
const hideable = ["cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "net/dev"].map(
  (name) => `/proc/${name}`,
);

/** The plan's mounts, and what the agent insists on, which has to be there before mounts below it. */
export function mountsOf(spec: Reader, plan: ContainerPlan): Mount[] {
  const mounts = plan.mounts.map(messageOf);
  const isDevBound = mounts.some(({ destination, type }) => destination === "/dev" && type === "bind");
  for (const [at, mount] of mounts.entries())
    refuseWrong(mount, isDevBound, (code) => {
      const [destination = "", ...before] = plan.mounts
        .slice(0, at + 1)
        .map((one) => one.destination)
        .reverse();
      const earlier = before.filter((one) => one === destination).length;
      return destinationIn(spec, destination, earlier).refuse(code, destination);
    });
  const isThere = (destination: string) => mounts.some((mount) => mount.destination === destination);
  return [...[proc, dev].filter(({ destination }) => !isThere(destination)), ...mounts];
}

// The agent compares texts: it would not know "/dev/" for /dev. Dots stay, for it to be refused.
function messageOf({ destination, type = "", source = "", options = [] }: OciMount): Given {
  const isPlace = destination.startsWith("/") && !destination.includes("..");
  const isBind = type !== "cgroup" && options.some((option) => option === "bind" || option === "rbind");
  return {
    destination: isPlace ? cleaned(destination) : destination,
    type: isBind ? "bind" : type,
    source,
    options: [...options],
  };
}

function refuseWrong(
  { destination, type, source }: Given,
  isDevBound: boolean,
  refuse: (code: FormatCode) => never,
): void {
  if (!destination.startsWith("/") || destination.includes("..") || destination === "/")
    refuse("not-a-destination");
  // The agent makes its devices unless /dev is a bind.
  if (agentDevices.includes(destination) && !isDevBound) refuse("device-of-agent");
  if (destination === "/proc") {
    const isProc = type === "proc" || (type === "bind" && cleaned(source) === "/proc");
    if (!isProc) refuse("not-proc");
  } else if (type === "bind" && destination.startsWith("/proc") && !hideable.includes(destination))
    refuse("inside-proc");
}

// Where the config.json has a destination, after earlier ones that are the same.
function destinationIn(spec: Reader, destination: string, earlier: number): Reader {
  const mounts = spec.field("mounts")?.items() ?? [];
  const given = mounts.map((mount) => mount.field("destination")).filter((it) => it?.value === destination);
  return given[earlier] ?? new Reader("config.json", destination, "mounts");
}
