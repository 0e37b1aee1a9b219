import { annotationsAllowedBy, sandboxOf } from "../../input/sandbox.ts";
import {
  type Container,
  type Core,
  containerOf,
  type Mount,
  type Sandbox,
  withAnnotations,
  withMountInfo,
  withPodBundle,
} from "../../mod.ts";
import { clean } from "./host.ts";
import type { Answer, ContainerQuestion, HostPath, Question, SandboxQuestion } from "./question.ts";
import { effectOf } from "./sandbox-effect.ts";

/** What this project answers; a refusal is an error that begins with its code and path. */
export function ourAnswer(core: Core, question: Question): Answer {
  try {
    if (question.op === "sandbox") return effectOf(core, sandboxIn(question));
    if (question.op === "prepare") {
      return { storages: core.plan({ op: "prepare", sandbox: question.sandbox }).storages };
    }
    const container = containerIn(question);
    const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
    const plan = core.plan({ op: "shareContainer", sandbox: question.sandbox, container, random });
    return { storages: plan.storages, mounts: plan.mounts, rootPath: plan.rootPath };
  } catch (error) {
    const { code, path, message } = error as { code?: string; path?: string; message: string };
    if (code === undefined) throw error;
    return { error: `${code} ${path}: ${message}` };
  }
}

// The program's /mnt has as many bytes.
const sizeOf = () => 4 * 1024 * 1024;

function sandboxIn({ id, texts, config }: SandboxQuestion): Sandbox {
  const allow = annotationsAllowedBy(texts);
  const sandbox = withAnnotations(sandboxOf(texts, { id }), config.annotations, { allow });
  return withPodBundle(sandbox, config, { sizeOf });
}

function containerIn(question: ContainerQuestion): Container {
  const { id, bundle, config, rootFs, root } = question;
  const { suffix, ...disks } = root;
  const container = containerOf(config, {
    ...{ id, bundle, ...disks },
    ...(rootFs && { rootFs: { target: "/mnt/root", ...rootFs } }),
    ...(suffix !== undefined && { rootfsSuffix: suffix }),
  });
  return { ...container, mounts: container.mounts?.map((mount) => mountIn(question, mount)) ?? [] };
}

const diskOptions = ["io.katacontainers.fs-opt.block_device=file", "io.katacontainers.fs-opt.is-layer"];

// As whoever attached the disks fills it in.
function mountIn({ host, drives, mountInfo, sandbox }: ContainerQuestion, mount: Mount): Mount {
  const { source = "", destination, options = [] } = mount;
  const found = host.find(({ path }) => path === clean(source));
  const info = mountInfo[source] ?? (found && emptyDirInfo(sandbox, found));
  const hasDiskOption = options.some((option) => diskOptions.includes(option));
  const isDisk = info !== undefined || found?.kind === "block" || hasDiskOption;
  const drive = isDisk ? drives[destination] : undefined;
  const known = { ...mount, ...(found && { facts: factsOf(found) }), ...(drive && { blockDrive: drive }) };
  return info === undefined ? known : withMountInfo(known, info);
}

function factsOf({ path: _, ...facts }: HostPath): NonNullable<Mount["facts"]> {
  return facts;
}

// The mountInfo.json that Kata's runtime writes for a disk in place of an emptyDir; undefined for what gets none.
function emptyDirInfo({ emptydirMode }: Sandbox, facts: HostPath): object | undefined {
  const { path, filesystem, isMountPoint, gid = 0 } = facts;
  const isMemory = isMountPoint !== false && (filesystem === "tmpfs" || filesystem === "hugetlbfs");
  if (emptydirMode === "shared-fs" || isMemory) return undefined;
  if (path.split("/").at(-2) !== "kubernetes.io~empty-dir") return undefined;
  return {
    ...{ "volume-type": "blk", device: `${path}/disk.img`, fstype: "ext4" },
    metadata: {
      createFilesystem: "true",
      ...(emptydirMode === "block-encrypted" && { encryptionKey: "ephemeral" }),
      ...(gid !== 0 && { fsGroup: String(gid) }),
    },
    options: emptydirMode === "block-plain" ? ["discard"] : [],
  };
}
