import fc from "fast-check";

const SURROGATES = 0x800;
// Not the unit "binary" of fast-check: that one makes a map of all characters first, for more than a second.
const character = fc
  .nat({ max: 0x10ffff - SURROGATES })
  .map((at) => String.fromCodePoint(at < 0xd800 ? at : at + SURROGATES));

/** A text of any characters of Unicode. */
export function unicodeText(length: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...length });
}

/** Texts that go wrong where someone did not think of them. */
export const oddTexts: readonly string[] = [
  ...["", ".", "..", "/", "//", "/..", "/../", "/.", "../x", "a/../b", "/a/../../b", "/a/", "/a//b/.", "..."],
  ...[
    "/..a",
    "-rf",
    " ",
    "a b",
    "%2e%2e%2f",
    "..\\..\\x",
    "C:\\x",
    "~",
    "$HOME",
    "*",
    "__proto__",
    "constructor",
  ],
  ...["\0", "a\0b", "/a\0/../b", "\n", "a\nb", '"', '\\"', "\\", "\\u0000", "\x7f", "\x80", "\x1f", "\u2028"],
  ...["\u00e9", "\u4e2d\u6587", "\u{1f600}", "e\u0301", "\ufeff", "\ufffd", "\uffff", "\u{10ffff}"],
  ...["\ud800", "\udfff", "a\ud83d", "\ude00\ud83d", "/\udc00"],
  ...["x".repeat(255), "x".repeat(256), "\u00e9".repeat(128), `/${"y".repeat(4095)}`, "/a".repeat(2100)],
  ...["sandbox-mounts", "watchable", "sandbox", "rafs", "mounts", "shared", "rootfs", "s1", "c1"],
  ...[
    "/run/kata-containers/shared/sandboxes/s1/mounts/x",
    "/run/kata-containers/shared/sandboxes/s1/mounts/..",
  ],
  ...[
    "/run/kata-containers/shared/sandboxes/s1/mounts/../../s2",
    "/run/kata-containers/shared/sandboxes/s1x/mounts/a",
  ],
  ...["/proc/self/root", "/dev/null", "/etc/shadow", "ro", "rw", "bind", "rbind", "none", "ephemeral", "xfs"],
];

/** Any text: odd ones, paths of odd names, any characters, any UTF-16 units. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.array(fc.constantFrom(...oddTexts, "a", "b"), { maxLength: 6 }).map((names) => names.join("/")),
  unicodeText(),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);

/** Any JSON value, of the types that a request's field should not have too. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53, 1e300, [], {}, [[]], [null], { id: "s1" }),
  fc.jsonValue({ maxDepth: 2 }),
);

export const id: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("s1", "c1"),
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,30}$/),
);
export const name: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }))
  .filter((text) => isName(text));
export const directory: fc.Arbitrary<string> = fc
  .array(fc.oneof(name, fc.constantFrom("", ".")), { maxLength: 5 })
  .map((names) => `/${names.join("/")}`)
  .filter((path) => path.length < 1000);
export const path: fc.Arbitrary<string> = fc
  .array(fc.oneof(name, fc.constantFrom("", ".", "..")), { maxLength: 5 })
  .map((names) => `/${names.join("/")}`)
  .filter((text) => text.length < 1000);
export const text: fc.Arbitrary<string> = anyText.filter((candidate) => isPlain(candidate));

/** A field that is missing, undefined, or now and then anything at all. */
export function field<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 20, arbitrary: valid },
    { weight: 1, arbitrary: anyText },
  );
}

/** One that has to be there, and now and then is anything at all. */
export function needed<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: valid }, { weight: 1, arbitrary: anyText });
}

/** Whether the kernel takes a text for the name of one file. */
export function isName(candidate: string): boolean {
  const length = new TextEncoder().encode(candidate).length;
  return (
    length > 0 && length <= 255 && !/^\.{1,2}$/.test(candidate) && !/\//.test(candidate) && isPlain(candidate)
  );
}

/** Whether a text has neither a NUL nor a lone surrogate. */
export function isPlain(candidate: string): boolean {
  return !candidate.includes("\0") && !/\p{Surrogate}/u.test(candidate);
}
