/* Terminals of programs: what a program writes to its own goes to a file, and what comes in by a pipe is typed. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "calls.h"

static int pass(int from, int to) {
  char bytes[4096];
  const ssize_t length = read(from, bytes, sizeof bytes);
  return length > 0 && write(to, bytes, (size_t)length) == length;
}

/* Until no program has the terminal any more; then the pipe goes. */
static void relay(int master, const char *pipe, int typed, int printed) {
  struct pollfd ends[] = {{.fd = master, .events = POLLIN}, {.fd = typed, .events = POLLIN}};
  for (;;) {
    poll(ends, 2, -1);
    if (ends[1].revents) pass(typed, master);
    if (ends[0].revents && !pass(master, printed)) _exit(unlink(pipe));
  }
}

/* The path of a new one, from the paths of the pipe and the file. */
static int make_terminal(const struct text *a, int count, FILE *out) {
  (void)count;
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  const int typed = open(a[0].bytes, O_RDWR | O_CLOEXEC); /* so that its end is never read */
  const int printed = open(a[1].bytes, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (master < 0 || typed < 0 || printed < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return -1;
  write_text(out, ptsname(master));
  const pid_t child = fork();
  if (child == 0) relay(master, a[0].bytes, typed, printed);
  close(master), close(typed), close(printed);
  return child < 0 ? -1 : 0;
}

const struct named_call terminal_calls[] = {{"terminal", 2, make_terminal}, {0}};
