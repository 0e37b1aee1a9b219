import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a check holds: a guest may believe for a second what it has seen (virtiofsd's cache=auto), and a second of its
 * clock is longer on a busy host.
 */
export async function eventually(check: () => Promise<void>, timeoutMs = 180_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
}
