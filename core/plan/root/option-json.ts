import { fromBase64 } from "../base64";
import { Json } from "../json/read";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { optionPath } from "./root-kind";

/** The JSON that an option has in base64 after its first `begin` bytes; null where it is none. */
export function jsonOf(container: Container, index: i32, begin: i32): Json | null {
  const text = container.rootFs.options[index].from(begin);
  const bytes = fromBase64(text);
  if (bytes == null) {
    refuse("not-base64", text, optionPath(index));
    return null;
  }
  return new Json(bytes.start, bytes.start + bytes.length, optionPath(index));
}
