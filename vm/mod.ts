/**
 * Shares a host's files with a virtual machine, without the words of Kata Containers: for whoever starts the machine. For Node
 * from 20 on, Deno 2 and Bun, on Linux.
 * @module
 */
export { inOwnNamespace } from "./namespace/in-own-namespace.ts";
