#include "RoomChecks.h"
#include "unwind/cfi.h"
#include <link.h>
#include <string.h>
#include <sys/mman.h>

static int find_frames(struct dl_phdr_info *info, size_t size, void *out) {
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME)
      *(uintptr_t *)out = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
  return 1;
}

static void count(void *rows, uintptr_t pc, struct lab_rule rule) {
  (void)pc;
  (void)rule;
  ++*(int64_t *)rows;
}

/// The first descriptions of the program's frames, which follow one another.
static const uint8_t *frames(void) {
  uintptr_t header = 0;
  dl_iterate_phdr(find_frames, &header);
  const uint8_t *at = (const uint8_t *)header + 4;
  return header ? (const uint8_t *)lab_read_encoded(&at, at + 8, ((const uint8_t *)header)[1], header) : NULL;
}

int64_t lab_check_damaged_frames(int copies, uint64_t seed) {
  enum { BYTES = 2048 };
  const uint8_t *original = frames();
  uint8_t *memory = mmap(NULL, 3 * LAB_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!original || mprotect(memory + LAB_PAGE, LAB_PAGE, PROT_READ | PROT_WRITE) != 0) return -1;
  // At the very end of a page, before one that cannot be read.
  uint8_t *copy = memory + 2 * LAB_PAGE - BYTES;
  int64_t rows = 0;
  for (int i = 0; i < copies; i++) {
    memcpy(copy, original, BYTES);
    for (int damage = i % 8; damage > 0; damage--) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      copy[(seed >> 33) % (i % 3 == 0 ? BYTES : 128)] = (uint8_t)(seed >> 56);
    }
    uintptr_t lo = (uintptr_t)copy, hi = lo + BYTES, start, end;
    for (uintptr_t at = lo; at + 8 <= hi;) {
      uint32_t length;
      memcpy(&length, (void *)at, 4);
      lab_run_fde(at, lo, lo, hi, &start, &end, count, &rows);
      if (length < 4 || length >= hi - at) break;
      at += 4 + length;
    }
  }
  munmap(memory, 3 * LAB_PAGE);
  return rows;
}
