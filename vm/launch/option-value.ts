import { count, either, flag, oneOf } from "./fields.ts";
import { LaunchError } from "./launch-error.ts";
import type { OptionRow } from "./virtiofsd-options.ts";

/** What an option may have as its value. */
export type OptionValue = string | boolean | number | readonly string[];

const MOST = 1_048_576;

/**
 * The value of an option, if it may be one.
 *
 * @throws {LaunchError} for one that it does not take.
 */
export function optionValue({ takes }: OptionRow, value: unknown, path: string): OptionValue {
  if (takes === "flag") return flag(value, path);
  if (takes === "count") return count(value, path, { least: 0, most: MOST });
  if (takes === "capabilities") return capabilities(value, path);
  return oneOf(value, path, takes);
}

/** The value of an option that is written as text; for a flag, its name says whether it is on. */
export function writtenValue(row: OptionRow, value: string, path: string, name: string): OptionValue {
  const { takes } = row;
  if (takes === "count") {
    if (!/^[0-9]{1,7}$/.test(value)) throw new LaunchError(path, value, `has to be a number as ${name}`);
    return optionValue(row, Number(value), path);
  }
  if (takes === "capabilities") return capabilities(value.split(":"), path);
  if (takes === "flag" || !takes.includes(value))
    throw new LaunchError(path, value, `has to be ${either(takes as readonly string[])} as ${name}`);
  return value;
}

// capabilities(7), without "CAP_".
function capabilities(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw new LaunchError(path, value, "has to be a list");
  for (const [index, one] of value.entries()) {
    if (typeof one !== "string" || !/^[+-][a-z][a-z_]{1,30}$/.test(one))
      throw new LaunchError(
        `${path}[${index}]`,
        one,
        'has to be a capability such as "+sys_admin" or "-chown"',
      );
  }
  return value;
}
