/* Calls about programs, and the end of them all. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
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

#define CONSOLE "/dev/ttyS0"

/* On the console, which is its terminal. */
static void run_shell(void) {
  setsid();
  const int console = open(CONSOLE, O_RDWR);
  ioctl(console, TIOCSCTTY, 1);
  for (int fd = 0; fd <= 2; fd++) dup2(console, fd);
  setenv("HOME", "/", 1);
  setenv("PS1", "guest:\\w# ", 1);
  execl("/bin/busybox", "sh", (char *)NULL);
  _exit(127);
}

/* It takes letters instead of lines when it prompts. What comes before may be lost, and is echoed twice. */
static int wait_for_prompt(void) {
  struct termios modes;
  const int console = open(CONSOLE, O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (console < 0) return -1;
  int result = tcgetattr(console, &modes);
  for (; result == 0 && modes.c_lflag & ICANON; result = tcgetattr(console, &modes)) usleep(1000);
  close(console);
  return result;
}

/* A shell for whoever looks around, which listens when this is answered. When it ends, the machine does. */
static int make_shell(const struct text *a, int count, FILE *out) {
  (void)count;
  const pid_t keeper = fork();
  if (keeper != 0) return keeper < 0 ? -1 : wait_for_prompt();
  const pid_t shell = fork();
  if (shell == 0) run_shell();
  waitpid(shell, NULL, 0);
  _exit(make_poweroff(a, count, out));
}

const struct named_call program_calls[] = {
    {"run", 1, make_run}, {"shell", 0, make_shell}, {"poweroff", 0, make_poweroff}, {0}};
