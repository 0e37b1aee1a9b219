import type { JSX } from "preact";
import { escaped } from "../../picture/mod.ts";
import type { MountEntry, MountTable } from "../../table/mod.ts";

// More rows take a browser longer than a key stroke.
const MOST_ROWS = 500;

interface MountRowsProps {
  readonly title: string;
  readonly table: MountTable;
  /** Whether the filesystem of a mount is a guess. */
  readonly guessed?: ((mount: MountEntry) => boolean) | undefined;
}

/** The mounts of a table, as rows. */
export function MountRows({ title, table, guessed }: MountRowsProps): JSX.Element {
  if (table.length === 0) return <p class="hint">Nothing is mounted on the host.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may scroll has to be reached by keyboard.
    <section class="mount-rows" tabIndex={0} aria-label={title}>
      {table.length > MOST_ROWS && (
        <p>
          The first {MOST_ROWS} of {table.length} mounts are shown. The saved JSON has all.
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Type</th>
            <th scope="col">What of it</th>
            <th scope="col">Options</th>
            <th scope="col">Propagation</th>
          </tr>
        </thead>
        <tbody>
          {table.slice(0, MOST_ROWS).map((mount) => (
            <tr key={mount.id}>
              <td>{escaped(mount.target)}</td>
              <td>
                {escaped(mount.filesystem)}
                {guessed?.(mount) && " (a guess)"}
              </td>
              <td>{escaped(mount.root)}</td>
              <td>{mount.attributes.join(", ") || "rw"}</td>
              <td>{propagationOf(mount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function propagationOf({ peerGroup, master, isUnbindable }: MountEntry): string {
  const words = [
    ...(peerGroup === 0 ? [] : [`shared:${peerGroup}`]),
    ...(master === 0 ? [] : [`master:${master}`]),
    ...(isUnbindable ? ["unbindable"] : []),
  ];
  return words.join(", ") || "private";
}
