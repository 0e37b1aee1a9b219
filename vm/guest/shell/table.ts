/** Functions of a script: what the guest's mount table has of ours, and taking away what is gone. */
export const table: string = `
# Sets $name to a share's name without its percent signs.
decode() {
  coded=$1 name=
  while [ "$coded" != "\${coded#*%}" ]; do
    name=$name\${coded%%\\%*} coded=\${coded#*%}
    code=\${coded%"\${coded#??}"} coded=\${coded#??}
    case $code in [0-9A-Fa-f][0-9A-Fa-f]) ;; *) code=3F ;; esac
    if [ $code = 2F ]; then byte=/.; else byte=$(printf '%b.' "\\\\0$((0x$code / 64))$((0x$code / 8 % 8))$((0x$code % 8))"); fi
    name=$name\${byte%.}
  done
  name=$name$coded
}

# Whether a mount of the device is a share at its own place, which its name says after its owner's, or one that the host has no more.
is_share() {
  case $from in *//deleted) return 0 ;; /*/* | /) return 1 ;; esac
  [ -e "$view$from" ] || return 0
  decode "\${from#/}"
  case $point in "/\${name#*/}" | */"\${name%%/*}/rootfs/\${name#*/}") ;; *) false ;; esac
}

# Whether a place is below the directory of our own mounts, and not a container's own affair.
is_owned() {
  case $point in "$owned"/*) ;; *) return 1 ;; esac
  [ $kept = no ] || return 0
  left=$roots
  while [ -n "$left" ]; do
    case $point in "/\${left##*///}"/*) return 1 ;; esac
    left=\${left%///*}
  done
}

is_ours() {
  case $kept$type/$source in
    "no$view_type/$view_tag") is_share ;;
    "yes$view_type/$view_tag" | "yes$view_type/none") ;;
    # A daemon that announces submounts hides their names. Those in the view, or below another, go with what they are in.
    "no$view_type/none") case "$point$submounts" in "$view"/* | *" $parent "*) inner=1 ;; esac ;;
    *) false ;;
  esac || is_owned || case $undone in *"/$type/$point//"*) ;; *) false ;; esac
}

is_gone() {
  [ $kept = yes ] || return $inner
  case $from in *//deleted) return 0 ;; esac
  case $stale in *"/$point//"*) ;; *) false ;; esac
}

# Reads the next line of the table.
next() {
  IFS=' ' read -r number parent device from point flags rest || return
  rest=\${rest#*- } type=\${rest%% *} rest=\${rest#* } source=\${rest%% *} kept=no inner=0
  case $from$point in *\\\\*)
    from=$(printf '%b.' "$from") from=\${from%.} point=$(printf '%b.' "$point") point=\${point%.} ;;
  esac
  case $wanted in *"/$point//"*) kept=yes ;; esac
}

# What is mounted, what of it is ours, and what of that is gone or stale. That is unmounted with all of ours below it, the last first.
look() {
  set --
  while next; do
    mounted=$mounted/$type/$point//
    if is_ours; then
      set -- "$point" "$@"
      ! is_gone || gone=$gone/$point//
    fi
    [ "$type" != "$view_type" ] || submounts="$submounts $number "
  done </proc/self/mountinfo
  [ -n "$gone" ] || return 0
  for place do
    top=$place
    while [ -n "$top" ]; do
      case $gone in *"/$top//"*) take "$place"; break ;; esac
      top=\${top%/*}
    done
  done
}

take() {
  if umount "$1"; then
    taken=$taken/$1// changed=yes
  else
    busy=$busy/$1//
    say "$1 is in use, and stays until a later run"
  fi
}

# Unmounts all of ours at a place and below it, over which something new comes.
free() {
  top=$1
  set --
  while next; do
    case $point/ in "$top"/*) ! is_ours || set -- "$point" "$@" ;; esac
  done </proc/self/mountinfo
  for place do take "$place"; done
}
`.trim();
