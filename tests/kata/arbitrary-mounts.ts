import fc from "fast-check";
import { direct, disk, diskFile } from "./arbitrary-disk-mounts.ts";
import { bindOptions, bindType, type MountCase, written } from "./mount-case.ts";
import type { HostPath } from "./question.ts";
import { rarely } from "./rarely.ts";

const kind = fc.constantFrom(
  "directory",
  "directory",
  "directory",
  "directory",
  "file",
  "file",
  "file",
  "socket",
  "socket",
  "char",
  "missing",
);
const directory = { kind: "directory" } as const;

const bind = fc.tuple(fc.constantFrom("a", "a", "a", "é x"), kind, bindType, bindOptions, written).map(
  ([name, kind, type, options, write]): MountCase => ({
    mount: { type, source: write(`/mnt/${kind}/${name}`), options },
    host: { kind },
  }),
);

const plugins = [
  "configmap",
  "configmap",
  "secret",
  "projected",
  "downward-api",
  "empty-dir",
  "empty-dir",
  "empty-dir",
];
const volumeHost = fc
  .record(
    {
      kind: fc.constant("directory" as const),
      filesystem: fc.constantFrom("ext4", "tmpfs", "hugetlbfs"),
      filesystemOptions: fc.constantFrom(["rw", "pagesize=2M"]),
      isMountPoint: fc.boolean(),
      files: fc.nat({ max: 12 }),
      gid: fc.constantFrom(0, 0, 1000, 65533),
    },
    { requiredKeys: ["kind", "filesystem", "filesystemOptions", "isMountPoint", "files"] },
  )
  .map((facts) => (facts.filesystem === "hugetlbfs" ? { ...facts, files: 0 } : facts));
const volume = fc
  .tuple(
    fc.constantFrom(...plugins),
    fc.constantFrom("v", "w", "v", "w", "v", "w", "v", "w", "k/key", "k/key", "v/.."),
    volumeHost,
    bindType,
    bindOptions,
    written,
  )
  .map(
    ([plugin, name, host, type, options, write]): MountCase => ({
      mount: { type, source: write(`/mnt/pods/p1/volumes/kubernetes.io~${plugin}/${name}`), options },
      host,
      isDisk: true,
    }),
  );

// Words of Kata's own, for what is no emptyDir.
const typed = fc.tuple(fc.constantFrom("ephemeral", "local"), volumeHost, bindOptions, written).map(
  ([type, host, options, write]): MountCase => ({
    mount: { type, source: write("/mnt/pods/p1/volumes/typed"), options },
    host,
  }),
);

const systemSources = [
  ...[
    "/proc",
    "/proc/sys",
    "/sys/fs/cgroup",
    "/dev",
    "/dev/null",
    "/dev/shm",
    "/dev/none",
    "/procfs",
    "/system",
  ],
  ...["/proc", "/proc/sys", "/sys/fs/cgroup", "/dev", "/dev/null", "/dev/shm", "/dev/none", "/sys/"],
  ...["//proc/1", "/mnt/../sys", "/dev/", "/dev/../dev/zero"],
];
const kinds: Readonly<Record<string, HostPath["kind"]>> = {
  "/dev/null": "char",
  "/dev/none": "missing",
  "/procfs": "missing",
  "/system": "missing",
  "/dev/../dev/zero": "char",
};
const system = fc.tuple(fc.constantFrom(...systemSources), bindType, bindOptions).map(
  ([source, type, options]): MountCase => ({
    mount: { type, source, options },
    host: { kind: kinds[source] ?? "directory" },
  }),
);

const guests = fc
  .tuple(fc.constantFrom("tmpfs", "proc", "sysfs", "mqueue", "devpts", "cgroup"), bindOptions)
  .map(
    ([type, options]): MountCase => ({
      mount: { type, source: type, options: options.filter((word) => !word.endsWith("bind")) },
    }),
  );

const shm = fc
  .tuple(
    fc.oneof(rarely("/dev/shm/", "/dev/shm"), rarely("/dev//shm", "/dev/shm")),
    fc.boolean(),
    bindOptions,
    fc.constantFrom("65536k", "1g", "4096"),
  )
  .map(
    ([destination, isBind, options, size]): MountCase => ({
      mount: isBind
        ? { type: "bind", source: "/mnt/directory/shm", options }
        : { type: "tmpfs", source: "shm", options: ["nosuid", `size=${size}`] },
      host: directory,
      destination,
    }),
  );

/** A mount of any kind. */
export const mountCase: fc.Arbitrary<MountCase> = fc.oneof(
  { weight: 4, arbitrary: bind },
  { weight: 6, arbitrary: volume },
  { weight: 1, arbitrary: typed },
  { weight: 2, arbitrary: system },
  { weight: 2, arbitrary: guests },
  { weight: 2, arbitrary: shm },
  { weight: 2, arbitrary: disk },
  { weight: 1, arbitrary: diskFile },
  { weight: 2, arbitrary: direct },
);
