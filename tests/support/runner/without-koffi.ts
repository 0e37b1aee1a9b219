/** Loaded before Node's program: nothing finds koffi, as in a program that has not installed it. */
import Module, { register } from "node:module";

const hooks = `export function resolve(name, context, next) {
  if (name === "koffi") throw new Error("koffi is not installed here");
  return next(name, context);
}`;
const isKoffi = (name: string) => name === "koffi" || name.startsWith("@koromix/");
const loader = Module as unknown as { _resolveFilename: (name: string, ...rest: unknown[]) => string };
const resolveFilename = loader._resolveFilename;
loader._resolveFilename = (name, ...rest) => {
  if (isKoffi(name)) throw new Error("koffi is not installed here");
  return resolveFilename(name, ...rest);
};
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
