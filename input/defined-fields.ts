/** Fields that may be there, or be undefined, which JSON and the types of requests do not know. */
export type Unsettled<T> = { [K in keyof T]?: T[K] | undefined };

/** Fields without those that are undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
