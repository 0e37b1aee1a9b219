// The functions of a script, as text. They are POSIX shell, and call util-linux: mount, umount, mountpoint, findmnt and flock. What
// they print of a path is in $step, which has no hidden characters.

/** The functions of every script. */
export const functions: string = `fail() {
  printf 'step %s: %s\\n' "$step" "$*" >&2
  exit 1
}

# Nobody else who heeds the lock, as guestshare does, works on the sandbox meanwhile.
lock() {
  exec 9<"$sandbox"
  flock -w 10 9 || fail 'another process holds the lock of the sandbox'
}

unmount() {
  ! mountpoint -q "$1" || umount -n -l "$1"
}

# One empty file or directory; or the mark, which stays as long as the guard is there.
remove() {
  if [ -d "$1" ]; then
    rmdir "$1"
  elif [ "$1" = "$sandbox/namespace" ]; then
    ! mountpoint -q "$sandbox" && rm -f "$1"
  elif [ -s "$1" ]; then
    printf 'step %s: it is not empty; remove it yourself\\n' "$step" >&2
    return 1
  else
    rm -f "$1"
  fi
}

unuse() {
  rm -f "$1"
  [ ! -d "\${1%/*}" ] || [ -n "$(ls -A "\${1%/*}")" ] || rmdir "\${1%/*}"
}
`;

/** What a script that adds has besides: how it undoes its steps. The function \`undo\` is the plans'. */
export const adding: string = `
# The numbers of the steps to undo, the last one first. A step is noted before it changes something, for a signal may come at any
# time: what it has not changed yet, the undo does not find.
begun=
begin() {
  begun="\${step%% *} $begun"
}

ending() {
  code=$?
  trap - EXIT
  trap '' HUP INT TERM
  set +e
  unstage
  if [ "$code" != 0 ]; then
    printf 'step %s: failed; what the script has changed is undone\\n' "$step" >&2
    for number in $begun; do undo "$number"; done
  fi
  exit "$code"
}
trap ending EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

prepared() {
  mountpoint -q "$sandbox/mounts" && mountpoint -q "$sandbox/shared" || fail 'the sandbox is not prepared'
}

directory() {
  [ ! -d "$2" ] || return 0
  [ ! -e "$2" ] || fail 'something that is no directory has this name'
  [ "$2" != "$sandbox" ] || mkdir -p "\${2%/*}"
  begin
  mkdir -m "$1" "$2"
}

# Says, as guestshare does, in which mount namespace the sandbox lives.
mark() {
  [ ! -e "$sandbox/namespace" ] || return 0
  begin
  read -r stat </proc/$$/stat
  set -- \${stat##*) }
  mount_inode=$(readlink /proc/self/ns/mnt | tr -dc 0-9)
  user_inode=$(readlink /proc/self/ns/user | tr -dc 0-9)
  read -r boot </proc/sys/kernel/random/boot_id
  printf '{"boot":"%s","inode":%s,"userInode":%s,"process":%s,"started":%s}\\n' \\
    "$boot" "$mount_inode" "$user_inode" $$ "\${20}" >"$sandbox/namespace"
}

guard() {
  if ! mountpoint -q "$1"; then
    begin
    mount -n --bind "$1" "$1"
  fi
  mount -n --make-unbindable "$1"
}

hub() {
  if mountpoint -q "$2"; then
    [ "$(findmnt -nro FSTYPE,SOURCE -M "$2")" = 'tmpfs guestshare' ] || fail 'something else is mounted there'
    return 0
  fi
  begin
  mount -n -t tmpfs -o "mode=$1,nosuid,nodev,noexec" guestshare "$2"
  mount -n --make-shared "$2"
}

view() {
  ! mountpoint -q "$2" || return 0
  stage directory
  mount -n --rbind "$1" "$staged"
  mount -n --make-rslave "$staged"
  mount -n -o remount,bind,ro,nosuid,nodev,noexec none "$staged"
  begin
  mount -n --move "$staged" "$2"
}

# A place below the guard, where no guest sees what is not finished: $staged, a directory or a file.
stage() {
  if ! [ -e "$sandbox/staging/$1" ]; then
    unstage
    mkdir -m 0700 "$sandbox/staging"
    mount -n -t tmpfs -o mode=0700,nosuid,nodev,noexec guestshare-staging "$sandbox/staging"
    mkdir "$sandbox/staging/directory"
    : >"$sandbox/staging/file"
  fi
  staged=$sandbox/staging/$1
}

unstage() {
  while mountpoint -q "$sandbox/staging"; do umount -n -l "$sandbox/staging"; done
  [ ! -d "$sandbox/staging" ] || rmdir "$sandbox/staging"
}

user() {
  [ ! -e "$2" ] || return 0
  begin
  [ -d "\${2%/*}" ] || mkdir -m "$1" "\${2%/*}"
  : >"$2"
}
`;
