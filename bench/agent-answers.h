// What goes back to the clients: responses, at once or held for a time.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define HEADER 10
#define LONGEST_ANSWER 256

struct connection {
  int fd;
  uint32_t events; // that are waited for
  size_t filled;   // bytes of requests in `in`
  uint8_t *in;
  size_t written, waiting, out_room; // bytes of `out` that are gone, that are still to go, that there is room for
  uint8_t *out;
};

// An answer whose time has not come; nobody's where the client hung up.
struct held { struct connection *connection; uint64_t due; size_t length; uint8_t frame[LONGEST_ANSWER]; };

static int loop, timer;
static uint64_t hold_ns;
static struct held *queue; // all are held for the same time, so the first is the next
static size_t queue_room, queue_first, queue_end;

static void watch(struct connection *connection) {
  struct epoll_event event = { .events = EPOLLIN | (connection->waiting ? EPOLLOUT : 0), .data.ptr = connection };
  if (event.events == connection->events) return;
  epoll_ctl(loop, connection->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection->fd, &event);
  connection->events = event.events;
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

static void *room_for(void *memory, size_t size) {
  void *room = realloc(memory, size);
  if (!room) abort();
  return room;
}

static void put(struct connection *connection, const uint8_t *frame, size_t length) {
  size_t end = connection->written + connection->waiting;
  if (end + length > connection->out_room) {
    connection->out_room = 2 * (end + length);
    connection->out = room_for(connection->out, connection->out_room);
  }
  memcpy(connection->out + end, frame, length);
  connection->waiting += length;
}

// ttrpc's Response: an empty status, or one with a code and a message.
static size_t payload_of(uint8_t *payload, int error) {
  enum { STATUS = 0x0a, CODE = 0x08, INTERNAL = 13, MESSAGE = 0x12, LONGEST_MESSAGE = 100 };
  memcpy(payload, (uint8_t[]){ STATUS, 0 }, 2);
  if (error == 0) return 2;
  char message[LONGEST_MESSAGE + 1];
  snprintf(message, sizeof message, "%s (os error %d)", strerror(error), error);
  uint8_t length = (uint8_t)strlen(message);
  memcpy(payload, (uint8_t[]){ STATUS, (uint8_t)(4 + length), CODE, INTERNAL, MESSAGE, length }, 6);
  memcpy(payload + 6, message, length);
  return 6 + length;
}

// Header: length (4 bytes), stream (4), type, flags.
static size_t frame_of(uint8_t *frame, const uint8_t *stream, int error) {
  enum { RESPONSE = 2 };
  size_t length = payload_of(frame + HEADER, error);
  memcpy(frame, (uint8_t[]){ 0, 0, 0, (uint8_t)length }, 4);
  memcpy(frame + 4, stream, 4);
  memcpy(frame + 8, (uint8_t[]){ RESPONSE, 0 }, 2);
  return HEADER + length;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void set_timer(void) {
  struct itimerspec spec = { 0 }; // which stops it
  if (queue_first < queue_end) {
    spec.it_value.tv_sec = (time_t)(queue[queue_first].due / 1000000000u);
    spec.it_value.tv_nsec = (long)(queue[queue_first].due % 1000000000u);
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

static struct held *new_held(void) {
  if (queue_end == queue_room) {
    if (queue_first > 0) memmove(queue, queue + queue_first, (queue_end - queue_first) * sizeof *queue);
    queue_end -= queue_first;
    queue_first = 0;
    if (2 * queue_end >= queue_room) {
      queue_room = queue_room ? 2 * queue_room : 1024;
      queue = room_for(queue, queue_room * sizeof *queue);
    }
  }
  return &queue[queue_end++];
}

static void answer(struct connection *connection, const uint8_t *stream, int error) {
  uint8_t frame[LONGEST_ANSWER];
  size_t length = frame_of(frame, stream, error);
  if (hold_ns == 0) {
    put(connection, frame, length);
    return;
  }
  struct held *held = new_held();
  held->connection = connection;
  held->due = now() + hold_ns;
  held->length = length;
  memcpy(held->frame, frame, length);
  if (queue_end - queue_first == 1) set_timer();
}

static void release(void) {
  uint64_t expirations, time = now();
  if (read(timer, &expirations, sizeof expirations) < 0) return;
  for (; queue_first < queue_end && queue[queue_first].due <= time; queue_first++) {
    struct held *held = &queue[queue_first];
    if (!held->connection) continue;
    put(held->connection, held->frame, held->length);
    struct held *next = held + 1;
    if (next < queue + queue_end && next->due <= time && next->connection == held->connection) continue;
    flush(held->connection);
    watch(held->connection);
  }
  set_timer();
}

static void forget_answers_to(const struct connection *connection) {
  for (size_t i = queue_first; i < queue_end; i++)
    if (queue[i].connection == connection) queue[i].connection = NULL;
}
