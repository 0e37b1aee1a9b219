import { kernelFilesystems } from "../../words/kernel-filesystems.ts";

/** What a script has that binds sources. */
export const binding: string = `
# share SOURCE TARGET bind|rbind, with words for the mount itself: attributes, access times; and for the mounts below it.
share() {
  ! mountpoint -q "$2" || fail 'something is mounted there already'
  [ ! -b "$1" ] && [ ! -c "$1" ] || fail 'the source is a device'
  [ -e "$1" ] || fail 'the source is missing'
  if [ -d "$1" ]; then stage directory; else stage file; fi
  mount -n "--$3" "$1" "$staged"
  mount -n --make-rprivate "$staged"
  top=$(cd "$sandbox/staging" && pwd -P && echo .)
  top=\${top%?.}/\${staged##*/}
  each_mount leave_out
  words=$4 times=$5 words_below=$6 times_below=$7
  each_mount restrict
  placeholder "$2"
  mount -n --move "$staged" "$2"
}

placeholder() {
  [ ! -e "$1" ] || fail 'something has this name'
  begin
  if [ -d "$staged" ]; then mkdir -m 0 "$1"; else (umask 777 && : >"$1"); fi
}

# Calls a function for each mount at $top and below: with its path, filesystem, source and options.
each_mount() {
  seen=
  table=$(cat /proc/self/mountinfo)
  while read -r _ _ _ _ shown options rest; do
    path=$shown
    case $shown in *\\\\*)
      path=$(printf '%b.' "$(printf %s "$shown" | sed 's/\\\\/\\\\0/g')")
      path=\${path%.}
      ;;
    esac
    case $path in "$top" | "$top"/*) ;; *) continue ;; esac
    case $seen in *" $shown "*) fail 'one mount below the source hides another one' ;; esac
    seen="$seen $shown "
    rest=\${rest#*- }
    filesystem=\${rest%% *}
    rest=\${rest#* }
    "$1" "$path" "$filesystem" "\${rest%% *}" "$options"
  done <<END
$table
END
}

# The kernel's own filesystems, which would show the host.
leave_out() {
  [ "$2 $3" != 'tmpfs guestshare' ] || fail 'the shares of another sandbox are below the source'
  case $2 in
    ${[...kernelFilesystems].join(" | ")}) ;;
    *) return 0 ;;
  esac
  [ "$1" != "$top" ] || fail "the source is on $2, which shows the host"
  unmount "$1"
}

# A remount has to say all attributes that a mount is to have. Only "strictatime" has no word in the kernel's table.
restrict() {
  if [ "$1" = "$top" ]; then
    set -- "$1" "$4" "$words" "$times"
  else
    set -- "$1" "$4" "$words_below" "$times_below"
  fi
  [ -n "$3$4" ] || return 0
  case ,$2, in
    *,noatime,*) now=noatime ;;
    *,relatime,*) now=relatime ;;
    *) now=strictatime ;;
  esac
  kept=$(printf ,%s, "$2" | sed 's/,noatime,/,/; s/,relatime,/,/; s/,idmapped,/,/')
  mount -n -o "remount,bind$kept\${4:-$now}\${3:+,$3}" none "$1"
}
`;
