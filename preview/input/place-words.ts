import type { PageState } from "../../link/state.ts";
import type { Place } from "./place.ts";

/** Where in the input something is, as somebody finds it: the mount by its destination, and the path in its own text. */
export function placeWords(place: Place, { containers, request }: PageState): string {
  if (place.in === "table") return place.line > 0 ? `Line ${place.line} of the table` : "The table";
  if (place.in === "source") return `What is said of ${place.source}`;
  if (place.in === "sandbox") return `The sandbox: ${place.field}`;
  // The path of a character says nobody anything.
  const path = place.path.startsWith("@") ? "" : place.path;
  if (place.in === "request") return `The request${inText(request, path)}`;
  const number = containers.length > 1 ? ` of container ${place.container + 1}` : "";
  const input = containers[place.container];
  return place.in === "config"
    ? `config.json${number}${inText(input?.config ?? "", path)}`
    : `Beside config.json${number}${inText(input?.beside ?? "", path)}`;
}

function inText(text: string, path: string): string {
  if (path === "") return "";
  const [, mount] = /^(.*\bmounts\[\d+\])/s.exec(path) ?? [];
  const destination = mount === undefined ? undefined : valueAt(text, `${mount}.destination`);
  return `, ${path}${typeof destination === "string" ? `, the mount at ${destination}` : ""}`;
}

function valueAt(text: string, path: string): unknown {
  try {
    const names = path.match(/[^.[\]]+/g) ?? [];
    return names.reduce((value, name) => value?.[name], JSON.parse(text));
  } catch {
    // It is being typed.
    return undefined;
  }
}
