/* What the host may call: a name, how many strings it takes, and what is done. */
#ifndef CALLS_H
#define CALLS_H

#include "json.h"

/* Writes its value as JSON and gives 0; or gives -1, with errno, and has written nothing. */
typedef int call(const struct text *arguments, int count, FILE *out);

struct named_call {
  const char *name;
  int least; /* arguments */
  call *make;
};

extern const struct named_call file_calls[];    /* files.c */
extern const struct named_call program_calls[]; /* programs.c */
extern const struct named_call tree_calls[];    /* tree.c */
extern const struct named_call fight_calls[];   /* fight.c */
extern const struct named_call terminal_calls[]; /* terminals.c */

#endif
