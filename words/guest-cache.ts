/** How long a guest may take what it has seen of a name for true, in milliseconds: a second (virtiofsd's cache=auto), and some more. */
export const GUEST_CACHE_MS = 1200;
