import { dirname } from "node:path";
import type { Guest } from "./guest.ts";

// The changes of a directory arrive in its copy as the agent's own do: a link or file at a time, the link `..data` last.
const script = (source: string, copy: string) => `update() {
  cd ${source} || return
  find . -type d | while read -r path; do mkdir -p "${copy}/$path"; done
  find . -type f | while read -r path; do
    cmp -s "$path" "${copy}/$path" || { cp -p "$path" "${copy}/.new" && mv "${copy}/.new" "${copy}/$path"; }
  done
  find . -type l | sort -r | while read -r path; do
    [ "$(readlink "$path")" = "$(readlink "${copy}/$path")" ] || ln -snf "$(readlink "$path")" "${copy}/$path"
  done
  cd ${copy}
  find . -depth ! -name . | while read -r path; do
    [ -e "${source}/$path" ] || [ -h "${source}/$path" ] || rm -rf "$path"
  done
}
seen=
while sleep 1; do
  now=$(ls -lanRi --full-time ${source})
  [ "$now" = "$seen" ] || update
  seen=$now
done`;

/** A copy in a guest of a directory that is watched, which follows its changes until it ends. */
export class WatchedCopy {
  readonly #guest: Guest;
  readonly #copy: string;

  constructor(guest: Guest, copy: string) {
    this.#guest = guest;
    this.#copy = copy;
  }

  get #pidFile(): string {
    return `/tmp/watches${this.#copy}`;
  }

  /** Copies it, and goes on. */
  async follow(source: string): Promise<void> {
    await this.#guest.run("busybox", "cp", "-a", source, this.#copy);
    await this.#guest.call("mkdirs", dirname(this.#pidFile));
    const watch = `(${script(source, this.#copy)}) >/dev/null 2>&1 </dev/null & echo $! >${this.#pidFile}`;
    await this.#guest.run("busybox", "sh", "-c", watch);
  }

  /** Ends, and deletes the copy. */
  async end(): Promise<void> {
    await this.#guest.run("busybox", "sh", "-c", `kill $(cat ${this.#pidFile}); rm -r ${this.#copy}`);
  }
}
