// Nearly all requests have strings of ASCII that need no escapes. Then no string of the plan needs any either, and writing
// the plan takes half the time.
let mayNeed: bool = false;

/** Whether a string of the current request or plan may need an escape, or may not be ASCII. */
export function needsEscapes(): bool {
  return mayNeed;
}

/** Sets whether there is such a string. */
export function setNeedsEscapes(needs: bool): void {
  mayNeed = needs;
}
