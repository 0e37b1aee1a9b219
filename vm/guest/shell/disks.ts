/** Functions of a script: a disk by its address, and the group of its files. */
export const disks: string = `
# Sets $device to the first of some directories of disks that is there.
first_disk() {
  device=/dev/\${1##*/}
  [ -e "$1" ] && [ -b "$device" ]
}

find_disk() {
  case $1$2 in
    scsi*)
      for scan in /sys/class/scsi_host/host*/scan; do echo "0 \${2%:*} \${2#*:}" >"$scan"; done 2>/dev/null
      first_disk /sys/bus/scsi/devices/*:0:"$2"/block/*
      ;;
    blk-ccw*) first_disk /sys/bus/ccw/devices/"$2"/virtio*/block/* ;;
    blk[0-9]*)
      slots=$2/ bus=pci0000:00
      while [ -n "$slots" ]; do
        slot=\${slots%%/*} slots=\${slots#*/}
        case $slot in *.*) ;; *) slot=$slot.0 ;; esac
        bus=$bus/*:$slot
      done
      # The pattern of the slots, such as pci0000:00/*:02.0/*:01.0.
      first_disk /sys/devices/$bus/virtio*/block/* || first_disk /sys/devices/platform/*/$bus/virtio*/block/*
      ;;
    *) first_disk "/sys/class/block/\${2#/dev/}" ;;
  esac
}

# A disk: its driver, address, filesystem, target, options, "format" if it may be empty, group, and when files get the group.
disk() {
  if [ $pass = make ]; then locate "$4"; else notes "$3" "$4"; return; fi
  if is_mounted "$3"; then return; fi
  until find_disk "$1" "$2"; do wait_for_it || { say "there is no disk $1 $2 for $at"; return; }; done
  [ -z "\${6-}" ] || format "$device"
  if [ "$3" = bind ]; then bind "$device" "$4" "\${5-}"; else fs "$3" "$device" "$4" "\${5-}"; fi
  [ -z "\${7-}" ] || give "$at" "$7" "$8"
}

# Makes a filesystem on a disk whose first MiB is empty.
format() {
  [ "$(head -c 1048576 "$1" | tr -d '\\0' | head -c 1 | wc -c)" -eq 0 ] || return 0
  mkfs.ext4 -q "$1" 2>/dev/null || mke2fs "$1" >/dev/null || say "cannot make a filesystem on $1"
}

# Gives the files in a directory to a group, as kubelet does.
give() {
  [ "$3" = Always ] || [ "$(stat -c %g "$1")" != "$2" ] || return 0
  chown -hR ":$2" "$1" &&
    find "$1" -type d -exec chmod ug+rwx,g+s {} + &&
    find "$1" -type f -exec chmod ug+rw {} + || say "cannot give $1 to the group $2"
}
`.trim();
