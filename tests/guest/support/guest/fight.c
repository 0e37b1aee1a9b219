/*
 * What a guest does under its host's hands: processes that change names without a pause until they are stopped. The value
 * of "fought" and of "stop" is how often one of them did it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

struct way {
  const char *name;
  int (*once)(const struct text *paths, int count); /* whether it was done */
};

/* Exchanges two names, in one step where the filesystem can. */
static int swap(const struct text *paths, int count) {
  (void)count;
  if (renameat2(AT_FDCWD, paths[0].bytes, AT_FDCWD, paths[1].bytes, RENAME_EXCHANGE) == 0) return 1;
  if (errno != EINVAL && errno != ENOSYS) return 0;
  char aside[4096];
  snprintf(aside, sizeof aside, "%s.aside", paths[0].bytes);
  if (rename(paths[0].bytes, aside) != 0) return 0;
  const int first = rename(paths[1].bytes, paths[0].bytes), second = rename(aside, paths[1].bytes);
  return first == 0 && second == 0;
}

/* Puts a link to the first path in place of each other one, and takes it away again. */
static int plant(const struct text *paths, int count) {
  int done = 0;
  for (int at = 1; at < count; at++) {
    if (unlink(paths[at].bytes) != 0) rmdir(paths[at].bytes);
    if (symlink(paths[0].bytes, paths[at].bytes) == 0) done = 1;
  }
  for (int at = 1; at < count; at++) unlink(paths[at].bytes);
  return done;
}

/* Moves each path away and back. */
static int move(const struct text *paths, int count) {
  int done = 0;
  char away[4096];
  for (int at = 0; at < count; at++) {
    snprintf(away, sizeof away, "%s.away", paths[at].bytes);
    if (rename(paths[at].bytes, away) == 0) done = 1;
    rename(away, paths[at].bytes);
  }
  return done;
}

/* Opens each path for writing, and writes a byte where that succeeds. */
static int scribble(const struct text *paths, int count) {
  int done = 0;
  for (int at = 0; at < count; at++) {
    const int fd = open(paths[at].bytes, O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    if (write(fd, "!", 1) == 1) done = 1;
    close(fd);
  }
  return done;
}

static const struct way ways[] = {{"swap", swap}, {"plant", plant}, {"move", move}, {"scribble", scribble}, {0}};

static volatile sig_atomic_t is_over;

static void end(int signal) {
  (void)signal;
  is_over = 1;
}

/* Not in the middle of a round: what was moved away is back when it ends. */
static void fight_on(const struct way *way, const struct text *paths, int count, volatile unsigned *rounds) {
  signal(SIGTERM, end);
  while (!is_over)
    if (way->once(paths, count)) ++*rounds;
  _exit(0);
}

#define MOST 32
static struct fighter {
  pid_t pid;
  volatile unsigned *rounds;
} fighters[MOST];

static int make_fight(const struct text *a, int count, FILE *out) {
  const struct way *way = ways;
  while (way->name && strcmp(way->name, a[0].bytes) != 0) way++;
  int number = 0;
  while (number < MOST && fighters[number].pid != 0) number++;
  if (!way->name || number == MOST) return errno = EINVAL, -1;
  void *shared = mmap(NULL, sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return -1;
  const pid_t pid = fork();
  if (pid < 0) return -1;
  if (pid == 0) fight_on(way, a + 1, count - 1, shared);
  fighters[number] = (struct fighter){pid, shared};
  fprintf(out, "%d", number);
  return 0;
}

/* One whose call never comes back is left: this kernel may wait for itself where names move under it on the host, too. */
static void wait_for(pid_t pid) {
  for (int tries = 0; tries < 500 && waitpid(pid, NULL, WNOHANG) == 0; tries++) usleep(10000);
}

static int make_stop(const struct text *a, int count, FILE *out) {
  (void)count;
  struct fighter *fighter = &fighters[strtoul(a[0].bytes, NULL, 10) % MOST];
  if (fighter->pid == 0) return errno = ESRCH, -1;
  kill(fighter->pid, SIGTERM);
  wait_for(fighter->pid);
  fprintf(out, "%u", *fighter->rounds);
  munmap((void *)fighter->rounds, sizeof(unsigned));
  *fighter = (struct fighter){0};
  return 0;
}

static int make_fought(const struct text *a, int count, FILE *out) {
  (void)count;
  const struct fighter *fighter = &fighters[strtoul(a[0].bytes, NULL, 10) % MOST];
  if (fighter->pid == 0) return errno = ESRCH, -1;
  fprintf(out, "%u", *fighter->rounds);
  return 0;
}

const struct named_call fight_calls[] = {
    {"fight", 2, make_fight}, {"fought", 1, make_fought}, {"stop", 1, make_stop}, {0}};
