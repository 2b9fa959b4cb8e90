// C for malloc.h.
#define _GNU_SOURCE
#include "LeftOverWords.h"
#include <malloc.h>
#include <stdlib.h>

enum { FILLERS = 4096, SIZES = 50 };
static void *fillers[FILLERS];
static int filler_count;

void share_one_arena(void) { mallopt(M_ARENA_MAX, 1); }

void *new_filler(void) {
  if (filler_count == FILLERS) abort();
  // From 1 KiB on, lists are of sizes 64 bytes apart.
  return fillers[filler_count] = malloc(1100 + 64 * (size_t)(filler_count++ % SIZES));
}

/// Where the block begins that follows another in an arena.
static uintptr_t block_behind(uintptr_t block) { return block + malloc_usable_size((void *)block) + 8; }

int free_fillers_behind(const uintptr_t *changed, int count) {
  int freed = 0;
  for (int i = 0; i < count; i++) {
    uintptr_t stack = block_behind(changed[i] ^ WORD_CHANGE), behind = block_behind(stack);
    for (int filler = 0; filler < filler_count; filler++) {
      if ((uintptr_t)fillers[filler] != behind) continue;
      free(fillers[filler]);
      fillers[filler] = NULL;
      freed++;
    }
  }
  // From the list of what was freed lately each goes to that of its size when one is looked for that is not there.
  free(malloc(64 << 10));
  return freed;
}
