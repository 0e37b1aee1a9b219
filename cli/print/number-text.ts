const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes for people, such as "1.5 MiB". */
export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${units[unit]}`;
}

/** A time for people, such as "5 s" or "2 min 5 s". */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A count with its noun, such as "1 file" or "2 files". */
export function countText(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}

/** A count of files, directories and links. */
export function entriesText(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

/** A time of day, such as "21:05:09". */
export function clockText(time: Date): string {
  return time.toTimeString().slice(0, 8);
}
