import { MACHINE_DIRECTORY, PORT_DEVICE, ports, RUN_DIRECTORY, type Slots } from "./guest-files.ts";

const device = (port: number) => `${PORT_DEVICE}${port}`;

// Descriptor 3 takes answers to the host, and 4 gives scripts, each behind a line of its number and its length. When a script
// ends, a line says its number, its exit status, and the end of what it printed.
const serving = `serve() {
  while read -r id length <&4; do
    script=${RUN_DIRECTORY}/$id
    dd bs=$length count=1 iflag=fullblock <&4 >$script 2>/dev/null
    sh $script >$script.said 2>&1
    status=$?
    echo "done $id $status $(tail -c 3000 $script.said | base64 -w 0)" >&3
    rm -f $script $script.said
  done
}`;

/**
 * The guest's first program, for busybox's shell: it mounts what every Linux has, and runs scripts of the host, one after the
 * other for each port. All of its parts are in one pipeline, since what a shell starts with "&" ignores SIGINT for ever.
 */
export function initScript(slots: Slots): string {
  const { processes, terminals } = slots;
  const more = [
    ports.signals,
    ...Array.from({ length: processes }, (_, slot) => ports.process(slot)),
    ...Array.from({ length: terminals }, (_, slot) => ports.terminal(slots, slot)),
  ];
  const servers = more.map((port) => `serve 4<>${device(port)} </dev/null >/dev/null 2>&1 |`);
  return `#!/bin/busybox sh
export PATH=/bin
umask 022
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
for each in /dev/shm /run /tmp; do mount -t tmpfs -o mode=1777 tmpfs $each; done
chmod 755 /run
while read -r module; do insmod $module; done <${MACHINE_DIRECTORY}/modules
hostname guest
ifconfig lo up
tries=0
# A port has the number of its device, too: /dev/vport1p3.
until ls /dev/vport*p${ports.count(slots)} >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ $tries -gt 1000 ]; then echo "init: a port of the host is missing"; poweroff -f; fi
  usleep 10000
done
for each in /dev/vport*; do ln -s $each ${PORT_DEVICE}\${each##*p}; done
mkdir -p -m 700 ${RUN_DIRECTORY}
${serving}
exec 3<>${device(ports.control)}
echo ready >&3
${servers.join("\n")}
{ serve 4<&3 </dev/null >/dev/null 2>&1; sync; poweroff -f; }
echo "init: a part of it is gone"
poweroff -f
`;
}
