// The mountinfo of a node: every other sandbox is ours, the others are of Kata's Go runtime.

const SHARES = 6;

/** The mountinfo of a node with so many sandboxes. In each of ours the guest does not see the share of number 3. */
export function nodeTable(sandboxes: number): string {
  const lines = [
    "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "2 1 0:25 / /run rw,nosuid,nodev - tmpfs tmpfs rw",
  ];
  const add = (parent: number, rest: string) => lines.push(`${lines.length + 1} ${parent} ${rest}`);
  for (let at = 0; at < sandboxes; at += 1) {
    const directory = `/run/kata-containers/shared/sandboxes/sb${String(at).padStart(3, "0")}`;
    if (at % 2 === 0) addOurs(add, directory, at);
    else addKatas(add, directory, at);
  }
  return `${lines.join("\n")}\n`;
}

type Add = (parent: number, rest: string) => number;

function addOurs(add: Add, directory: string, at: number): void {
  const device = `0:${100 + at}`;
  const options = "nosuid,nodev,noexec,relatime";
  const guard = add(2, `0:25 ${directory.slice(4)} ${directory} rw,relatime unbindable - tmpfs tmpfs rw`);
  const hub = add(
    guard,
    `${device} / ${directory}/mounts rw,${options} shared:${100 + at} - tmpfs guestshare rw`,
  );
  const view = add(
    guard,
    `${device} / ${directory}/shared ro,${options} master:${100 + at} - tmpfs guestshare rw`,
  );
  for (let share = 0; share < SHARES; share += 1) {
    const name = `c1-${String(share).padStart(16, "0")}-data${share}`;
    const root = `254:0 /srv/${at}/${share}`;
    const group = 1000 + at * SHARES + share;
    add(hub, `${root} ${directory}/mounts/${name} ro,relatime shared:${group} - ext4 /dev/vda rw`);
    if (share !== 3)
      add(view, `${root} ${directory}/shared/${name} ro,relatime master:${group} - ext4 /dev/vda rw`);
  }
}

function addKatas(add: Add, directory: string, at: number): void {
  const view = add(
    2,
    `0:25 ${directory.slice(4)}/mounts ${directory}/shared ro,nosuid,nodev master:1 - tmpfs tmpfs rw`,
  );
  for (let share = 0; share < SHARES; share += 1) {
    const name = `c1-${String(share).padStart(16, "0")}-data${share}`;
    const root = `254:0 /srv/${at}/${share}`;
    const group = 1000 + at * SHARES + share;
    add(2, `${root} ${directory}/mounts/${name} ro,relatime shared:${group} - ext4 /dev/vda rw`);
    add(view, `${root} ${directory}/shared/${name} ro,relatime master:${group} - ext4 /dev/vda rw`);
  }
}
