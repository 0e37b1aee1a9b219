import type { SourceFacts } from "../../mod.ts";

// What a browser cannot see of a source is guessed from its path. A person may say otherwise; the guess then does not count.

const files =
  /(?:^|\/)(?:(?:etc-)?hosts|hostname|resolv\.conf|termination-log|passwd|group|[^/]+\.[a-z0-9]{1,5})$/i;
const directories = /\.d$|\/kubernetes\.io~[\w-]+\/[^/]+$/;

/** What a source probably is, by its path alone. A path of one text is one file. */
export function guessOf(source: string): SourceFacts {
  const identity = `path:${source}`;
  if (/^\/dev(?:\/|$)/.test(source)) return { identity };
  const isFile = files.test(source) && !directories.test(source);
  return { kind: isFile ? "file" : "directory", identity };
}

/** What a source is: the guess, and over it what was stated. */
export function factsOf(source: string, stated: Readonly<Record<string, SourceFacts>>): SourceFacts {
  return { ...guessOf(source), ...(Object.hasOwn(stated, source) && stated[source]) };
}
