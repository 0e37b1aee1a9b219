import type { Finding, FoundSandbox } from "../../table/mod.ts";
import { Sketch } from "../draft/sketch.ts";
import type { Picture } from "../picture.ts";
import { FoundRows } from "./found-rows.ts";

/**
 * The picture of the sandboxes that a mount table shows, and of what is wrong with them. A table tells which files each container
 * sees, and not where: rows of the guest have the last names that shares are called by. Takes time in proportion to what it is given.
 *
 * @example
 * ```ts
 * import { pictureOfTable } from "guestshare/picture";
 * import { auditFound, readMountinfo, recognise } from "guestshare/table";
 *
 * const text = `1 0 254:0 / / rw,relatime - ext4 /dev/vda rw
 * 2 1 254:0 /run/s/s1 /run/s/s1 rw,relatime unbindable - ext4 /dev/vda rw
 * 3 2 0:40 / /run/s/s1/mounts rw,nosuid,nodev,noexec,relatime shared:1 - tmpfs guestshare rw
 * 4 3 254:0 /etc/hosts /run/s/s1/mounts/c1-0011223344556677-hosts ro,relatime shared:2 - ext4 /dev/vda rw
 * `;
 * const { mounts } = readMountinfo(text);
 * const found = recognise(mounts);
 * const { columns } = pictureOfTable(found);
 * console.log(columns.hub.map(({ label }) => label).join(" ")); // s1 mounts c1-0011223344556677-hosts
 * console.log(columns.hub[2]?.traits[0], columns.host[0]?.label); // read-only /etc/hosts
 * ```
 */
export function pictureOfTable(
  sandboxes: readonly FoundSandbox[],
  findings: readonly Finding[] = [],
): Picture {
  const sketch = new Sketch();
  const rows = new Map<string, FoundRows>();
  for (const sandbox of sandboxes) {
    const drawn = new FoundRows(sketch, sandbox);
    drawn.draw();
    rows.set(sandbox.directory, drawn);
  }
  for (const finding of findings) {
    const { directory, sandbox: id } = finding;
    const drawn = rows.get(directory) ?? new FoundRows(sketch, { id, directory });
    rows.set(directory, drawn);
    drawn.add(finding);
  }
  return sketch.picture();
}
