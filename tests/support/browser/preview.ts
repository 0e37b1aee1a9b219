import { after } from "node:test";
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
  after(() => server.close());
  const openAt = async (address: string, options?: OpenOptions) =>
    OpenPage.at(await launchChromium(), address, options);
  return { skip, url, open: (options) => openAt(url, options), openAt };
}
