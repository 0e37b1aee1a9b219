/** Why shares were not opened, or nothing was shared. */
export type SharesErrorCode =
  /** A user without an $XDG_RUNTIME_DIR named no directory, and has none of his own in /tmp. */
  | "no-directory"
  /** A process that lives has the shares of this id open. */
  | "in-use"
  /** Nobody has opened the shares that were to be joined. */
  | "not-open"
  /** Several shares of this id are open, in different places. */
  | "ambiguous"
  /** A process that was to end with its namespace could not enter it. */
  | "not-entered";

/** The facts about an error of shares. */
export interface SharesProblem {
  /** The id of the shares. */
  readonly id: string;
  /** The process that has them open, where that is what is wrong. */
  readonly process?: number | undefined;
}

const reasons: Readonly<Record<SharesErrorCode, (problem: SharesProblem) => string>> = {
  "no-directory": () =>
    "$XDG_RUNTIME_DIR is not set, and somebody else has this user's directory in /tmp; set it, or give a `directory`",
  "in-use": ({ process }) =>
    `process ${process} has them open; use another id, or add to them by \`join: true\`, or enterShares from outside`,
  "not-open": () => "nobody has them open here; leave out `join`, or look for them by `guestshare list`",
  ambiguous: () =>
    "several have this id; name the `directory` of one (`guestshare list --everywhere` has all)",
  "not-entered": () => "the way into their namespace leads elsewhere; call it as the user who opened them",
};

/** Shares could not be opened. Nothing was changed. */
export class SharesError extends Error implements SharesProblem {
  /** Always "SharesError". */
  override readonly name = "SharesError";
  /** What is wrong. */
  readonly code: SharesErrorCode;
  readonly id: string;
  readonly process: number | undefined;

  /** Of a problem; the message is written from it. */
  constructor(code: SharesErrorCode, problem: SharesProblem) {
    super(`Cannot open the shares of ${JSON.stringify(problem.id)}: ${code} (${reasons[code](problem)})`);
    this.code = code;
    this.id = problem.id;
    this.process = problem.process;
  }
}
