import { MACHINE_DIRECTORY, PORT_DEVICE, RUN_DIRECTORY } from "./guest-files.ts";

/** Where the guest has the functions by which a program is started. */
export const LIBRARY_PATH: string = `${MACHINE_DIRECTORY}/process.sh`;

/**
 * Functions of busybox's shell by which a program runs. A script that calls one has `root`, `cwd`, `search` and `program` as
 * variables, and a function `launch`, which becomes the program of the path `found`. What the program prints stands between two
 * marks; its input comes in pieces behind their lengths, up to the length 0.
 */
export const processLibrary: string = `
give_up() {
  status=$1
  shift
  echo "guestshare: $*" >&2
  exit $status
}

# In /proc, for $$ is the number of the whole script.
note() {
  read -r own rest </proc/self/stat
  echo $own >>${RUN_DIRECTORY}/$1
}

find_program() {
  case $program in
  */*) found=$program && return ;;
  esac
  IFS=:
  set -f
  for each in $search; do
    found=$each/$program
    if [ -x "$root$found" ] || [ -L "$root$found" ]; then return; fi
  done
  give_up 127 "no program \\"$program\\" in \\"$search\\""
}

# Prints where the working directory is, whose links lead nowhere out of the root. A container's that is missing is made.
find_place() {
  rest=$cwd links=0
  cd "$root/"
  while [ -n "$rest" ]; do
    each=\${rest%%/*}
    case $rest in
    */*) rest=\${rest#*/} ;;
    *) rest= ;;
    esac
    if [ -z "$each" ]; then
      continue
    elif [ "$each" = .. ]; then
      [ "$(pwd -P)" = "$top" ] || cd -P ..
    elif [ -L "./$each" ]; then
      links=$((links + 1))
      [ $links -le 40 ] || return 1
      link=$(readlink "./$each")
      rest=$link/$rest
      [ "\${link#/}" = "$link" ] || cd -P "$root/"
    else
      [ -z "$root" ] || [ -e "./$each" ] || mkdir -m 755 "./$each" 2>/dev/null
      cd -P "./$each" 2>/dev/null || return 1
    fi
  done
  pwd -P
}

# The directory that the root's /etc/passwd has for a user is in home.
find_home() {
  home=/
  [ -f "$root/etc/passwd" ] || return
  while IFS=: read -r name word id gid words directory shell || [ -n "$id" ]; do
    if [ "$id" = "$1" ]; then home=\${directory:-/} && return; fi
    id=
  done <"$root/etc/passwd"
}

# as_member ID GID GROUPS PROGRAM...: becomes a program with more groups, which only su gives, and it reads them from files.
as_member() {
  member=${MACHINE_DIRECTORY}/member-$1
  mkdir -p $member/bin $member/etc
  ln /bin/busybox $member/bin/busybox && ln /bin/busybox $member/bin/sh
  echo "member:x:0:$2::/:/bin/sh" >$member/etc/passwd
  echo "$3" >$member/etc/group
  shift 3
  # Its working directory leads out of the root that it has meanwhile.
  exec /bin/busybox nsenter -F -r$member "-w$root/" \\
    /bin/busybox su -p -s /bin/sh -c 'exec "$@"' -- member sh "$@"
}

become() {
  note $1-pid
  top=$(cd "$root/" 2>/dev/null && pwd -P) || give_up 126 "no root directory \\"$root\\""
  place=$(find_place) || give_up 126 "no directory \\"$cwd\\""
  find_program
  launch
}

# The pieces of the input; what nobody reads any more is lost.
feed() {
  while read -r length && [ "$length" -gt 0 ]; do
    if [ -n "$closed" ]; then
      dd bs=$length count=1 iflag=fullblock >/dev/null 2>&1
    else
      dd bs=$length count=1 iflag=fullblock 2>/dev/null || closed=yes
    fi
  done
}

forget() {
  rm -f ${RUN_DIRECTORY}/$1-*
  member=${MACHINE_DIRECTORY}/member-$1
  [ -d $member ] || return
  rm -f $member/bin/busybox $member/bin/sh $member/etc/passwd $member/etc/group
  rmdir $member/bin $member/etc $member
}

pump() {
  note $1-pumps
  exec cat
}

# piped ID ERROR-PORT MARK
piped() {
  exec 5<>${PORT_DEVICE}$2
  printf '%s<' $3 >&4
  printf '%s<' $3 >&5
  {
    feed <&4 3>&- 4>&- 5>&- 6>&- | {
      (become $1) 2>&6 3>&- 4>&- 5>&- 6>&-
      echo "exit $1 $?" >&3
    } | pump $1 >&4 3>&- 4>&- 5>&- 6>&-
  } 6>&1 | pump $1 >&5 3>&- 4>&- 5>&- 6>&-
  printf '%s>' $3 >&4
  printf '%s>' $3 >&5
  forget $1
}

# on_terminal ID CONSOLE MARK ROWS COLUMNS: the first call makes it the session of the second
on_terminal() {
  if [ "$session" != yes ]; then
    session=yes setsid -c sh $0 </dev/hvc$2 >/dev/hvc$2 2>&1 3>&- 4>&-
    echo "exit $1 $?" >&3
    forget $1
    return
  fi
  trap : INT QUIT HUP
  stty sane rows $4 cols $5
  printf '%s<' $3
  (become $1)
  status=$?
  printf '%s>' $3
  stty sane # waits until all is out
  exit $status
}
`;
