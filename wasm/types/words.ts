// The strings and numbers that a request may have.

/**
 * A string without NULs and lone surrogates, which the kernel and the agent cannot represent.
 * @pattern ^[^\u0000\ud800-\udfff]*$
 */
export type PlainText = string;

/**
 * The id of a sandbox or a container, which becomes the name of a directory.
 * @pattern ^(?!(?:sandbox-mounts|watchable|sandbox|rafs)$)[A-Za-z0-9][A-Za-z0-9_.-]{0,236}$
 */
export type Id = string;

/**
 * An absolute path that has a last name.
 * @maxLength 4095
 * @pattern ^/(?:[^\u0000\ud800-\udfff]*\/)?(?!\.{1,2}/*$)[^/\u0000\ud800-\udfff]+/*$
 */
export type NamedPath = string;

/**
 * An absolute path. Only the kernel knows where it leads.
 * @maxLength 4095
 * @pattern ^/[^\u0000\ud800-\udfff]*$
 */
export type AbsolutePath = string;

/**
 * The absolute path of a directory in which steps create files. No name in it is "..".
 * @maxLength 4095
 * @pattern ^(?![\s\S]*\/\.\.(?:\/|$))/[^\u0000\ud800-\udfff]*$
 */
export type Directory = string;

/**
 * One name without a slash, or an empty text.
 * @pattern ^(?!\.{1,2}$)[^/\u0000\ud800-\udfff]*$
 */
export type Suffix = string;

/**
 * A whole number.
 * @asType integer
 * @minimum 0
 * @maximum 9007199254740991
 */
export type Count = number;

/**
 * The path of a share in the hub: a name, or the names of a container and a share.
 * @pattern ^(?!\.{1,2}(?:/|$))[^/\u0000\ud800-\udfff]+(?:/(?!\.{1,2}$)[^/\u0000\ud800-\udfff]+)?$
 */
export type ShareInHub = string;

/**
 * The id of a user or group, or a number of ids: 32 bits.
 * @asType integer
 * @minimum 0
 * @maximum 4294967295
 */
export type GroupId = number;

/**
 * 8 random bytes in hex, which make the names of shares unique.
 * @pattern ^[0-9a-f]{16}$
 */
export type Random = string;

/**
 * The name of one file.
 * @pattern ^(?!\.{1,2}$)[^/\u0000\ud800-\udfff]+$
 */
export type Name = string;

/**
 * The mode of a file.
 * @asType integer
 * @minimum 0
 * @maximum 4095
 */
export type Mode = number;
