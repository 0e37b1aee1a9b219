import { isAbsolute, join, PATH_MAX } from "../path";
import { Place } from "../place";
import { Text } from "../text";

/** An absolute source; a relative one starts at the bundle (OCI runtime-spec). Empty where it is refused. */
export function sourceOf(bundle: Text | null, source: Text | null, place: Place, field: string): Text {
  if (source == null || source.length == 0) {
    place.lacks(field);
    return Text.empty;
  }
  if (!isAbsolute(source) && bundle == null) place.refuse("not-absolute", source, field);
  const absolute = absoluteOf(bundle, source);
  if (absolute.length > PATH_MAX) place.refuse("too-long", absolute, field);
  return absolute;
}

/** A source from the root, as far as that can be told. */
export function absoluteOf(bundle: Text | null, source: Text): Text {
  return isAbsolute(source) || bundle == null ? source : join(bundle, source);
}
