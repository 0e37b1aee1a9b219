import { isDeepStrictEqual } from "node:util";
import type { Core } from "../../mod.ts";
import { inPieces } from "./differences-of-mounts.ts";
import { inErrors } from "./differences-of-refusals.ts";
import { inSandboxes } from "./differences-of-sandboxes.ts";
import { ourAnswer } from "./our-answer.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import type { Answer, ContainerQuestion, Question } from "./question.ts";
import { effectOfKata } from "./sandbox-effect.ts";

/** Where two answers differ, and the names of the known differences that make it up; none where they do not. */
export interface Difference {
  readonly at: string;
  readonly kata: unknown;
  readonly ours: unknown;
  readonly names: readonly string[];
}

/** How Kata's answer to a question differs from what this project answers. */
export function differencesOf(core: Core, question: Question, kata: Answer): Difference[] {
  const settled = kata.sandbox ? effectOfKata(core, kata.sandbox) : kata;
  return differencesBetween(question, settled, ourAnswer(core, question));
}

function differencesBetween(question: Question, kata: Answer, ours: Answer): Difference[] {
  if (kata.error !== undefined || ours.error !== undefined) return ofErrors(question, kata, ours);
  if (question.op === "container") return ofContainers(question, kata, ours);
  const [theirs, own] = [kata, ours].map(({ storages = [], sandbox }) => ({ storages, sandbox })) as [
    Answer,
    Answer,
  ];
  const names = namesBetween(theirs, own, inSandboxes, (without, left) => without(question, left, own));
  return names
    ? differenceAt("sandbox", theirs, own, names)
    : [{ at: "sandbox", kata: theirs, ours: own, names: [] }];
}

function differenceAt(at: string, kata: unknown, ours: unknown, names: readonly string[]): Difference[] {
  return names.length === 0 ? [] : [{ at, kata, ours, names }];
}

/** The known differences that lie between an answer of Kata's and ours; undefined where they are not enough. */
function namesBetween<Value, Known>(
  kata: Value,
  ours: Value,
  all: Readonly<Record<string, Known>>,
  without: (known: Known, left: Value) => Value | undefined,
): string[] | undefined {
  const names: string[] = [];
  let left = kata;
  for (const [name, known] of Object.entries(all)) {
    if (isDeepStrictEqual(left, ours)) return names;
    const next = without(known, left);
    if (next === undefined || isDeepStrictEqual(next, left)) continue;
    left = next;
    names.push(name);
  }
  return isDeepStrictEqual(left, ours) ? names : undefined;
}

function ofErrors(question: Question, kata: Answer, ours: Answer): Difference[] {
  if (kata.error !== undefined && ours.error !== undefined) return [];
  const names = Object.keys(inErrors).filter((name) => inErrors[name]?.(question, kata, ours));
  return [{ at: "error", kata: kata.error, ours: ours.error, names }];
}

function ofContainers(question: ContainerQuestion, kata: Answer, ours: Answer): Difference[] {
  const destinations = question.config.mounts.map(({ destination }) => destination);
  const [theirs, own] = [piecesOf(kata, destinations), piecesOf(ours, destinations)];
  const places = [...destinations.keys()];
  const found = [
    ...ofPieces(question, undefined, theirs.root, own.root),
    ...places.flatMap((place) => ofPieces(question, place, theirs.mounts[place], own.mounts[place])),
  ];
  const drivers = [kata, ours].map(({ storages = [] }) => storages.map(({ driver }) => driver));
  if (found.length > 0 || isDeepStrictEqual(drivers[0], drivers[1])) return found;
  return [{ at: "order of storages", kata: drivers[0], ours: drivers[1], names: [] }];
}

function ofPieces(
  question: ContainerQuestion,
  place: number | undefined,
  kata: Piece | undefined,
  ours: Piece | undefined,
): Difference[] {
  if (!kata || !ours) return [];
  const names = namesBetween(kata, ours, inPieces, (without, left) =>
    without({ question, place, kata: left, ours }),
  );
  return names ? differenceAt(at(place), kata, ours, names) : [{ at: at(place), kata, ours, names: [] }];
}

/** The names of all known differences. */
export const knownNames: readonly string[] = [
  ...new Set([inPieces, inSandboxes, inErrors].flatMap((all) => Object.keys(all))),
];

function at(place: number | undefined): string {
  return place === undefined ? "root" : `mounts[${place}]`;
}
