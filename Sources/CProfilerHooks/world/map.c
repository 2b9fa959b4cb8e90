// What is mapped where, read from /proc/thread-self/maps.
//
// C, because it is read while all threads stand still: a thread may own the dynamic linker's lock, so dl_iterate_phdr
// would wait for ever. It makes system calls only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "lab_memory.h"
#include "world/world.h"
#include <string.h>

#define MAPPINGS (1u << 16)
#define TEXT_BYTES (16u << 20)

bool lab_map_open(lab_memory_map *map) {
  *map = (lab_memory_map){.capacity = MAPPINGS, .text_capacity = TEXT_BYTES};
  map->mappings = lab_own_map(MAPPINGS * sizeof(lab_mapping));
  map->text = lab_own_map(TEXT_BYTES);
  return map->mappings != NULL && map->text != NULL;
}

void lab_map_close(lab_memory_map *map) {
  lab_own_unmap(map->mappings, MAPPINGS * sizeof(lab_mapping));
  lab_own_unmap(map->text, TEXT_BYTES);
}

static const char *parse_hex(const char *text, uintptr_t *out) {
  uintptr_t value = 0;
  for (;; text++) {
    int digit = *text >= '0' && *text <= '9' ? *text - '0' : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10 : -1;
    if (digit < 0) break;
    value = value << 4 | (uintptr_t)digit;
  }
  *out = value;
  return text;
}

static bool starts_with(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

/// "start-limit perms offset device inode   path". Source: proc(5).
static lab_mapping parse_line(const char *line) {
  lab_mapping mapping = {0};
  const char *at = parse_hex(line, &mapping.start);
  at = parse_hex(at + 1, &mapping.limit) + 1;
  mapping.readable = at[0] == 'r';
  mapping.writable = at[1] == 'w';
  mapping.shared = at[3] == 's';
  const char *path = strpbrk(at, "/[");
  if (path == NULL) return mapping;
  mapping.file_backed = *path == '/';
  // Without a file, shared with children at most: memory like any other.
  mapping.is_shared_memory = mapping.shared && starts_with(path, "/dev/zero (deleted)");
  if (mapping.is_shared_memory) mapping.shared = mapping.file_backed = false;
  mapping.is_memory_file = starts_with(path, "/dev/shm/") || starts_with(path, "/memfd:") || starts_with(path, "/SYSV");
  mapping.is_device = starts_with(path, "/dev/") && !starts_with(path, "/dev/shm/");
  mapping.is_heap = starts_with(path, "[heap]");
  mapping.is_main_stack = starts_with(path, "[stack]");
  mapping.is_kernel = starts_with(path, "[v");
  const char *name = strrchr(path, '/');
  mapping.is_libc = name != NULL && (starts_with(name, "/libc.so") || starts_with(name, "/libc-"));
  return mapping;
}

bool lab_map_read(lab_memory_map *map) {
  // That of this thread: of a process whose main thread has ended the kernel says nothing.
  int file = lab_open("/proc/thread-self/maps");
  if (file < 0) return false;
  size_t bytes = 0;
  long got;
  while (bytes < map->text_capacity - 1 &&
         (got = lab_read(file, map->text + bytes, map->text_capacity - 1 - bytes)) > 0)
    bytes += (size_t)got;
  lab_close(file);
  // A map that is cut off would lack roots.
  if (bytes == 0 || bytes == map->text_capacity - 1) return false;
  map->text[bytes] = 0;
  map->count = 0;
  for (char *line = map->text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    if (map->count == map->capacity) return false;
    *end = 0;
    lab_mapping mapping = parse_line(line);
    // The zeroed part of libc's data has no name, but follows it.
    const lab_mapping *last = map->count > 0 ? &map->mappings[map->count - 1] : NULL;
    if (last != NULL && last->is_libc && last->limit == mapping.start && !mapping.file_backed && mapping.writable)
      mapping.is_libc = true;
    map->mappings[map->count++] = mapping;
  }
  return true;
}

const lab_mapping *lab_map_find(const lab_memory_map *map, uintptr_t address) {
  size_t low = 0, high = map->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (map->mappings[middle].limit <= address) low = middle + 1;
    else high = middle;
  }
  return low < map->count && map->mappings[low].start <= address ? &map->mappings[low] : NULL;
}
#endif
