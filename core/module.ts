import { decide } from "./decide";
import { needsEscapes, setNeedsEscapes } from "./json/needs-escape";
import { JsonReader } from "./json/read";
import { JsonWriter, MAX_WRITTEN } from "./json/write";
import { clearRefusal, refusalCode, refusalPath, refusalSubject, refused } from "./refusal";
import { readRequest } from "./request/request";

// The functions that a Wasm host calls. docs/abi.md describes them and their order.

/** The most bytes of a request. */
const MAX_REQUEST: i32 = 64 << 20;

let inputStart: usize = 0;
let inputLength: i32 = 0;
let outputStart: usize = 0;
let isAscii: bool = true;

/** Few plans are more than this many times as long as their requests. */
const USUAL_GROWTH: i32 = 6;
/** Enough for nearly every plan of a single operation. */
const USUAL_BYTES: usize = 4096;

/** The version of this interface: of the functions and of what they do. */
export function abi_version(): i32 {
  return 1;
}

/** The address of a new buffer for a request of `length` bytes; 0 if that is too long. The last output becomes invalid. */
export function input(length: i32): usize {
  reset();
  if (length < 0 || length > MAX_REQUEST) return 0;
  inputStart = heap.alloc(length);
  inputLength = length;
  return inputStart;
}

/**
 * Reads the request of `length` bytes at `start`, and writes its plan or its refusal. The result is the output's length in
 * bytes, negative for a refusal. The request has to be in the buffer of the last `input`, which can be planned once; any
 * other memory counts as an empty request.
 */
export function plan(start: usize, length: i32): i32 {
  const isInput = inputStart != 0 && start == inputStart && <u32>length <= <u32>inputLength;
  if (!isInput) reset();
  inputStart = 0;
  clearRefusal();
  setNeedsEscapes(false);
  const json = new JsonReader(start, isInput ? start + length : start);
  const request = readRequest(json);
  if (refused()) return writeRefusal();
  const decided = decide(request);
  if (refused()) return writeRefusal();
  const writer = new JsonWriter(min(MAX_WRITTEN, max(USUAL_BYTES, <usize>length * USUAL_GROWTH)));
  decided.write(writer);
  if (refused()) return writeRefusal();
  return keep(writer);
}

/** The address of the JSON that `plan` wrote. */
export function output(): usize {
  return outputStart;
}

/** Whether that JSON is known to be ASCII, so that each byte is a character. */
export function ascii(): bool {
  return isAscii;
}

function reset(): void {
  inputStart = 0;
  outputStart = 0;
  heap.reset();
}

function keep(writer: JsonWriter): i32 {
  const text = writer.text();
  outputStart = text.start;
  isAscii = !needsEscapes();
  return text.length;
}

function writeRefusal(): i32 {
  setNeedsEscapes(true); // a subject may be any text, and paths can have quotes
  const subject = refusalSubject();
  const path = refusalPath();
  const writer = new JsonWriter(USUAL_BYTES);
  writer.raw('{"code":"').raw(refusalCode()).field('","subject":', subject);
  writer.field(',"path":', path).raw("}");
  return -keep(writer);
}
