/** How long another process may hold a sandbox's lock by default. */
export const defaultLockTimeoutMs = 60_000;

/** How long the server of a source may take to answer by default. */
export const defaultSourceTimeoutMs = 10_000;
