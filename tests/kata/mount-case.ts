import fc from "fast-check";
import type { OciMount } from "../../mod.ts";
import type { HostPath } from "./question.ts";

/** A mount, and what the host has at its source. */
export interface MountCase {
  readonly mount: Omit<OciMount, "destination">;
  readonly host?: Omit<HostPath, "path">;
  /** Whether the host attaches it as a disk, where the sandbox has one for it. */
  readonly isDisk?: true;
  readonly mountInfo?: string;
  readonly destination?: string;
}

const optionWords = ["ro", "rw", "nosuid", "nodev", "noexec", "noatime", "rprivate", "rslave", "relatime"];
/** Options of a bind, and types of one. */
export const bindOptions: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.constantFrom<string[]>(["rbind"], ["rbind"], ["bind"], []),
    fc.subarray(optionWords, { maxLength: 3 }),
  )
  .map(([bind, others]) => [...bind, ...others]);
export const bindType: fc.Arbitrary<string> = fc.constantFrom("bind", "bind", "bind", "none", "");
/** Ways to write one path. */
export const written: fc.Arbitrary<(path: string) => string> = fc.oneof(
  { weight: 60, arbitrary: fc.constant((path: string) => path) },
  ...[
    (path: string) => `${path}/`,
    (path: string) => `${path}/.`,
    (path: string) => path.replace("/mnt/", "/mnt//"),
    (path: string) => path.replace("/mnt/", "/mnt/./"),
    (path: string) => path.replace("/mnt/", "/mnt/x/../"),
  ].map((write) => ({ weight: 1, arbitrary: fc.constant(write) })),
);
