// Nearly all requests have nothing but plain ASCII in their strings. Then nothing needs an escape in what is written either,
// and that goes twice as fast.
let unusual: bool = false;

/** Whether a text may need an escape, or is not ASCII. */
export function isUnusual(): bool {
  return unusual;
}

/** Says whether such a text is there: read, or made. */
export function setUnusual(is: bool): void {
  unusual = is;
}
