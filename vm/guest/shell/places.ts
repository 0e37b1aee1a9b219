/** Functions of a script: where a target is, and what is wanted there. They are for busybox and dash. */
export const places: string = `
say() { printf 'guestshare: %s\\n' "$*" >&2; failed=1; }

# Sets $at to the place of a target below $root, as a program in that root sees it: no link leads out of the root.
locate() {
  at=$root names=$1/ links=0
  while [ -n "$names" ]; do
    name=\${names%%/*} names=\${names#*/}
    case $name in
      '' | .) ;;
      ..) [ "$at" = "$root" ] || at=\${at%/*} ;;
      *)
        if [ -L "$at/$name" ] && [ $links -lt 40 ]; then
          links=$((links + 1)) link=$(readlink "$at/$name" && echo .) link=\${link%??}
          case $link in /*) at=$root ;; esac
          names=$link/$names
        else
          at=$at/$name
        fi
        ;;
    esac
  done
}

# Whether this pass only notes what is wanted: a filesystem of a type, or "-", at a target.
notes() {
  [ $pass != make ] || return 1
  locate "$2"
  if [ $pass = undo ]; then undone=$undone/$1/$at//; else wanted=$wanted/$at//; fi
}

# Lets what is on its way come, as long as patience lasts.
wait_for_it() {
  [ $patience -gt 0 ] || return 1
  if sleep 0.1 2>/dev/null; then patience=$((patience - 1)); else sleep 1 && patience=$((patience - 10)); fi
}

there() { until [ -e "$1" ]; do wait_for_it || return; done; }

# Makes a directory, or a file for a file, at $at if there is nothing. What is empty there, and of the other kind, makes room.
place() {
  if [ -d "$1" ]; then [ ! -d "$at" ] || return 0; else [ ! -e "$at" ] || [ -d "$at" ] || return 0; fi
  [ -z "$sealed" ] || mount -t none -o remount,bind,rw -- none "$root"
  if [ -d "$at" ]; then rmdir "$at"; elif [ -f "$at" ] && [ ! -s "$at" ]; then rm "$at"; fi
  if [ -d "$1" ]; then
    mkdir -p "$at"
  else
    [ -d "\${at%/*}/" ] || mkdir -p "\${at%/*}/"
    true >"$at"
  fi
}
`.trim();
