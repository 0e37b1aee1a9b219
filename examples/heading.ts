/** Prints what the lines below are about. */
export function heading(text: string): void {
  console.log(`\n${text}`);
}
