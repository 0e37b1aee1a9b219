/** A name in an open directory. */
export interface Place {
  readonly directory: number;
  readonly name: string;
}
