#include "json.h"

#include <stdlib.h>
#include <string.h>

/* The byte that an escape stands for; `from` is behind the backslash, and is moved behind the escape. */
static char unescaped(char **from) {
  static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
  const char letter = *(*from)++;
  if (letter == 'u') {
    char digits[5] = {0};
    memcpy(digits, *from, 4);
    *from += 4;
    return (char)strtol(digits, NULL, 16);
  }
  const char *name = strchr(names, letter);
  return name ? bytes[name - names] : letter;
}

int read_strings(char *line, struct text *strings, int room) {
  char *from = line;
  int count = 0;
  if (*from++ != '[') return -1;
  while (*from == '"' || *from == ',') {
    if (*from == ',') from++;
    if (*from++ != '"' || count == room) return -1;
    char *to = from;
    strings[count].bytes = to;
    while (*from != '"') {
      if (*from == '\0') return -1;
      if (*from == '\\') {
        from++;
        *to++ = unescaped(&from);
      } else {
        *to++ = *from++;
      }
    }
    from++;
    *to = '\0'; /* at the quote at the latest */
    strings[count].length = (size_t)(to - strings[count].bytes);
    count++;
  }
  return *from == ']' ? count : -1;
}

void write_bytes(FILE *out, const char *bytes, size_t length) {
  fputc('"', out);
  for (size_t at = 0; at < length; at++) {
    const unsigned char byte = (unsigned char)bytes[at];
    if (byte < ' ' || byte > '~') {
      fprintf(out, "\\u%04x", byte);
      continue;
    }
    if (byte == '"' || byte == '\\') fputc('\\', out);
    fputc(byte, out);
  }
  fputc('"', out);
}

void write_text(FILE *out, const char *text) { write_bytes(out, text, strlen(text)); }
