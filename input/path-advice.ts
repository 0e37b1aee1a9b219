/**
 * Whether a text is the path of a file where its contents are expected: one line that begins as a path does, or ends as a file
 * of this kind. No JSON and no TOML does.
 */
export function isPath(text: string): boolean {
  return /^(?:file:\/)?(?:\.{0,2}|~)\/[^\n]*$/.test(text) || /^[\w./-]+\.(?:json|toml)$/.test(text);
}

/** What to do about it. */
export const pathAdvice = "it is a path; read the file, and give what is in it as a text";
