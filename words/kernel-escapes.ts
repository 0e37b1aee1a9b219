// What the kernel writes into a field of mountinfo in place of a character, and nothing else (show_mountinfo in fs/proc_namespace.c).
const escaped: Readonly<Record<string, string>> = {
  "\\040": " ",
  "\\011": "\t",
  "\\012": "\n",
  "\\134": "\\",
  "\\043": "#",
};

/** A field of mountinfo without its escapes; undefined where a backslash begins none of the kernel's. */
export function withoutEscapes(field: string): string | undefined {
  if (!field.includes("\\")) return field;
  let isKernels = true;
  const text = field.replace(/\\.{0,3}/gs, (found) => {
    const character = escaped[found];
    isKernels &&= character !== undefined;
    return character ?? found;
  });
  return isKernels ? text : undefined;
}
