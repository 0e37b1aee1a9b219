/** Functions of a script: a filesystem, the shared one, and a bind. Each notes, in a first pass, what is wanted. */
export const verbs: string = `
# Whether a filesystem of a type is at $at. The type "auto" is any.
is_mounted() {
  case $taken in *"/$at//"*) return 1 ;; esac
  case $1$mounted in auto*"/$at//"* | *"/$1/$at//"*) ;; *) false ;; esac
}

make_fs() { mount -t "$1" \${4:+-o "$4"} -- "$2" "$at"; }

# The same, which gets a copy of what it covers: from the working directory, which stays the old one.
make_copied() { (cd "$at" && make_fs "$@" && { cp -a ./. "$at/" || { umount "$at" && false; }; }); }

# A filesystem: its type, source, target, options, propagation, and "copied" if it is to have what it covers.
fs() {
  if notes "$1" "$3"; then return; fi
  locate "$3"
  if is_mounted "$1"; then return; fi
  mkdir -p "$at" && "make_\${6-fs}" "$@" || { say "cannot mount $1 on $at"; return; }
  mounted=$mounted/$1/$at// changed=yes
  [ -z "\${5-}" ] || mount "--make-$5" "$at" || say "cannot make $at $5"
}

# The shared filesystem, likewise. What is mounted of it is known by its type and tag.
view() {
  fs "$@"
  view_type=$1 view_tag=$2 view=$at
}

# A bind: its source, target, attributes, propagation, and "r" if it is recursive.
bind() {
  if notes - "$2"; then
    [ "$1" -ef "$at" ] || stale=$stale/$at//
    return
  fi
  locate "$2"
  case $busy in *"/$at//"*) return ;; esac
  [ $changed = yes ] || case $stale in *"/$at//"*) ;; *) return ;; esac
  there "$1" || { say "there is no $1 for $at"; return; }
  case $mounted in *"/$at//"*) [ "$1" -ef "$at" ] && return ;; esac
  case $taken in *"/$at//"*) ;; *) case $mounted in *"/$at/"*) free "$at" ;; esac ;; esac
  place "$1" && mount -t none -o "\${5-}bind" -- "$1" "$at" || { say "cannot bind $1 on $at"; return; }
  changed=yes
  # A bind takes no attributes: a second call does.
  [ -z "\${3-}" ] || mount -t none -o "remount,bind,$3" -- "$1" "$at" || say "cannot make $at $3"
  [ -z "\${4-}" ] || mount "--make-$4" "$at" || say "cannot make $at $4"
}
`.trim();
