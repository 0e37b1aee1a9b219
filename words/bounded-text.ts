/** The beginning of a stranger's text, as a string of its own: a piece of a long one would keep all of that in memory. */
export function boundedText(text: string, most: number): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text.slice(0, most)));
}
