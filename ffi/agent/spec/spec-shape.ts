import type { Message, MessageInitShape } from "@bufbuild/protobuf";
import type { LinuxSchema, ProcessSchema } from "../generated/oci_pb.ts";
import type { LinuxSeccompSchema } from "../generated/oci-linux_pb.ts";
import { flag, i64, list, record, type Shape, text, textsByName, u32, u64, word } from "./shapes.ts";
import {
  capabilities,
  deviceTypes,
  guestNamespaces,
  otherNamespaces,
  rlimits,
  seccompActions,
  seccompArchitectures,
  seccompFlags,
  seccompOperators,
} from "./spec-words.ts";

// What of a config.json the agent is told: what Kata's own runtime tells it. Hooks ran on the host; limits of devices, processes,
// block devices and network, CPUs by number and SELinux's labels are about the host.

/** What is read of a process. */
export type ProcessRead = Exclude<MessageInitShape<typeof ProcessSchema>, Message>;

/** What is read of `linux`. */
export type LinuxRead = Exclude<MessageInitShape<typeof LinuxSchema>, Message>;

const texts = list(text);
const caps = list(word(capabilities));

/** A process of a container. */
export const processShape: Shape<ProcessRead> = record({
  terminal: flag,
  consoleSize: record({ height: u32, width: u32 }),
  user: record({ uid: u32, gid: u32, additionalGids: list(u32), username: text }),
  args: texts,
  env: texts,
  cwd: text,
  capabilities: record({
    ...{ bounding: caps, effective: caps, inheritable: caps, permitted: caps, ambient: caps },
  }),
  rlimits: list(record({ type: word(rlimits), hard: u64, soft: u64 }, ["type"])),
  noNewPrivileges: flag,
  apparmorProfile: text,
  oomScoreAdj: i64,
});

const idMappings = list(record({ hostID: u32, containerID: u32, size: u32 }));

const resources = record({
  memory: record({
    ...{ limit: i64, reservation: i64, swap: i64, kernel: i64, kernelTCP: i64 },
    ...{ swappiness: u64, disableOOMKiller: flag },
  }),
  cpu: record({ shares: u64, quota: i64, period: u64, realtimeRuntime: i64, realtimePeriod: u64 }),
  hugepageLimits: list(record({ pageSize: text, limit: u64 })),
});

const seccompArg = record({ index: u64, value: u64, valueTwo: u64, op: word(seccompOperators) }, ["op"]);

/** A profile of seccomp. */
export const seccompShape: Shape<MessageInitShape<typeof LinuxSeccompSchema>> = record(
  {
    defaultAction: word(seccompActions),
    architectures: list(word(seccompArchitectures)),
    flags: list(word(seccompFlags)),
    syscalls: list(
      record({ names: texts, action: word(seccompActions), errnoRet: u32, args: list(seccompArg) }, [
        "action",
      ]),
    ),
  },
  ["defaultAction"],
);

/** What of `linux` is passed on, apart from namespaces and seccomp. */
export const linuxShape: Shape<LinuxRead> = record({
  ...{ uidMappings: idMappings, gidMappings: idMappings, sysctl: textsByName, resources },
  ...{ cgroupsPath: text, rootfsPropagation: text, maskedPaths: texts, readonlyPaths: texts },
  namespaces: list(record({ type: word([...guestNamespaces, ...otherNamespaces]), path: text }, ["type"])),
  devices: list(
    record(
      { path: text, type: word(deviceTypes), major: i64, minor: i64, fileMode: u32, uid: u32, gid: u32 },
      ["path", "type"],
    ),
  ),
  intelRdt: record({ l3CacheSchema: text }),
});
