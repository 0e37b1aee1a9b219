/** Functions of a script: a copy that a later run brings up to date, whose readers see whole files and whole versions. */
export const copies: string = `
# A copy of a directory: its source and target, which is on a tmpfs: nothing of the host's is ever written or deleted.
copy() {
  [ $pass = make ] || return
  locate "$2"
  there "$1" || { say "there is no $1 for $at"; return; }
  case $mounted in *"/tmpfs/\${at%/*}//"*) ;; *) return ;; esac
  renew "$1" "$at" || say "cannot bring $at up to date"
}

# Files first, then the links through which readers go, then what is gone.
renew() {
  [ -d "$2" ] || { mkdir -p "\${2%/*}" && cp -a "$1" "$2"; return; }
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -d "$entry" ] && [ ! -L "$entry" ]; then
      renew_directory "$entry" "$2/\${entry##*/}" || return
    elif [ -f "$entry" ] && [ ! -L "$entry" ]; then
      cmp -s "$entry" "$2/\${entry##*/}" || replace "$entry" "$2" || return
    fi
  done
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ ! -L "$entry" ] || [ "$(readlink "$entry")" = "$(readlink "$2/\${entry##*/}")" ] || replace "$entry" "$2" || return
  done
  for entry in "$2"/* "$2"/.[!.]* "$2"/..?*; do
    [ -e "$1/\${entry##*/}" ] || [ -L "$1/\${entry##*/}" ] || rm -rf "$entry" || return
  done
}

# In a process of its own, for its own names and places.
renew_directory() { (renew "$1" "$2"); }

# By a name that the source has not.
replace() {
  new=..new
  while [ -e "\${1%/*}/$new" ] || [ -L "\${1%/*}/$new" ]; do new=\${new}w; done
  rm -rf "$2/$new" && cp -a "$1" "$2/$new" || return
  [ -L "$2/\${1##*/}" ] || [ ! -d "$2/\${1##*/}" ] || rm -rf "$2/\${1##*/}"
  mv -fT "$2/$new" "$2/\${1##*/}"
}
`.trim();
