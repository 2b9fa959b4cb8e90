// Has a malloc of its own, which gives no memory any more from the given number of blocks on, counted from when the
// program leaves.
#include "work.h"

static char pool[1 << 28];
static _Atomic size_t used;
static _Atomic long left = 1l << 40;

/// Each block has its size before it.
void *memalign(size_t alignment, size_t bytes) {
  if (left-- <= 0) return NULL;
  size_t start = used += bytes + alignment + 32;
  if (start > sizeof pool) return NULL;
  char *block = (char *)(((uintptr_t)(pool + start - bytes - 16)) / alignment * alignment);
  ((size_t *)block)[-1] = bytes;
  return block;
}
void *malloc(size_t bytes) { return memalign(16, bytes); }
void *calloc(size_t count, size_t bytes) { return malloc(count * bytes); }
void *realloc(void *old, size_t bytes) {
  void *block = malloc(bytes);
  if (block && old) memcpy(block, old, ((size_t *)old)[-1] < bytes ? ((size_t *)old)[-1] : bytes);
  return block;
}
void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void **out, size_t alignment, size_t bytes) {
  *out = memalign(alignment < 16 ? 16 : alignment, bytes);
  return *out ? 0 : ENOMEM;
}
void free(void *block) { (void)block; }
size_t malloc_usable_size(void *block) { return block ? ((size_t *)block)[-1] : 0; }

int main(int count, char **arguments) {
  burn(0.05);
  if (count > 1) left = atol(arguments[1]);
  return 7;
}
