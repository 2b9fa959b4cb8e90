// Allocates and frees at random from sixteen functions, and says what each had at the moment when most was in use.
#include "work.h"

enum { SITES = 16, BLOCKS = 4000, STEPS = 60000 };
static struct block { void *memory; size_t bytes; int site; } blocks[BLOCKS];
static long now[SITES], peak[SITES], live, most;

#define SITE(n) __attribute__((noinline)) void *site##n(size_t bytes) { void *volatile m = malloc(bytes); return m; }
SITE(0) SITE(1) SITE(2) SITE(3) SITE(4) SITE(5) SITE(6) SITE(7)
SITE(8) SITE(9) SITE(10) SITE(11) SITE(12) SITE(13) SITE(14) SITE(15)
static void *(*const sites[SITES])(size_t) = {site0, site1, site2,  site3,  site4,  site5,  site6,  site7,
                                              site8, site9, site10, site11, site12, site13, site14, site15};

static uint64_t seed = 88172645463325252u;
static unsigned next(unsigned limit) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (unsigned)(seed >> 33) % limit;
}

static void give(struct block *block) {
  free(block->memory);
  now[block->site] -= (long)block->bytes;
  live -= (long)block->bytes;
  block->memory = NULL;
}

static void take(struct block *block) {
  *block = (struct block){NULL, 16 + next(50) * 8, (int)next(SITES)};
  block->memory = sites[block->site](block->bytes);
  now[block->site] += (long)block->bytes;
  live += (long)block->bytes;
  if (live <= most) return;
  most = live;
  memcpy(peak, now, sizeof now);
}

int main(void) {
  // What is in use rises and falls, to a peak in the middle and others before and after.
  for (int step = 0; step < STEPS; step++) {
    struct block *block = &blocks[next(BLOCKS)];
    unsigned phase = (unsigned)step * 7 / STEPS, wanted = phase % 2 == 0 ? 80 : 20;
    if (phase == 2) wanted = 95;
    if (block->memory && next(100) >= wanted) give(block);
    else if (!block->memory && next(100) < wanted) take(block);
  }
  for (int i = 0; i < SITES; i++) printf("site%d %ld\n", i, peak[i]);
  fflush(stdout);
  for (int i = 0; i < BLOCKS; i++)
    if (blocks[i].memory) give(&blocks[i]);
  return 0;
}
