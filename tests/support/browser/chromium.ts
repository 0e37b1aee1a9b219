import { existsSync } from "node:fs";
import { env } from "node:process";
import { after } from "node:test";
import { type Browser, chromium } from "playwright-core";

const executablePath: string = env.CHROMIUM ?? "/usr/bin/chromium";

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why a test that needs Chromium is skipped: false if Chromium is there. */
export function skipWithoutChromium(shows: string): string | false {
  return existsSync(executablePath)
    ? false
    : `SKIPPED: no Chromium at ${executablePath}; it would have shown ${shows}`;
}

let running: Promise<Browser> | undefined;

/** The Chromium without a window that the tests of this process share; it ends with the last of them. */
export function launchChromium(): Promise<Browser> {
  running ??= chromium.launch({ executablePath, args });
  return running;
}

after(async () => (await running)?.close());
