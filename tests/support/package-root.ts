import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The directory of package.json, found from tests/support or from what tsc made of it in dist/tests/support. */
export const packageRoot: string = here
  .replace(`${sep}dist${sep}tests${sep}support`, "")
  .replace(`${sep}tests${sep}support`, "");
