import { shellWord } from "../guest/shell/word.ts";
import { LIBRARY_PATH } from "./process-library.ts";

/** A program, and where it runs in the guest. */
export interface ProgramPlace {
  /** The directory that is its root; the guest's own if it is empty. */
  readonly root: string;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** His other groups. */
  readonly groups: readonly number[];
  readonly umask: number;
  /** All of its variables, such as `PATH=/bin`. Without HOME it gets the user's, of its root's /etc/passwd. */
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
  const { root, cwd, uid } = place;
  return `. ${LIBRARY_PATH}
root=${shellWord(root)} cwd=${shellWord(cwd)} search=${shellWord(search)} program=${shellWord(program)}
launch() {
  umask ${place.umask.toString(8).padStart(4, "0")}
  find_home ${uid}
  ${launchOf(id, place, connection)} "$found"${wordsOf(args)}
}
${callOf(id, connection)}
`;
}

// The program stands behind it.
function launchOf(id: number, { uid, gid, groups, env }: ProgramPlace, { kind }: Connection): string {
  const home = env.some((word) => word.startsWith("HOME=")) ? "" : ' "HOME=$home"';
  const session = kind === "pipes" ? " setsid /bin/busybox" : "";
  const inRoot = `env -i${wordsOf(env)}${home} /bin/busybox${session} nsenter -F`;
  if (groups.length === 0) return `exec ${inRoot} "-r$root/" "-w$place" -S ${uid} -G ${gid}`;
  // With -G it would take all other groups away.
  const members = groups.map((each) => `g${each}:x:${each}:member`).join("\n");
  return `as_member ${id} ${gid} ${shellWord(members)} /bin/busybox ${inRoot} -r. "-w./\${place#"$top"}" -S ${uid}`;
}

const wordsOf = (list: readonly string[]) => list.map((word) => ` ${shellWord(word)}`).join("");

function callOf(id: number, connection: Connection): string {
  const { mark } = connection;
  if (connection.kind === "pipes") return `piped ${id} ${connection.errorPort} ${mark}`;
  return `on_terminal ${id} ${connection.console} ${mark} ${connection.rows} ${connection.columns}`;
}
