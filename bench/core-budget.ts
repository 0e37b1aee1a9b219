/**
 * How many bytes the core may have: as many as one page of Wasm's memory. They come with every page that plans, in
 * base64, and are compiled at every program's start, which takes longer with each of them (`core.load_ms`). All that decides
 * is in them, and a person has to be able to read it.
 */
export const CORE_BYTES: number = 64 * 1024;
