import { inArray } from "./json/path";
import { refuse } from "./refusal";
import { Text } from "./text";

/** Where something stands in a request. Its JSON path is made only for a refusal. */
@final @unmanaged
export class Place {
  constructor(
    private readonly array: string,
    /** -1 for what stands in no array. */
    private readonly index: i32 = -1,
    private readonly inner: Text = Text.empty,
  ) {}

  /** The place of a field of it. */
  in(field: string): Place {
    return new Place(this.array, this.index, this.inner.and(".").and(field));
  }

  /** Refuses a field of it. */
  refuse(code: string, subject: Text | null, field: string): void {
    refuse(code, subject, this.of(field));
  }

  /** Refuses it because a field is not there. */
  lacks(field: string): void {
    refuse("missing-field", Text.of(field), this.of(field));
  }

  /** Its JSON path. */
  text(): Text {
    const path = Text.of(this.array);
    return (this.index < 0 ? path : inArray(path, this.index)) + this.inner;
  }

  /** The JSON path of a field of it. */
  of(field: string): Text {
    return this.text().and(".").and(field);
  }
}
