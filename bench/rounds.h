// What both C programs have in common: how they fail, and how they measure (mounts.ts does the same).
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *directory; // as room.ts makes it
static int shares;

// What a call gave; the program ends where it failed.
static long must(long result, const char *call) {
  if (result != -1) return result;
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  exit(1);
}

static void check(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  exit(1);
}

static double now_ms(void) {
  struct timespec now;
  must(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double median(double *times, int count) {
  qsort(times, count, sizeof *times, compare);
  return (times[(count - 1) / 2] + times[count / 2]) / 2;
}

static double measure(void (*add)(void), void (*take_away)(void)) {
  double start = now_ms();
  add();
  take_away();
  return now_ms() - start;
}

// With all mounts there it says "ready", and goes on when its input ends.
static void stop(void (*add)(void), void (*take_away)(void)) {
  add();
  must(write(STDOUT_FILENO, "ready\n", 6), "write");
  for (char byte; must(read(STDIN_FILENO, &byte, 1), "read") > 0;);
  take_away();
}

// <directory> <shares> <rounds> <warm-up rounds>, or <directory> <shares> stop
static int run(int argc, char **argv, void (*add)(void), void (*take_away)(void)) {
  check(argc >= 4, "arguments are <directory> <shares> <rounds> <warm-up rounds>");
  directory = argv[1];
  shares = atoi(argv[2]);
  if (strcmp(argv[3], "stop") == 0) {
    stop(add, take_away);
    return 0;
  }
  int rounds = atoi(argv[3]);
  check(argc == 5 && rounds > 0, "there are rounds to measure");
  for (int i = 0; i < atoi(argv[4]); i++) measure(add, take_away);
  double times[rounds];
  for (int i = 0; i < rounds; i++) times[i] = measure(add, take_away);
  printf("%f\n", median(times, rounds));
  return 0;
}

// The same for a program that times a part of each round itself.
static int run_rounds(int argc, char **argv, double (*round_ms)(void)) {
  check(argc == 5, "arguments are <directory> <shares> <rounds> <warm-up rounds>");
  directory = argv[1];
  shares = atoi(argv[2]);
  int rounds = atoi(argv[3]);
  for (int i = 0; i < atoi(argv[4]); i++) round_ms();
  double times[rounds];
  for (int i = 0; i < rounds; i++) times[i] = round_ms();
  printf("%f\n", median(times, rounds));
  return 0;
}
