/** A JSON value with the text that says it, so that a part of the text can be replaced and the rest stays as it is. */
export interface JsonText {
  /** Where it begins in the whole text. */
  readonly start: number;
  readonly end: number;
  /** How it is written. */
  readonly text: string;
  /** Of an object. */
  readonly fields?: ReadonlyMap<string, JsonText>;
  /** Of an array. */
  readonly items?: readonly JsonText[];
}

/** Reads a text that is valid JSON. */
export function readJsonText(text: string): JsonText {
  let at = 0;

  function space(): void {
    while (/\s/.test(text.charAt(at))) at += 1;
  }

  function value(): JsonText {
    space();
    const start = at;
    const letter = text.charAt(at);
    if (letter === "{") return closed(start, { fields: new Map(members("}", field)) });
    if (letter === "[") return closed(start, { items: members("]", value) });
    if (letter === '"') string();
    else while (/[^\s,\]}]/.test(text.charAt(at))) at += 1;
    return closed(start, {});
  }

  function closed(start: number, inner: Pick<JsonText, "fields" | "items">): JsonText {
    return { start, end: at, text: text.slice(start, at), ...inner };
  }

  function members<T>(end: string, member: () => T): T[] {
    const all: T[] = [];
    at += 1;
    for (space(); text.charAt(at) !== end; space()) {
      all.push(member());
      space();
      if (text.charAt(at) === ",") at += 1;
    }
    at += 1;
    return all;
  }

  function field(): [string, JsonText] {
    space();
    const name = JSON.parse(string()) as string;
    space();
    at += 1; // its colon
    return [name, value()];
  }

  function string(): string {
    const start = at;
    for (at += 1; text.charAt(at) !== '"'; at += 1) if (text.charAt(at) === "\\") at += 1;
    at += 1;
    return text.slice(start, at);
  }

  return value();
}
