const QUIET_MS = 200; // an editor writes a file in several steps

// Files that a build makes, and those that an editor keeps beside a file.
const isNoSource = /^wasm\/(?:core-bytes\.ts|core\.wasm|schema\.json)$|~$|\.sw\w$|(?:^|\/)[.#]|\/\d+$/;

/** What has changed, as soon as nothing more changes for a moment. */
export class Changes {
  readonly #noted: () => void;
  #paths = new Set<string>();
  #quiet: NodeJS.Timeout | undefined;
  #settle: ((paths: string[]) => void) | undefined;

  /** `noted` is called at each change. */
  constructor(noted: () => void) {
    this.#noted = noted;
  }

  note(path: string): void {
    if (isNoSource.test(path)) return;
    this.#paths.add(path);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#give(), QUIET_MS);
    this.#noted();
  }

  /** The paths that changed since the last time; resolves when there are some. */
  settled(): Promise<string[]> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#quiet === undefined) this.#give();
    });
  }

  #give(): void {
    this.#quiet = undefined;
    if (this.#paths.size === 0 || !this.#settle) return;
    this.#settle([...this.#paths]);
    this.#settle = undefined;
    this.#paths = new Set();
  }
}
