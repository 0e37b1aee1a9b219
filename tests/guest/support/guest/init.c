/*
 * The guest's first and only program. It plays no agent by itself: it makes the calls that the host asks for, a JSON array
 * of strings a line, and answers each with a line: {"value": …} or {"error": "EROFS"}.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"

#define ROOM 64

static const struct named_call *const all_calls[] = {file_calls, program_calls, tree_calls, fight_calls,
                                                     terminal_calls};

static void give_up(const char *what) {
  fprintf(stderr, "guest: cannot %s: %s\n", what, strerror(errno));
  exit(1); /* the kernel panics, and the machine ends */
}

static void mount_own(const char *type, const char *target) {
  mkdir(target, 0755);
  if (mount(type, target, type, 0, "") != 0) give_up(target);
}

/* The modules are listed one a line, each behind those that it needs. */
static void load_modules(void) {
  char path[PATH_MAX];
  FILE *list = fopen("/modules/list", "r");
  if (!list) give_up("read /modules/list");
  while (fscanf(list, "%s", path) == 1) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST) give_up(path);
    close(fd);
  }
  fclose(list);
}

/* The port appears some time after its module. It has the number of its controller among all devices of virtio. */
static FILE *open_channel(void) {
  char path[] = "/dev/vport0p1";
  for (int tries = 0; tries < 10000; tries++) {
    path[sizeof "/dev/vport" - 1] = (char)('0' + tries % 10);
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0) return fdopen(fd, "r+");
    if (tries % 10 == 9) usleep(10000);
  }
  give_up("find the channel");
  return NULL;
}

static const struct named_call *find_call(const char *name) {
  for (size_t list = 0; list < sizeof all_calls / sizeof *all_calls; list++)
    for (const struct named_call *one = all_calls[list]; one->name; one++)
      if (strcmp(one->name, name) == 0) return one;
  return NULL;
}

/* What the call writes is kept until it is known to have succeeded. */
static int make_call(const struct text *strings, int count, char **value, size_t *length) {
  const struct named_call *called = count > 0 ? find_call(strings[0].bytes) : NULL;
  errno = EINVAL;
  if (!called || count - 1 < called->least) return -1;
  FILE *out = open_memstream(value, length);
  const int result = called->make(strings + 1, count - 1, out);
  const int error = errno;
  fclose(out);
  errno = error;
  return result;
}

static void answer(FILE *out, char *line) {
  struct text strings[ROOM];
  char *value = NULL;
  size_t length = 0;
  const int count = read_strings(line, strings, ROOM);
  if (make_call(strings, count, &value, &length) == 0)
    fprintf(out, "{\"value\":%s}\n", length > 0 ? value : "null");
  else
    fprintf(out, "{\"error\":\"%s\"}\n", strerrorname_np(errno));
  fflush(out);
  free(value);
}

int main(void) {
  umask(022);
  mount_own("proc", "/proc");
  mount_own("sysfs", "/sys");
  mount_own("devtmpfs", "/dev");
  mount_own("tmpfs", "/run");
  mount_own("tmpfs", "/tmp");
  load_modules();
  setenv("PATH", "/bin", 1);
  FILE *channel = open_channel();
  fputs("{\"value\":\"ready\"}\n", channel);
  fflush(channel);
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, channel) > 0) answer(channel, line);
  give_up("go on: the host is gone");
}
