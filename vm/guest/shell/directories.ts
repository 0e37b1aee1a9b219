/** Functions of a script: what is no mount: directories, devices, links, huge pages, a root that is read-only. */
export const directories: string = `
# A container's root, for the lines that follow, and "ro" if it is read-only in the end.
within() {
  root= sealed=\${2-}
  [ -n "\${1-}" ] || return
  locate "$1"
  root=$at
  [ $pass != note ] || roots=$roots//$at
}

# A directory that is made: its target, mode and group.
directory() {
  [ $pass = make ] || return
  locate "$1"
  [ ! -d "$at" ] || return
  mkdir -p "$at" && chmod "\${2-755}" "$at" && { [ -z "\${3-}" ] || chown ":$3" "$at" && chmod g+s "$at"; } || say "cannot make $at"
}

# A device of the kernel: its target and numbers.
node() {
  [ $pass = make ] || return
  locate "$1"
  [ -e "$at" ] || mknod -m 666 "$at" c "$2" "$3" || say "cannot make $at"
}

# A link: its target and what it says.
link() {
  [ $pass = make ] || return
  locate "\${1%/*}/"
  at=$at/\${1##*/}
  [ -e "$at" ] || [ -L "$at" ] || ln -s "$2" "$at" || say "cannot make $at"
}

# Huge pages for all mounts of one size: the size in KiB and their number.
pages() {
  [ $pass = make ] || return
  file=/sys/kernel/mm/hugepages/hugepages-$1kB/nr_hugepages
  [ "$(cat "$file")" -ge "$2" ] || { echo "$2" >"$file" && [ "$(cat "$file")" -ge "$2" ]; } || say "cannot have $2 pages of $1 KiB"
}

# Makes a container's root read-only, once all is in its place.
seal() {
  [ $pass = make ] || return
  locate "$1"
  mount -t none -o remount,bind,ro -- none "$at" || say "cannot make $at ro"
}
`.trim();
