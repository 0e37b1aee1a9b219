import { Buffer } from "node:buffer";

// struct sockaddr_un's sun_path has 108 bytes, the last one 0. A longer path may be cut, and be another socket's.
const LONGEST_NAME = 107;

/** Why a text cannot be the path of a unix socket. */
export interface SocketPathFault {
  /** An errno's name. */
  readonly code: "EINVAL" | "ENAMETOOLONG";
  /** The end of a sentence whose subject is the path. */
  readonly reason: string;
}

/** What is wrong with a unix socket's path; undefined if nothing is. */
export function socketPathFault(path: unknown): SocketPathFault | undefined {
  if (typeof path !== "string" || !path.startsWith("/"))
    return { code: "EINVAL", reason: "has to be an absolute path" };
  return socketNameFault(path);
}

/** What is wrong with a unix socket's path or abstract name, whatever it begins with; undefined if nothing is. */
export function socketNameFault(name: string): SocketPathFault | undefined {
  // A lone surrogate would become another character.
  if (/[\0\p{Surrogate}]/u.test(name)) return { code: "EINVAL", reason: "has to be text without NUL" };
  if (Buffer.byteLength(name) <= LONGEST_NAME) return undefined;
  return { code: "ENAMETOOLONG", reason: `has to be at most ${LONGEST_NAME} bytes long` };
}
