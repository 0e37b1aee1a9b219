import { decide } from "./decide";
import { Json } from "./json/read";
import { isUnusual, setUnusual } from "./json/unusual";
import { JsonWriter, MAX_WRITTEN } from "./json/write";
import { forget, refusalCode, refusalPath, refusalSubject, refused } from "./refusal";
import { readRequest } from "./request/request";

// The functions that a Wasm host calls; docs/abi.md says in which order.

/** Larger requests are not read. */
const MAX_REQUEST: i32 = 64 << 20;

let room: usize = 0;
let roomLength: i32 = 0;
let written: usize = 0;
let isAscii: bool = true;

/** A plan is seldom longer than its request by more than this. */
const USUAL_GROWTH: i32 = 6;
/** Room for nearly every plan of a single operation. */
const USUAL_ROOM: usize = 4096;

/** The version of this list of functions and of their meaning. */
export function abi_version(): i32 {
  return 1;
}

/** Where `length` bytes of a request can be written; 0 where that is too many. What `plan` wrote before is gone. */
export function input(length: i32): usize {
  forgetAll();
  if (length < 0 || length > MAX_REQUEST) return 0;
  room = heap.alloc(length);
  roomLength = length;
  return room;
}

/**
 * Reads the request of `length` bytes at `start`, and writes its plan, or why it is refused. Gives the length of what
 * it wrote in bytes, and that as a negative number for a refusal. It reads the bytes that `input` gave, once, and no
 * others.
 */
export function plan(start: usize, length: i32): i32 {
  const isInput = room != 0 && start == room && <u32>length <= <u32>roomLength;
  if (!isInput) forgetAll();
  room = 0;
  forget();
  setUnusual(false);
  const json = new Json(start, isInput ? start + length : start);
  const request = readRequest(json);
  if (refused()) return writeRefusal();
  const decided = decide(request);
  if (refused()) return writeRefusal();
  const writer = new JsonWriter(min(MAX_WRITTEN, max(USUAL_ROOM, <usize>length * USUAL_GROWTH)));
  decided.write(writer);
  if (refused()) return writeRefusal();
  return keep(writer);
}

/** Where the JSON that `plan` wrote begins. */
export function output(): usize {
  return written;
}

/** Whether that JSON surely is ASCII, so that each of its bytes is a character. */
export function ascii(): bool {
  return isAscii;
}

function forgetAll(): void {
  room = 0;
  written = 0;
  heap.reset();
}

function keep(writer: JsonWriter): i32 {
  const text = writer.text();
  written = text.start;
  isAscii = !isUnusual();
  return text.length;
}

function writeRefusal(): i32 {
  setUnusual(true); // a subject may be anything, and a path has quotes
  const subject = refusalSubject();
  const path = refusalPath();
  const writer = new JsonWriter(USUAL_ROOM);
  writer.raw('{"code":"').raw(refusalCode()).field('","subject":', subject);
  writer.field(',"path":', path).raw("}");
  return -keep(writer);
}
