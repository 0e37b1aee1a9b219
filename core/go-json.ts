import { shortEscape } from "./json/write";
import { Order } from "./order";
import { TextMap } from "./request/text-map";
import { Text } from "./text";

/** A map as Go's json.Marshal writes it: sorted by the names' bytes, "<", ">" and "&" escaped. Of two texts of one name the later counts. */
export function goStringMap(map: TextMap): Text {
  const order = new Order(map.names, false);
  const writer = new GoWriter(map);
  writer.byte(0x7b);
  let isFirst = true;
  for (let i = 0; i < map.names.length; i++) {
    const name = map.names[order[i]];
    if (i + 1 < map.names.length && map.names[order[i + 1]].equals(name)) continue;
    if (!isFirst) writer.byte(0x2c);
    isFirst = false;
    writer.string(name);
    writer.byte(0x3a);
    writer.string(map.values[order[i]]);
  }
  writer.byte(0x7d);
  return writer.text();
}

@final @unmanaged
class GoWriter {
  private readonly room: Text;
  private to: usize;

  constructor(map: TextMap) {
    let length = 2;
    for (let i = 0; i < map.names.length; i++) length += 6 + (map.names[i].length + map.values[i].length) * 6;
    this.room = Text.room(length);
    this.to = this.room.start;
  }

  text(): Text {
    return this.room.slice(0, <i32>(this.to - this.room.start));
  }

  byte(byte: u8): void {
    store<u8>(this.to, byte);
    this.to += 1;
  }

  string(text: Text): void {
    this.byte(0x22);
    for (let i = 0; i < text.length; i++) {
      const byte = text.at(i);
      const short = shortEscape(byte);
      if (short != 0) {
        this.byte(0x5c);
        this.byte(short);
      } else if (byte < 0x20 || byte == 0x3c || byte == 0x3e || byte == 0x26) {
        this.escape(byte);
      } else if (isLineSeparator(text, i)) {
        this.escape(0x2028 + (text.at(i + 2) & 1));
        i += 2;
      } else this.byte(byte);
    }
    this.byte(0x22);
  }

  private escape(point: i32): void {
    this.byte(0x5c);
    this.byte(0x75);
    for (let shift = 12; shift >= 0; shift -= 4) {
      const digit: u8 = <u8>((point >> shift) & 15);
      this.byte(digit < 10 ? 48 + digit : 87 + digit);
    }
  }
}

// U+2028 and U+2029, in UTF-8 e2 80 a8 and e2 80 a9: JavaScript once took them for ends of lines.
function isLineSeparator(text: Text, i: i32): bool {
  return text.at(i) == 0xe2 && i + 2 < text.length && text.at(i + 1) == 0x80 && (text.at(i + 2) | 1) == 0xa9;
}
