import { shellWord } from "../guest/shell/word.ts";
import { LIBRARY_PATH } from "./process-library.ts";

/** A program, and where it runs in the guest. */
export interface ProgramPlace {
  /** The directory that is its root; the guest's own if it is empty. */
  readonly root: string;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** All of its variables, such as `PATH=/bin`. */
  readonly env: readonly string[];
  readonly command: readonly [program: string, ...args: string[]];
}

/** How a program is connected. */
export type Connection =
  | { readonly kind: "pipes"; readonly errorPort: number; readonly mark: string }
  | {
      readonly kind: "terminal";
      readonly console: number;
      readonly mark: string;
      readonly rows: number;
      readonly columns: number;
    };

/** The script that runs a program in the guest; `id` is the number of the script itself. */
export function processScript(id: number, place: ProgramPlace, connection: Connection): string {
  const [program, ...args] = place.command;
  const search = place.env.find((word) => word.startsWith("PATH="))?.slice("PATH=".length) ?? "";
  const words = (list: readonly string[]) => list.map((word) => ` ${shellWord(word)}`).join("");
  const { root, cwd, uid, gid } = place;
  return `. ${LIBRARY_PATH}
root=${shellWord(root)} cwd=${shellWord(cwd)} search=${shellWord(search)} program=${shellWord(program)}
launch() {
  exec env -i${words(place.env)} /bin/busybox${connection.kind === "pipes" ? " setsid /bin/busybox" : ""} \\
    nsenter -F "-r$root/" "-w$root$cwd" -S ${uid} -G ${gid} "$found"${words(args)}
}
${callOf(id, connection)}
`;
}

function callOf(id: number, connection: Connection): string {
  const { mark } = connection;
  if (connection.kind === "pipes") return `piped ${id} ${connection.errorPort} ${mark}`;
  return `on_terminal ${id} ${connection.console} ${mark} ${connection.rows} ${connection.columns}`;
}
