import { insteadOf } from "./nearest.ts";

/** The names of all options. The compiler finds one that is missing from the record. */
export type OptionNames<T> = Readonly<Record<keyof T & string, true>>;

/**
 * Refuses unknown names in an object of options, which would be ignored.
 *
 * @throws {TypeError} for an unknown name, with the nearest name and all names.
 */
export function checkOptionNames<T extends object>(options: T, names: OptionNames<T>): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options have to be an object, not ${JSON.stringify(options)}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    throw new TypeError(`there is no option ${JSON.stringify(name)}; ${insteadOf(name, Object.keys(names))}`);
  }
}
