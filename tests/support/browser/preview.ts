import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { serveFiles } from "../package/file-server.ts";
import { launchChromium, skipWithoutChromium } from "./chromium.ts";
import { type OpenOptions, OpenPage } from "./open-page.ts";

/** The built page and a Chromium, for the tests of a file. */
export interface Preview {
  /** Why tests with a browser are skipped; false if they run. */
  readonly skip: string | false;
  /** The address of the page. */
  readonly url: string;
  /** Opens a new page. */
  open(options?: OpenOptions): Promise<OpenPage>;
  /** Opens a new page at another address. */
  openAt(url: string, options?: OpenOptions): Promise<OpenPage>;
}

/** Serves the page while the tests of a file run. */
export async function previewFor(shows: string): Promise<Preview> {
  const skip = skipWithoutChromium(shows);
  const server = await serveFiles("dist");
  const url = `${server.url}/dist/preview/index.html`;
  let browser: Browser | undefined;
  before(async () => {
    if (!skip) browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    server.close();
  });
  const openAt = (address: string, options?: OpenOptions) => {
    if (!browser) throw new Error("no browser was launched");
    return OpenPage.at(browser, address, options);
  };
  return { skip, url, open: (options) => openAt(url, options), openAt };
}
