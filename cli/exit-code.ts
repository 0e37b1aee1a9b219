/** What the command's process ends with. */
export const ExitCode = {
  /** It is done. */
  done: 0,
  /** It failed, and nothing of it is left. */
  failed: 1,
  /** `plan --exit-code`: there is something to do. */
  toDo: 2,
  /** It failed, and something is left behind, which is listed. */
  leftBehind: 3,
  /** Somebody else holds what it needs. */
  busy: 4,
  /** It was called in a way that has no meaning. */
  usage: 64,
  /** It was interrupted. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
