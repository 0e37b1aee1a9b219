import { pathToFileURL } from "node:url";
import { hashOf, LONGEST_HASH } from "../../link/hash.ts";
import type { PageState } from "../../link/state.ts";
import { usageError } from "../failure.ts";
import type { Io } from "../io.ts";
import { pageFolder } from "../preview/page-files.ts";
import { escaped } from "../print/escaped.ts";

/**
 * Where the page is that draws a link: at the address in GUESTSHARE_PAGE, or the file of this package.
 *
 * @throws {CommandError} for an address that no browser opens.
 */
export function pageAddress({ env }: Io): string {
  const named = env.GUESTSHARE_PAGE;
  if (!named) return pathToFileURL(`${pageFolder()}index.html`).href;
  const address = URL.canParse(named) ? new URL(named) : undefined;
  if (address === undefined || !["http:", "https:", "file:"].includes(address.protocol))
    throw usageError(
      `Cannot link to ${JSON.stringify(named)}`,
      "give GUESTSHARE_PAGE an address such as https://docs.example/page/",
      "it is no address of a page",
    );
  address.hash = "";
  return address.href;
}

/** The address of the page with a state in it. Undefined if that is too long to be sent, which is said. */
export async function linkTo(io: Io, page: string, state: PageState): Promise<string | undefined> {
  const hash = await hashOf(state);
  if (hash.length <= LONGEST_HASH) return `${page}#${hash}`;
  io.stderr.write(
    `This is too long for a link, ${hash.length} characters of ${LONGEST_HASH}: guestshare preview shows it.\n`,
  );
  return undefined;
}

/** Says to a person where something is drawn. */
export function sayLink(io: Io, link: string | undefined): void {
  if (link !== undefined) io.stderr.write(`The page draws it: ${escaped(link)}\n`);
}
