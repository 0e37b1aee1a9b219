// What a CopyFile request says: ttrpc's Request around Kata's CopyFileRequest, both protocol buffers. Bytes stay where they
// came in.
#include <stdint.h>
#include <string.h>

struct field { const uint8_t *at; uint64_t number; size_t length; };

struct copy {
  struct field path, data;
  uint64_t file_size, file_mode, dir_mode, uid, gid, offset;
};

static int number_at(const uint8_t **at, const uint8_t *end, uint64_t *number) {
  *number = 0;
  for (int shift = 0; *at < end && shift < 64; shift += 7) {
    uint8_t byte = *(*at)++;
    *number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return 1;
  }
  return 0;
}

// The next field: 0 at the end, -1 for what is no message. There are numbers and bytes, and nothing else.
static int field_at(const uint8_t **at, const uint8_t *end, uint64_t *id, struct field *field) {
  enum { NUMBER = 0, BYTES = 2 };
  uint64_t key;
  if (*at == end) return 0;
  if (!number_at(at, end, &key) || !number_at(at, end, &field->number)) return -1;
  *id = key >> 3;
  if ((key & 7) == NUMBER) return 1;
  if ((key & 7) != BYTES || field->number > (uint64_t)(end - *at)) return -1;
  field->at = *at;
  field->length = field->number;
  *at += field->length;
  return 1;
}

// The method's own message in a request.
static int payload_in(const uint8_t *at, size_t length, struct field *payload) {
  const uint8_t *end = at + length;
  struct field field = { 0 };
  uint64_t id;
  int more;
  payload->at = NULL;
  while ((more = field_at(&at, end, &id, &field)) == 1)
    if (id == 3) *payload = field;
  return more == 0 && payload->at != NULL;
}

// 0 for what is no such request.
static int copy_in(const uint8_t *request, size_t length, struct copy *copy) {
  struct field payload, field = { 0 };
  if (!payload_in(request, length, &payload)) return 0;
  const uint8_t *at = payload.at, *end = payload.at + payload.length;
  uint64_t id;
  int more;
  memset(copy, 0, sizeof *copy);
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
