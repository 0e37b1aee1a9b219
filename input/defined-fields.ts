/** The fields of a record, any of which may be undefined. */
export type MaybeUndefined<T> = { [K in keyof T]?: T[K] | undefined };

/** The fields that are not undefined: JSON has no undefined, and the types of requests do not accept it. */
export function definedFields<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
