/** Loaded before Node's program: nothing finds koffi, as in a program that has not installed it. */
import { register } from "node:module";

const hooks = `export function resolve(name, context, next) {
  if (name === "koffi") throw new Error("koffi is not installed here");
  return next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
