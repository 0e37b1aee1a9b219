/** The names that options may have. A record, so that the compiler finds one that is missing. */
export type OptionNames<T> = Readonly<Record<keyof T & string, true>>;

/**
 * Refuses options with a name that would be ignored. It is a judge of this folder's own, which needs nothing of the package
 * around it: options are few here, and a name is like another one if its characters are in the other one in their order.
 *
 * @throws {TypeError} for a name that no option has, with the one that is like it and all that there are.
 */
export function checkOptionNames<T extends object>(options: T, names: OptionNames<T>): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options have to be an object, not ${JSON.stringify(options)}`);
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const like = known.find((name) => isLike(unknown.toLowerCase(), name.toLowerCase()));
  const meant = like === undefined ? "" : `perhaps ${JSON.stringify(like)} is meant; `;
  const all = known.map((name) => JSON.stringify(name)).join(", ");
  throw new TypeError(`there is no option ${JSON.stringify(unknown)}; ${meant}known are ${all}`);
}

function isLike(written: string, name: string): boolean {
  const [short, long] = written.length < name.length ? [written, name] : [name, written];
  let found = 0;
  for (const character of long) if (character === short[found]) found += 1;
  return short.length > 2 && found === short.length;
}
