/**
 * Versions of Kata's agent that treat CopyFile differently: 4.0 and later, 3.3 to the last of 3, and the oldest that has
 * directories.
 */
export type Generation = "CC-0.2.0" | "3.3" | "4.0";

export const generations: readonly Generation[] = ["CC-0.2.0", "3.3", "4.0"];
