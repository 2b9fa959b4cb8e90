// Finds the real allocator: the next malloc after ours in the order of lookup, be it libc's or another one's.
//
// Until it is found, blocks come from a small arena; they are never given back. C, because it runs inside the first
// malloc of the process, in the dynamic linker. It calls dlsym, which may itself allocate.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "hooks/hooks.h"

#if LAB_INTERPOSES
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES (64 * 1024)
static char arena[ARENA_BYTES] __attribute__((aligned(64)));
static _Atomic size_t arena_used;

static bool in_arena(const void *block) {
  return (uintptr_t)block - (uintptr_t)arena < ARENA_BYTES;
}

/// Each block is preceded by its size, in 16 bytes.
static void *arena_allocate(size_t alignment, size_t size) {
  if (alignment < 16) alignment = 16;
  if (size > ARENA_BYTES || alignment > lab_page_bytes()) return errno = ENOMEM, NULL;
  size_t whole = (size + 16 + alignment + 15) & ~(size_t)15;
  size_t start = atomic_fetch_add_explicit(&arena_used, whole, memory_order_relaxed);
  if (start + whole > ARENA_BYTES) return errno = ENOMEM, NULL;
  uintptr_t block = ((uintptr_t)arena + start + 16 + alignment - 1) & ~(uintptr_t)(alignment - 1);
  ((size_t *)block)[-2] = size;
  return (void *)block;
}

/// What dlsym found, beside the arena's blocks that may yet come back.
static struct lab_functions found;

static void free_after_arena(void *block) {
  if (!in_arena(block)) found.free(block);
}

/// Of C23, so libc need not have them, and dlsym allocates to say so. Looked up when the program starts, for it would
/// also take the place of an error that the program has yet to ask for.
static void (*found_free_sized)(void *, size_t);
static void (*found_free_aligned_sized)(void *, size_t, size_t);
static _Atomic bool looked_for_sized;

static void *find_if_there(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) dlerror();
  return function;
}

void lab_allocator_find_sized(void) {
  if (LAB_ACQUIRE(&looked_for_sized)) return;
  *(void **)&found_free_sized = find_if_there("free_sized");
  *(void **)&found_free_aligned_sized = find_if_there("free_aligned_sized");
  LAB_RELEASE(&looked_for_sized, true);
}

static LAB_HIDDEN void real_free_sized(void *block, size_t size) {
  if (block == NULL || in_arena(block)) return;
  lab_allocator_find_sized();
  if (found_free_sized != NULL) found_free_sized(block, size);
  else found.free(block);
}

static LAB_HIDDEN void real_free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (block == NULL || in_arena(block)) return;
  lab_allocator_find_sized();
  if (found_free_aligned_sized != NULL) found_free_aligned_sized(block, alignment, size);
  else found.free(block);
}

static void *realloc_after_arena(void *block, size_t size) {
  if (!in_arena(block)) return found.realloc(block, size);
  void *moved = found.malloc(size);
  size_t old = ((size_t *)block)[-2];
  if (moved != NULL) memcpy(moved, block, old < size ? old : size);
  return moved;
}

/// The thread that is looking for the allocator; what it allocates meanwhile comes from the arena.
static _Thread_local bool finding __attribute__((tls_model("initial-exec")));

/// Those of C23 need not be there, and dlsym allocates to say so: they are looked for later.
static void *find(const char *name) {
  return strcmp(name, "free_sized") == 0 || strcmp(name, "free_aligned_sized") == 0 ? NULL : dlsym(RTLD_NEXT, name);
}

/// Fills lab_real; false if this thread is at it already. Several threads may do it at once: they find the same.
static bool find_real(void) {
  if (finding) return false;
  finding = true;
  struct lab_functions real = {0};
#define LAB_ALLOCATOR_HOOK(result, name, parameters, arguments, engines) *(void **)&real.name = find(#name);
#define LAB_HOOK(result, name, parameters, arguments, engines)
#include "hooks/hooks.def"
#undef LAB_HOOK
  real.free_sized = real_free_sized;
  real.free_aligned_sized = real_free_aligned_sized;
  finding = false;
  if (real.malloc == NULL || real.free == NULL || real.calloc == NULL || real.realloc == NULL) {
    static const char message[] = "lab: no malloc behind the profiler's hooks; cannot go on\n";
    if (write(2, message, sizeof message - 1) < 0) abort();
    abort();
  }
  found = real;
  if (LAB_LOAD(&arena_used) > 0) {
    real.free = free_after_arena;
    real.realloc = realloc_after_arena;
  }
  // Unless somebody was quicker, and has put ours there meanwhile.
  bool is_first = lab_active.malloc == lab_first_malloc;
#define LAB_ALLOCATOR_HOOK(result, name, parameters, arguments, engines) \
  lab_real.name = real.name;                                             \
  if (is_first) lab_active.name = real.name;
#define LAB_HOOK(result, name, parameters, arguments, engines)
#include "hooks/hooks.def"
#undef LAB_HOOK
  return true;
}

void *lab_first_malloc(size_t size) { return find_real() ? lab_real.malloc(size) : arena_allocate(16, size); }

void lab_first_free(void *block) {
  if (block == NULL || in_arena(block)) return;
  if (find_real()) lab_real.free(block);
}

void lab_first_free_sized(void *block, size_t size) {
  if (find_real()) lab_real.free_sized(block, size);
}

void lab_first_free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (find_real()) lab_real.free_aligned_sized(block, alignment, size);
}

void *lab_first_calloc(size_t count, size_t size) {
  if (find_real()) return lab_real.calloc(count, size);
  size_t bytes;
  // The arena is zero from the start and never used twice.
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, NULL;
  return arena_allocate(16, bytes);
}

void *lab_first_realloc(void *block, size_t size) {
  if (find_real()) return lab_real.realloc(block, size);
  void *moved = arena_allocate(16, size);
  if (moved == NULL || block == NULL || !in_arena(block)) return moved;
  size_t old = ((size_t *)block)[-2];
  return memcpy(moved, block, old < size ? old : size);
}

void *lab_first_memalign(size_t alignment, size_t size) {
  return find_real() ? lab_real.memalign(alignment, size) : arena_allocate(alignment, size);
}

void *lab_first_aligned_alloc(size_t alignment, size_t size) {
  return find_real() ? lab_real.aligned_alloc(alignment, size) : arena_allocate(alignment, size);
}

int lab_first_posix_memalign(void **out, size_t alignment, size_t size) {
  if (find_real()) return lab_real.posix_memalign(out, alignment, size);
  void *block = arena_allocate(alignment, size);
  if (block == NULL) return ENOMEM;
  *out = block;
  return 0;
}

void *lab_first_valloc(size_t size) { return find_real() ? lab_real.valloc(size) : arena_allocate(lab_page_bytes(), size); }

void *lab_first_pvalloc(size_t size) { return find_real() ? lab_real.pvalloc(size) : arena_allocate(lab_page_bytes(), size); }
#endif
#endif
