/**
 * Versions of Kata's agent that treat CopyFile differently, each by its first one: 4.0; 3.18 to 3.32; 3.3 to 3.17; and the
 * oldest that has directories.
 */
export type Generation = "CC-0.2.0" | "3.3" | "3.18" | "4.0";

/** What the agents of a generation do with a CopyFile request. */
export interface AgentTraits {
  /** The mode of a missing directory on the way when it is made: `dirMode`'s permissions, or 0777. */
  readonly parentsAreMadeWith: "dirMode" | "0777";
  /** When the last directory on the way gets `dirMode`, whether this request made it or not. */
  readonly parentGetsMode: "never" | "if made" | "always";
  /** When the last directory on the way gets the owner. */
  readonly parentGetsOwner: "never" | "if made" | "always";
  /** Whether a file in the place of the last directory on the way is taken for it, until something is written into it. */
  readonly takesFileForParent: boolean;
  /** Whether the first request of a file or a link removes whatever is there, with all below it. */
  readonly removesFirst: boolean;
  /** What a directory replaces. */
  readonly directoryReplaces: "nothing" | "any non-directory, links followed" | "any non-directory";
  /** What a link replaces. */
  readonly linkReplaces: "nothing" | "a link that leads somewhere" | "anything";
  /** Whether a link to bytes that are not UTF-8 crashes the agent's task, so that nobody answers. */
  readonly crashesAtOddLinks: boolean;
  /** The mode of a temporary file when it is made: `fileMode`'s, or 0666. */
  readonly filesAreMadeWith: "fileMode" | "0666";
  /** Whether the first slice of a file empties a temporary file that is there. */
  readonly truncatesFirst: boolean;
  /** Whether whatever has a file's name is removed right before the temporary file gets that name. */
  readonly removesBeforeRename: boolean;
}

/** The traits of each generation, from the oldest on. */
export const traits: Readonly<Record<Generation, AgentTraits>> = {
  "CC-0.2.0": {
    ...{ parentsAreMadeWith: "0777", parentGetsMode: "always", parentGetsOwner: "never" },
    ...{ takesFileForParent: true, removesFirst: false, directoryReplaces: "nothing" },
    ...{ linkReplaces: "nothing", crashesAtOddLinks: true },
    ...{ filesAreMadeWith: "0666", truncatesFirst: false, removesBeforeRename: false },
  },
  "3.3": {
    ...{ parentsAreMadeWith: "0777", parentGetsMode: "if made", parentGetsOwner: "never" },
    ...{ takesFileForParent: false, removesFirst: false, directoryReplaces: "nothing" },
    ...{ linkReplaces: "a link that leads somewhere", crashesAtOddLinks: false },
    ...{ filesAreMadeWith: "0666", truncatesFirst: false, removesBeforeRename: false },
  },
  "3.18": {
    ...{ parentsAreMadeWith: "0777", parentGetsMode: "if made", parentGetsOwner: "if made" },
    ...{ takesFileForParent: false, removesFirst: false },
    ...{ directoryReplaces: "any non-directory, links followed" },
    ...{ linkReplaces: "anything", crashesAtOddLinks: false },
    ...{ filesAreMadeWith: "0666", truncatesFirst: true, removesBeforeRename: true },
  },
  "4.0": {
    ...{ parentsAreMadeWith: "dirMode", parentGetsMode: "never", parentGetsOwner: "always" },
    ...{ takesFileForParent: false, removesFirst: true, directoryReplaces: "any non-directory" },
    ...{ linkReplaces: "nothing", crashesAtOddLinks: false },
    ...{ filesAreMadeWith: "fileMode", truncatesFirst: true, removesBeforeRename: false },
  },
};

/** All generations, from the oldest on. */
export const generations: readonly Generation[] = Object.keys(traits) as Generation[];
