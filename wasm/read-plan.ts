import type { Plan, SharedFile, Step, Storage } from "./types.ts";

/**
 * The plan that the core's JSON says, deeply frozen. It is what JSON.parse gives, in half the time: the core writes each
 * record's fields in one order, so their names need not be read. A test holds the two against each other.
 */
export function readPlan(json: string): Plan {
  // An escape is rare, and JSON.parse knows them all.
  return json.includes("\\") ? deepFreeze(JSON.parse(json)) : new PlanReader(json).plan();
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

const OPEN_BRACKET = "[".charCodeAt(0);
const CLOSE_BRACKET = "]".charCodeAt(0);
const DIGIT_0 = "0".charCodeAt(0);

/** A cursor over the core's JSON. Each read begins before the name of its value. */
class PlanReader {
  private readonly json: string;
  private at = 0;

  constructor(json: string) {
    this.json = json;
  }

  plan(): Plan {
    const plan: { -readonly [K in keyof Plan]: Plan[K] } = {
      directory: this.string('{"directory":'),
      steps: this.steps(',"steps":'),
    };
    if (this.stands(',"shared":')) plan.shared = this.shared(',"shared":');
    if (this.stands(',"storages":')) plan.storages = this.storages(',"storages":');
    return Object.freeze(plan);
  }

  private steps(name: string): readonly Step[] {
    const steps: Step[] = [];
    this.at += name.length;
    while (this.item()) steps.push(this.step());
    return Object.freeze(steps);
  }

  private step(): Step {
    this.at += '{"op":"'.length;
    const step = this.stepOf(this.json.charAt(this.at));
    this.at += 1; // its brace
    return Object.freeze(step);
  }

  // No two operations begin with the same letter.
  private stepOf(letter: string): Step {
    switch (letter) {
      case "m":
        return { op: "mkdir", path: this.string('mkdir","path":'), mode: this.mode(), undo: this.undo() };
      case "g":
        return { op: "guard", target: this.string('guard","target":'), undo: this.undo() };
      case "h":
        return { op: "hub", target: this.string('hub","target":'), mode: this.mode(), undo: this.undo() };
      case "v":
        return {
          op: "view",
          source: this.string('view","source":'),
          target: this.target(),
          undo: this.undo(),
        };
      case "b":
        return {
          op: "bind",
          source: this.string('bind","source":'),
          target: this.target(),
          recursive: this.boolean(',"recursive":'),
          attributes: this.strings(',"attributes":'),
          undo: this.undo(),
        };
      case "u":
        return { op: "umount", target: this.string('umount","target":'), undo: this.undo() };
      case "r":
        return { op: "remove", path: this.string('remove","path":'), undo: this.undo() };
      default:
        return {
          op: "copy",
          source: this.string('copy","source":'),
          guestPath: this.string(',"guestPath":'),
          undo: this.undo(),
        };
    }
  }

  private target(): string {
    return this.string(',"target":');
  }

  private mode(): number {
    return this.integer(',"mode":');
  }

  private undo(): readonly Step[] {
    return this.steps(',"undo":');
  }

  private shared(name: string): SharedFile {
    this.at += name.length;
    const guestPath = this.string('{"guestPath":');
    const storages = this.storages(',"storages":');
    const isMounted = this.stands(',"hostPath":');
    const shared = isMounted
      ? { guestPath, storages, hostPath: this.string(',"hostPath":') }
      : { guestPath, storages };
    this.at += 1;
    return Object.freeze(shared);
  }

  private storages(name: string): readonly Storage[] {
    const storages: Storage[] = [];
    this.at += name.length;
    while (this.item()) storages.push(this.storage());
    return Object.freeze(storages);
  }

  private storage(): Storage {
    const storage = {
      driver: this.string('{"driver":'),
      driverOptions: this.strings(',"driverOptions":'),
      source: this.string(',"source":'),
      fstype: this.string(',"fstype":'),
      options: this.strings(',"options":'),
      mountPoint: this.string(',"mountPoint":'),
    };
    this.at += 1;
    return Object.freeze(storage);
  }

  private strings(name: string): readonly string[] {
    const strings: string[] = [];
    this.at += name.length;
    while (this.item()) strings.push(this.string(""));
    return Object.freeze(strings);
  }

  /** Goes behind the bracket or comma before an item; false behind the bracket after the last one. */
  private item(): boolean {
    const sign = this.json.charCodeAt(this.at);
    this.at += 1;
    if (sign === OPEN_BRACKET && this.json.charCodeAt(this.at) === CLOSE_BRACKET) {
      this.at += 1;
      return false;
    }
    return sign !== CLOSE_BRACKET;
  }

  private string(name: string): string {
    const from = this.at + name.length + 1;
    const to = this.json.indexOf('"', from);
    this.at = to + 1;
    return this.json.slice(from, to);
  }

  private integer(name: string): number {
    this.at += name.length;
    let value = 0;
    for (;;) {
      const digit = this.json.charCodeAt(this.at) - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) return value;
      value = value * 10 + digit;
      this.at += 1;
    }
  }

  private boolean(name: string): boolean {
    this.at += name.length;
    const value = this.json.startsWith("true", this.at);
    this.at += value ? "true".length : "false".length;
    return value;
  }

  private stands(text: string): boolean {
    return this.json.startsWith(text, this.at);
  }
}
