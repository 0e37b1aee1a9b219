// What the strings and numbers of a request may be.

/**
 * A string as the kernel and the agent can hold it: no NUL, no lone surrogate.
 * @pattern ^[^\u0000\ud800-\udfff]*$
 */
export type PlainText = string;

/**
 * The id of a sandbox or a container: it becomes the name of a directory.
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
 * An absolute path of a directory in which directories are made; no name in it is "..".
 * @maxLength 4095
 * @pattern ^(?![\s\S]*\/\.\.(?:\/|$))/[^\u0000\ud800-\udfff]*$
 */
export type Directory = string;

/**
 * One name without a slash, or nothing.
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
 * The name of a share in the hub, or the container's and the share's.
 * @pattern ^(?!\.{1,2}(?:/|$))[^/\u0000\ud800-\udfff]+(?:/(?!\.{1,2}$)[^/\u0000\ud800-\udfff]+)?$
 */
export type ShareInHub = string;

/**
 * The id of a group or user, or how many of them: 32 bits.
 * @asType integer
 * @minimum 0
 * @maximum 4294967295
 */
export type GroupId = number;

/**
 * 8 random bytes in hex: they keep the names of shares apart.
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
