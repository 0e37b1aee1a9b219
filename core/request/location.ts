import { inArray } from "../json/path";
import { refuse } from "../refusal";
import { Text } from "../text";

/** A part of the request that a refusal may name. Its JSON path is written only for a refusal. */
@final @unmanaged
export class RequestLocation {
  constructor(
    /** The JSON path of the part, or of the array that it is an item of. */
    private readonly array: string,
    /** The index in that array; -1 if the part is no item of an array. */
    private readonly index: i32 = -1,
    private readonly suffix: Text = Text.empty,
  ) {}

  /** The location of a field of this part. */
  in(field: string): RequestLocation {
    return new RequestLocation(this.array, this.index, this.suffix.append(".").append(field));
  }

  /** Refuses a field of this part. */
  refuse(code: string, subject: Text | null, field: string): void {
    refuse(code, subject, this.of(field));
  }

  /** Refuses this part because it lacks a field. */
  lacks(field: string): void {
    refuse("missing-field", Text.of(field), this.of(field));
  }

  /** The JSON path of this part. */
  text(): Text {
    const path = Text.of(this.array);
    return (this.index < 0 ? path : inArray(path, this.index)) + this.suffix;
  }

  /** The JSON path of a field of this part. */
  of(field: string): Text {
    return this.text().append(".").append(field);
  }
}
