/* JSON as both sides use it: a string stands for bytes, each of them one character up to U+00FF. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdio.h>

struct text {
  char *bytes; /* with a NUL behind the last one */
  size_t length;
};

/* How many strings the JSON array in `line` has, of at most `room`; -1 if it is none of strings. They are in `line`. */
int read_strings(char *line, struct text *strings, int room);

void write_bytes(FILE *out, const char *bytes, size_t length);
void write_text(FILE *out, const char *text);

#endif
