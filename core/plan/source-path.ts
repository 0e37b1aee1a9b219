import { isAbsolute, join, PATH_MAX } from "../path";
import { RequestLocation } from "../request/location";
import { Text } from "../text";

/** The absolute path of a source, which may be relative to the bundle (OCI runtime-spec). Empty if it is missing. */
export function sourceOf(bundle: Text | null, source: Text | null, location: RequestLocation, field: string): Text {
  if (source == null || source.length == 0) {
    location.lacks(field);
    return Text.empty;
  }
  if (!isAbsolute(source) && bundle == null) location.refuse("not-absolute", source, field);
  const absolute = absoluteOf(bundle, source);
  if (absolute.length > PATH_MAX) location.refuse("too-long", absolute, field);
  return absolute;
}

/** The absolute path of a source. A relative source stays relative if there is no bundle. */
export function absoluteOf(bundle: Text | null, source: Text): Text {
  return isAbsolute(source) || bundle == null ? source : join(bundle, source);
}
