import { type MountEntry, type MountTable, predict, readMountinfo } from "../../table/mod.ts";
import type { Drawn } from "./draw.ts";

/** What is drawn, with the mount table: the one that was typed, or the one that plans make of an empty host. */
export interface Drawing extends Drawn {
  readonly table: MountTable;
}

// Predictions begin with the root and the directory of runtimes, as every host has them.
const host = readMountinfo(`1 0 254:0 / / rw,relatime - ext4 /dev/vda rw
2 1 0:25 / /run rw,nosuid,nodev - tmpfs tmpfs rw
`).mounts;

/** Whether the filesystem of a predicted mount is one of this page's host: on what a source is, nobody said. */
export function isGuessed({ device, isUnbindable }: MountEntry): boolean {
  return !isUnbindable && host.some((mount) => mount.device === device);
}

/** What is drawn, with its mount table, which is predicted when somebody first looks at it: most key strokes need none. */
export function withTable(drawn: Drawn): Drawing {
  let table = drawn.planned.length > 0 ? undefined : drawn.mounts;
  return {
    ...drawn,
    get table() {
      table ??= predictedBy(drawn);
      return table;
    },
  };
}

function predictedBy({ planned }: Drawn): MountTable {
  const plans = planned.map(({ plan }) => plan);
  return predict(host, plans).mounts.slice(host.length);
}
