/**
 * The most bytes of the core: one page of Wasm's memory. Every web page that plans loads them in base64, and every program compiles
 * them at its start (`core.load_ms`).
 */
export const CORE_BYTES: number = 64 * 1024;
