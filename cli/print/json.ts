/** What every output of data begins with: a reader of another major version refuses it, and ignores fields that it does not know. */
export const schemaVersion = 1;

/** An object as the text of a file: over several lines. */
export function jsonText(value: object): string {
  return `${JSON.stringify({ schemaVersion, ...value }, null, 2)}\n`;
}

/** An object as one line of something that goes on. */
export function jsonLine(value: object): string {
  return `${JSON.stringify({ schemaVersion, ...value })}\n`;
}
