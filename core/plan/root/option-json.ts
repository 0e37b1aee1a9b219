import { fromBase64 } from "../../base64";
import { JsonReader } from "../../json/read";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { optionPath } from "./root-kind";

/** A reader of the base64 JSON that an option has after its first `begin` bytes; null if that is not base64. */
export function jsonOf(container: Container, index: i32, begin: i32): JsonReader | null {
  const text = container.rootFs.options[index].from(begin);
  const bytes = fromBase64(text);
  if (bytes == null) {
    refuse("not-base64", text, optionPath(index));
    return null;
  }
  return new JsonReader(bytes.start, bytes.start + bytes.length, optionPath(index));
}
