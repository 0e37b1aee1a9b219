/** What an option's flags say, such as "-o, --output <file>". */
export interface Flags {
  /** Without its dashes. */
  readonly long: string;
  /** Without its dash. */
  readonly short?: string;
  /** What its value is called; absent for an option without one. */
  readonly value?: string;
}

/** Reads the flags of an option as commander has them. */
export function flagsOf(text: string): Flags {
  const groups = /(?:-(?<short>\w), )?--(?<long>[\w-]+)(?: [<[](?<value>[^>\]]+)[>\]])?/.exec(text)?.groups;
  return { long: "", ...groups };
}
