/** The package's version, which package.json, deno.json and the changelog have, too. */
export const version = "0.1.0";
