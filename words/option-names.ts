import { insteadOf } from "./nearest.ts";

/** The names that options may have. A record, so that the compiler finds one that is missing. */
export type OptionNames<T> = Readonly<Record<keyof T & string, true>>;

/**
 * The one judge of the names in any object of options: what would be ignored is refused.
 *
 * @throws {TypeError} for a name that is none, with the nearest one and all of them.
 */
export function checkOptionNames<T extends object>(options: T, names: OptionNames<T>): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options have to be an object, not ${JSON.stringify(options)}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    throw new TypeError(`there is no option ${JSON.stringify(name)}; ${insteadOf(name, Object.keys(names))}`);
  }
}
