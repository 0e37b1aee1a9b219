// The other side of the copy benchmark: an agent that really writes. One thread, which takes CopyFile requests from any
// number of connections to a unix socket, does what Kata's agent does from version 4.0 on, and answers. So the figures are
// those of the copier, and not of a second garbage-collected program beside it.
//
//   cc -O2 -Wall -Wextra -o agent bench/agent.c
//   ./agent <socket> <directory> [milliseconds]
//
// Paths below /run/kata-containers/shared/containers are written below the directory, which has to be there. With
// milliseconds each answer is held so long by a timer, as a guest's is by its distance; meanwhile the next requests are
// done. It says "ready" when it listens, and ends with its input.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "/run/kata-containers/shared/containers/"
#define LONGEST_FRAME (4u << 20)
#define HEADER 10
#define ROOM (HEADER + LONGEST_FRAME)

struct field { const uint8_t *at; uint64_t number; size_t length; };

struct copy {
  struct field path, data;
  uint64_t file_size, file_mode, dir_mode, uid, gid, offset;
};

struct connection {
  int fd;
  size_t filled, written, waiting;
  uint8_t *in, *out;
  size_t out_room;
};

struct held { struct connection *connection; uint64_t due; size_t length; uint8_t frame[256]; };

static int root, loop, timer;
static uint64_t hold_ns;
static struct held *queue;
static size_t queue_room, queue_first, queue_end;

// Protocol buffers

static int number_at(const uint8_t **at, const uint8_t *end, uint64_t *number) {
  *number = 0;
  for (int shift = 0; *at < end && shift < 64; shift += 7) {
    uint8_t byte = *(*at)++;
    *number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return 1;
  }
  return 0;
}

// The next field: 0 at the end, -1 for what is no message.
static int field_at(const uint8_t **at, const uint8_t *end, uint64_t *id, struct field *field) {
  uint64_t key;
  if (*at == end) return 0;
  if (!number_at(at, end, &key) || !number_at(at, end, &field->number)) return -1;
  *id = key >> 3;
  if ((key & 7) == 0) return 1;
  if ((key & 7) != 2 || field->number > (uint64_t)(end - *at)) return -1;
  field->at = *at;
  field->length = field->number;
  *at += field->length;
  return 1;
}

static int copy_in(const uint8_t *at, size_t length, struct copy *copy) {
  const uint8_t *end = at + length;
  struct field field = { 0 }, payload = { 0 };
  uint64_t id;
  int more;
  while ((more = field_at(&at, end, &id, &field)) == 1)
    if (id == 3) payload = field;
  if (more < 0 || !payload.at) return 0;
  memset(copy, 0, sizeof *copy);
  at = payload.at;
  end = at + payload.length;
  while ((more = field_at(&at, end, &id, &field)) == 1) {
    switch (id) {
      case 1: copy->path = field; break;
      case 2: copy->file_size = field.number; break;
      case 3: copy->file_mode = field.number; break;
      case 4: copy->dir_mode = field.number; break;
      case 5: copy->uid = field.number; break;
      case 6: copy->gid = field.number; break;
      case 7: copy->offset = field.number; break;
      case 8: copy->data = field; break;
    }
  }
  return more == 0;
}

// The rules of the agent

static int parent_of(char *path, const struct copy *copy, char **name) {
  int directory = openat(root, ".", O_DIRECTORY | O_CLOEXEC);
  for (char *slash; directory >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
    *slash = 0;
    if (strcmp(path, "..") == 0) { close(directory); errno = EXDEV; return -1; }
    if (mkdirat(directory, path, copy->dir_mode & 0777) < 0 && errno != EEXIST) { close(directory); return -1; }
    int next = openat(directory, path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    close(directory);
    errno = error;
    directory = next;
  }
  *name = path;
  if (directory >= 0 && strcmp(path, "..") == 0) { close(directory); errno = EXDEV; return -1; }
  if (directory >= 0 && fchown(directory, (uid_t)copy->uid, (gid_t)copy->gid) < 0) { close(directory); return -1; }
  return directory;
}

static int remove_all(int parent, const char *name) {
  if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR) return -1;
  int fd = openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (!directory) return -1;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) remove_all(fd, entry->d_name);
  closedir(directory);
  return unlinkat(parent, name, AT_REMOVEDIR);
}

static int write_directory(int parent, const char *name, const struct copy *copy) {
  if (unlinkat(parent, name, 0) < 0 && errno != ENOENT && errno != EISDIR) return -1;
  if (mkdirat(parent, name, copy->file_mode & 0777) < 0 && errno != EEXIST) return -1;
  int fd = openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = fchmod(fd, copy->file_mode & 07777);
  if (result == 0) result = fchown(fd, (uid_t)copy->uid, (gid_t)copy->gid);
  close(fd);
  return result;
}

static int write_link(int parent, const char *name, const struct copy *copy) {
  char target[4097];
  if (copy->data.length > 4096) { errno = ENAMETOOLONG; return -1; }
  memcpy(target, copy->data.at, copy->data.length);
  target[copy->data.length] = 0;
  if (symlinkat(target, parent, name) < 0) return -1;
  return fchownat(parent, name, (uid_t)copy->uid, (gid_t)copy->gid, AT_SYMLINK_NOFOLLOW);
}

static int write_file(int parent, const char *name, const struct copy *copy) {
  char temporary[512];
  const char *dot = strrchr(name, '.');
  int stem = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
  snprintf(temporary, sizeof temporary, "%.*s.tmp", stem, name);
  int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (copy->offset == 0 ? O_TRUNC : 0);
  int fd = openat(parent, temporary, flags, (mode_t)(copy->file_mode & 07777));
  if (fd < 0) return -1;
  int result = 0;
  for (size_t done = 0; result == 0 && done < copy->data.length;) {
    ssize_t count = pwrite(fd, copy->data.at + done, copy->data.length - done, (off_t)(copy->offset + done));
    if (count < 0) result = -1;
    else done += (size_t)count;
  }
  struct stat stat;
  if (result == 0) result = fstat(fd, &stat);
  if (result == 0 && (uint64_t)stat.st_size == copy->file_size) {
    result = fchmod(fd, copy->file_mode & 07777);
    if (result == 0) result = fchown(fd, (uid_t)copy->uid, (gid_t)copy->gid);
    if (result == 0) result = renameat(parent, temporary, parent, name);
  }
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

static int obey(const struct copy *copy) {
  char path[4096];
  size_t above = strlen(PREFIX);
  if (copy->path.length <= above || copy->path.length >= sizeof path || memcmp(copy->path.at, PREFIX, above) != 0) {
    errno = EXDEV;
    return -1;
  }
  memcpy(path, copy->path.at + above, copy->path.length - above);
  path[copy->path.length - above] = 0;
  char *name;
  int parent = parent_of(path, copy, &name), result;
  if (parent < 0) return -1;
  if ((copy->file_mode & S_IFDIR) == S_IFDIR) result = write_directory(parent, name, copy);
  else if (copy->offset == 0 && remove_all(parent, name) < 0) result = -1;
  else if ((copy->file_mode & S_IFLNK) == S_IFLNK) result = write_link(parent, name, copy);
  else result = write_file(parent, name, copy);
  int error = errno;
  close(parent);
  errno = error;
  return result;
}

// Answers

static void watch(struct connection *connection, int operation) {
  struct epoll_event event = { .events = EPOLLIN | (connection->waiting ? EPOLLOUT : 0), .data.ptr = connection };
  epoll_ctl(loop, operation, connection->fd, &event);
}

static void flush(struct connection *connection) {
  while (connection->waiting > 0) {
    ssize_t count = send(connection->fd, connection->out + connection->written, connection->waiting, MSG_NOSIGNAL);
    if (count < 0) break;
    connection->written += (size_t)count;
    connection->waiting -= (size_t)count;
  }
  if (connection->waiting == 0) connection->written = 0;
}

static void put(struct connection *connection, const uint8_t *frame, size_t length) {
  size_t needed = connection->written + connection->waiting + length;
  if (needed > connection->out_room) {
    connection->out_room = 2 * needed;
    connection->out = realloc(connection->out, connection->out_room);
    if (!connection->out) abort();
  }
  memcpy(connection->out + connection->written + connection->waiting, frame, length);
  connection->waiting += length;
}

static size_t frame_of(uint8_t *frame, const uint8_t *stream, int error) {
  char message[160];
  size_t text = 0, length = 2;
  uint8_t *payload = frame + HEADER;
  payload[0] = 0x0a; // status
  payload[1] = 0;
  if (error) {
    text = (size_t)snprintf(message, sizeof message, "%s (os error %d)", strerror(error), error);
    if (text > 100) text = 100;
    payload[1] = (uint8_t)(4 + text);
    payload[2] = 0x08; // code
    payload[3] = 13;   // INTERNAL
    payload[4] = 0x12; // message
    payload[5] = (uint8_t)text;
    memcpy(payload + 6, message, text);
    length = 6 + text;
  }
  memset(frame, 0, HEADER);
  frame[3] = (uint8_t)length;
  memcpy(frame + 4, stream, 4);
  frame[8] = 2; // response
  return HEADER + length;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void arm(void) {
  struct itimerspec spec = { 0 };
  if (queue_first < queue_end) {
    spec.it_value.tv_sec = (time_t)(queue[queue_first].due / 1000000000u);
    spec.it_value.tv_nsec = (long)(queue[queue_first].due % 1000000000u);
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void answer(struct connection *connection, const uint8_t *stream, int error) {
  uint8_t frame[256];
  size_t length = frame_of(frame, stream, error);
  if (hold_ns == 0) {
    put(connection, frame, length);
    return;
  }
  if (queue_end == queue_room) {
    if (queue) memmove(queue, queue + queue_first, (queue_end - queue_first) * sizeof *queue);
    queue_end -= queue_first;
    queue_first = 0;
    if (2 * queue_end >= queue_room) {
      queue_room = queue_room ? 2 * queue_room : 1024;
      queue = realloc(queue, queue_room * sizeof *queue);
      if (!queue) abort();
    }
  }
  struct held *held = &queue[queue_end++];
  held->connection = connection;
  held->due = now() + hold_ns;
  held->length = length;
  memcpy(held->frame, frame, length);
  if (queue_end - queue_first == 1) arm();
}

static void release(void) {
  uint64_t expirations, time = now();
  if (read(timer, &expirations, sizeof expirations) < 0) return;
  while (queue_first < queue_end && queue[queue_first].due <= time) {
    struct held *held = &queue[queue_first++];
    if (!held->connection) continue;
    put(held->connection, held->frame, held->length);
    if (queue_first == queue_end || queue[queue_first].connection != held->connection || queue[queue_first].due > time) {
      flush(held->connection);
      watch(held->connection, EPOLL_CTL_MOD);
    }
  }
  arm();
}

// Connections

static void hang_up(struct connection *connection) {
  for (size_t i = queue_first; i < queue_end; i++)
    if (queue[i].connection == connection) queue[i].connection = NULL;
  close(connection->fd);
  free(connection->in);
  free(connection->out);
  free(connection);
}

// 0 for what is no frame.
static int take_frames(struct connection *connection) {
  size_t at = 0;
  while (connection->filled - at >= HEADER) {
    const uint8_t *header = connection->in + at;
    uint32_t length = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
    struct copy copy;
    if (length > LONGEST_FRAME || header[8] != 1) return 0;
    if (connection->filled - at < HEADER + length) break;
    if (!copy_in(header + HEADER, length, &copy)) return 0;
    answer(connection, header + 4, obey(&copy) < 0 ? errno : 0);
    at += HEADER + length;
  }
  connection->filled -= at;
  memmove(connection->in, connection->in + at, connection->filled);
  return 1;
}

static int serve(struct connection *connection, uint32_t events) {
  if (events & EPOLLOUT) flush(connection);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    ssize_t count = recv(connection->fd, connection->in + connection->filled, ROOM - connection->filled, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return 0;
    if (count > 0) connection->filled += (size_t)count;
    if (!take_frames(connection)) return 0;
    flush(connection);
  }
  watch(connection, EPOLL_CTL_MOD);
  return 1;
}

static void welcome(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection || !(connection->in = malloc(ROOM))) abort();
  connection->fd = fd;
  watch(connection, EPOLL_CTL_ADD);
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "usage: agent <socket> <directory> [milliseconds]\n");
    return 2;
  }
  hold_ns = argc == 4 ? (uint64_t)(atof(argv[3]) * 1e6) : 0;
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  root = open(argv[2], O_DIRECTORY | O_CLOEXEC);
  loop = epoll_create1(EPOLL_CLOEXEC);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  umask(0);
  if (root < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 16) < 0) {
    perror("agent");
    return 1;
  }
  static char input, timer_mark, listener_mark;
  struct epoll_event on_input = { .events = EPOLLIN, .data.ptr = &input };
  struct epoll_event on_timer = { .events = EPOLLIN, .data.ptr = &timer_mark };
  struct epoll_event on_listener = { .events = EPOLLIN, .data.ptr = &listener_mark };
  epoll_ctl(loop, EPOLL_CTL_ADD, STDIN_FILENO, &on_input);
  epoll_ctl(loop, EPOLL_CTL_ADD, timer, &on_timer);
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &on_listener);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(loop, events, 64, -1);
    for (int i = 0; i < count; i++) {
      void *what = events[i].data.ptr;
      char byte;
      if (what == &listener_mark) welcome(listener);
      else if (what == &timer_mark) release();
      else if (what == &input) { if (read(STDIN_FILENO, &byte, 1) <= 0) return 0; }
      else if (!serve(what, events[i].events)) hang_up(what);
    }
  }
}
