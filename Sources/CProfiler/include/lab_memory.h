// The profiler's own memory, and a look at the program's.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

/// Zeroed memory straight from the kernel that whoever scans the heap can tell from the program's. NULL if there is
/// none. Async-signal-safe.
void *lab_own_map(size_t bytes);
/// Gives it back; nothing if `start` is NULL. Async-signal-safe.
void lab_own_unmap(void *start, size_t bytes);

typedef struct lab_own_region {
  uintptr_t start;
  uintptr_t limit;
} lab_own_region;

/// Writes the mappings made by lab_own_map; returns how many there are. Async-signal-safe.
size_t lab_own_regions(lab_own_region *out, size_t capacity);

/// Copies memory that may not be there; false if it is not, or if the kernel forbids looking. Async-signal-safe.
bool lab_read_memory(uintptr_t address, void *out, size_t bytes);

/// The program's addresses are below two to this.
unsigned lab_memory_bits(void);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
