/**
 * Versions of Kata's agent that treat CopyFile differently, each by its first one: 4.0; 3.18 to 3.32; 3.3 to 3.17; and the
 * oldest that has directories.
 */
export type Generation = "CC-0.2.0" | "3.3" | "3.18" | "4.0";

export const generations: readonly Generation[] = ["CC-0.2.0", "3.3", "3.18", "4.0"];
