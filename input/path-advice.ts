/**
 * Whether a text is a path, given by mistake in place of the file's text: one line that begins like a path, or ends in .json or
 * .toml. No valid JSON or TOML does.
 */
export function isPath(text: string): boolean {
  return /^(?:file:\/)?(?:\.{0,2}|~)\/[^\n]*$/.test(text) || /^[\w./-]+\.(?:json|toml)$/.test(text);
}

/** The advice in an error about such a text. */
export const pathAdvice = "it is a path; read the file, and give its text";
