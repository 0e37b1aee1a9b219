/** The rooms of the sources: the folders that docs/architecture.md draws. `mod.ts` stands beside them. */
export const sourceRooms: readonly string[] = [
  "core",
  "wasm",
  "words",
  "input",
  "table",
  "picture",
  "link",
  "preview",
  "ffi",
  "vm",
  "node",
  "cli",
];
