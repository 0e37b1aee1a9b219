import type { Answer, Question } from "./question.ts";

/** Whether a known difference is why one of two answers is an error, and the other is none. */
export type ExplainsRefusal = (question: Question, kata: Answer, ours: Answer) => boolean;

/** Known differences of which one is refused and the other is not, by their names in docs/kata.md. */
export const inErrors: Readonly<Record<string, ExplainsRefusal>> = {
  "a directory is no root where nothing is shared": refused("needs-sharing container.rootFs"),
  "a device is not bound": refused("device-source container.mounts"),
  "a missing source is told": refused("missing-source container.mounts"),
  "a subPath of a disk needs that disk": refused(
    String.raw`missing-field container\.mounts\[\d\]\.blockDrive`,
  ),
  // Of an emptyDir, which gets a disk then.
  "no type is a bind": refused("unsupported-block-device-driver"),
  "huge pages have a limit": refused("missing-hugepage-limit"),
  "a disk is not mounted again": refused("remount options"),
  "a wrong value is told": refused("(?:wrong-type|unknown-word|out-of-range) (?:metadata|hypervisor)"),
  "an unknown volume type is told": refused(
    "(?:unsupported-root-filesystem|missing-field container.blockDrive)",
  ),
  "an image of nydus needs nydusd": refused("needs-nydusd"),
  "words may contradict each other": refused("conflicting-option"),
  "an overlay of erofs has layers": refused("missing-layers"),
  "which machine serves 9p is not asked": (_, kata) => /does not support virtio-9p/.test(kata.error ?? ""),
  "the host's programs are not looked for": (_, kata) =>
    kata.error === "cannot enable virtio-fs without daemon path",
  "words of runtime-rs are read": (_, kata, ours) =>
    ours.error === undefined &&
    /^(?:.*: )?Invalid hypervisor (?:block storage driver virtio-(?:pmem|blk-pci)|shared file system virtio-fs-nydus)/.test(
      kata.error ?? "",
    ),
  "a number that is too large is told": refused(
    "out-of-range io.katacontainers.config.hypervisor.virtio_fs_cache_size",
  ),
  "0 is a group": (_, kata) => /FSGroup value was out of range: 0$/.test(kata.error ?? ""),
  "a layer may be vhost-user-blk": ({ op, ...question }, kata) =>
    op === "container" &&
    kata.error === "malformed block drive" &&
    JSON.stringify(question).includes("vhost-user-blk"),
  "a source is looked at when it is opened": (_, kata) =>
    /^Could not resolve symlink for source/.test(kata.error ?? ""),
};

function refused(beginning: string): ExplainsRefusal {
  const pattern = new RegExp(`^${beginning}`);
  return (_, kata, ours) => kata.error === undefined && pattern.test(ours.error ?? "");
}
