// Numbers of mount(2).
const flags: Readonly<Record<string, number>> = {
  ro: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  sync: 16,
  remount: 32,
  dirsync: 128,
  noatime: 1024,
  nodiratime: 2048,
  bind: 4096,
  rbind: 4096 | 16384,
  relatime: 1 << 21,
  strictatime: 1 << 24,
};

const withoutEffect = ["defaults", "rw", "async", "atime", "dev", "diratime", "exec", "suid"];

/** What mount(2) is given for the options of a storage: its flags, and the filesystem's own options. */
export function mountOptions(options: readonly string[]): { flags: number; data: string } {
  if (options.includes("loop")) throw new Error('Cannot mount with the option "loop": the agent refuses it');
  const own = options.filter((option) => !(option in flags) && !withoutEffect.includes(option));
  const set = options.reduce((all, option) => all | (flags[option] ?? 0), 0);
  return { flags: set, data: own.join(",") };
}
