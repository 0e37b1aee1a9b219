/* Calls about files: each is the system call of its name, or nearly so. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"

#define CALL(name) static int name(const struct text *a, int count, FILE *out)
#define NUMBER(text, base) ((unsigned)strtoul((text).bytes, NULL, base))

/* Arguments and value that a call has no use for. */
#define UNUSED (void)count, (void)out

CALL(make_mount) {
  UNUSED;
  return mount(a[0].bytes, a[1].bytes, a[2].bytes, NUMBER(a[3], 10), a[4].bytes);
}

CALL(make_umount) {
  UNUSED;
  return umount2(a[0].bytes, (int)NUMBER(a[1], 10));
}

CALL(make_mkdir) {
  UNUSED;
  return mkdir(a[0].bytes, NUMBER(a[1], 8));
}

/* With all directories above that are missing. */
CALL(make_mkdirs) {
  UNUSED;
  for (char *slash = a[0].bytes; slash; slash = strchr(slash + 1, '/')) {
    char *next = strchr(slash + 1, '/');
    if (next) *next = '\0';
    const int result = mkdir(a[0].bytes, 0755);
    if (next) *next = '/';
    struct stat there;
    if (result != 0 && (errno != EEXIST || (!next && (stat(a[0].bytes, &there) != 0 || !S_ISDIR(there.st_mode)))))
      return -1;
  }
  return 0;
}

CALL(make_rmdir) {
  UNUSED;
  return rmdir(a[0].bytes);
}

CALL(make_unlink) {
  UNUSED;
  return unlink(a[0].bytes);
}

CALL(make_rename) {
  UNUSED;
  return rename(a[0].bytes, a[1].bytes);
}

CALL(make_symlink) {
  UNUSED;
  return symlink(a[0].bytes, a[1].bytes);
}

CALL(make_chmod) {
  UNUSED;
  return chmod(a[0].bytes, NUMBER(a[1], 8));
}

CALL(make_chown) {
  UNUSED;
  return lchown(a[0].bytes, NUMBER(a[1], 10), NUMBER(a[2], 10));
}

CALL(make_realpath) {
  (void)count;
  char *path = realpath(a[0].bytes, NULL);
  if (!path) return -1;
  write_text(out, path);
  free(path);
  return 0;
}

CALL(make_write) {
  UNUSED;
  const int fd = open(a[0].bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  const ssize_t written = write(fd, a[1].bytes, a[1].length);
  const int closed = close(fd); /* where a filesystem of the host's may say what went wrong */
  return written == (ssize_t)a[1].length ? closed : -1;
}

/* A file that stays open until the machine ends; its number. */
CALL(make_hold) {
  (void)count;
  const int fd = open(a[0].bytes, strcmp(a[1].bytes, "write") == 0 ? O_RDWR : O_RDONLY);
  if (fd < 0) return -1;
  fprintf(out, "%d", fd);
  return 0;
}

/* Writes to a file that is held, and has it written through. */
CALL(make_write_held) {
  UNUSED;
  const int fd = (int)NUMBER(a[0], 10);
  return pwrite(fd, a[1].bytes, a[1].length, 0) == (ssize_t)a[1].length ? fsync(fd) : -1;
}

const struct named_call file_calls[] = {
    {"mount", 5, make_mount},     {"umount", 2, make_umount},
    {"mkdir", 2, make_mkdir},     {"mkdirs", 1, make_mkdirs},
    {"rmdir", 1, make_rmdir},     {"unlink", 1, make_unlink},
    {"rename", 2, make_rename},   {"symlink", 2, make_symlink},
    {"chmod", 2, make_chmod},     {"chown", 3, make_chown},
    {"write", 2, make_write},     {"realpath", 1, make_realpath},
    {"hold", 2, make_hold},       {"writeHeld", 2, make_write_held},
    {0},
};
