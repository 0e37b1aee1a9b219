/* Calls about programs, and the end of them all. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

/* Runs a program; what it printed, and how it ended. */
static int make_run(const struct text *a, int count, FILE *out) {
  char *arguments[16] = {0};
  int ends[2], status = 0;
  if (count > 15 || pipe2(ends, O_CLOEXEC) != 0) return -1;
  for (int at = 0; at < count; at++) arguments[at] = a[at].bytes;
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    execvp(arguments[0], arguments);
    _exit(127);
  }
  close(ends[1]);
  char *output = NULL;
  size_t length = 0;
  FILE *printed = fdopen(ends[0], "r");
  if (getdelim(&output, &length, '\0', printed) < 0) *output = '\0';
  fclose(printed);
  waitpid(child, &status, 0);
  fprintf(out, "{\"code\":%d,\"output\":", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  write_text(out, output);
  fputc('}', out);
  free(output);
  return 0;
}

static int make_poweroff(const struct text *a, int count, FILE *out) {
  (void)a, (void)count, (void)out;
  sync();
  return reboot(RB_POWER_OFF);
}

const struct named_call program_calls[] = {
    {"run", 1, make_run}, {"poweroff", 0, make_poweroff}, {0}};
