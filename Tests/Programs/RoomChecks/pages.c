#include "RoomChecks.h"
#include "base/system_call.h"
#include "leaks/leaks.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// Pages from the first on, as their words in the kernel's table say: never touched, in memory, swapped out, a file's still,
/// in memory as a file's.
enum { PAGES = 5 };
static const uint64_t words[PAGES] = {0, 1ull << 63, 1ull << 62, 1ull << 63 | 1ull << 61, 1ull << 63};

struct seen {
  uintptr_t bytes, first;
  uint64_t parts[PAGES];
  int wrong;
};

static void see(void *context, uintptr_t start, uintptr_t limit, bool is_cold) {
  struct seen *seen = context;
  uintptr_t page = (start - seen->first) / seen->bytes;
  bool is_of_one_part = start < limit && start / LAB_PAGE == (limit - 1) / LAB_PAGE;
  if (is_cold || !is_of_one_part || start < seen->first || page >= PAGES) seen->wrong++;
  else seen->parts[page] += limit - start;
}

int lab_check_pages(uint64_t bytes) {
  enum { BEFORE = 24, BEHIND = 40 };
  int table = memfd_create("pages", 0), wrong = 0;
  uintptr_t first = 7 * bytes, start = first + BEFORE, limit = first + PAGES * bytes - BEHIND;
  if (table < 0 || pwrite(table, words, sizeof words, (off_t)(first / bytes * sizeof *words)) != sizeof words) return -1;
  for (int is_file = 0; is_file < 2; is_file++) {
    struct seen seen = {.bytes = bytes, .first = first};
    lab_pages_visit(table, bytes, start, limit, is_file ? LAB_PAGES_OF_FILE : LAB_PAGES_OF_MEMORY, see, &seen);
    const uint64_t expected[PAGES] = {0, bytes, bytes, is_file ? 0 : bytes, bytes - BEHIND};
    wrong += seen.wrong + (memcmp(seen.parts, expected, sizeof expected) != 0);
  }
  // Nothing is known of them: all count.
  struct seen seen = {.bytes = bytes, .first = first};
  lab_pages_visit(-1, bytes, start, limit, LAB_PAGES_OF_FILE, see, &seen);
  for (int i = 0; i < PAGES; i++)
    wrong += seen.parts[i] != bytes - (i == 0 ? BEFORE : i == PAGES - 1 ? BEHIND : 0);
  // Beyond the table's end.
  struct seen beyond = {.bytes = bytes, .first = first + PAGES * bytes};
  lab_pages_visit(table, bytes, beyond.first, beyond.first + bytes + 8, LAB_PAGES_OF_FILE, see, &beyond);
  wrong += beyond.wrong + (beyond.parts[0] != bytes || beyond.parts[1] != 8);
  close(table);
  return wrong + seen.wrong;
}
