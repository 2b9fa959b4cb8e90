// What the files of the leak scan share.
#pragma once
#include "base/arch.h"
#include "lab_heap.h"
#include "lab_leaks.h"
#include "world/world.h"
#pragma GCC visibility push(hidden)

/// Begins what the environment asks for; returns why it cannot, or NULL.
const char *lab_leaks_begin(long rate);
/// The same of lost tasks.
const char *lab_task_leaks_begin(long rate);

// MARK: - From an address to its block (index.c)

#define LAB_NO_BLOCK UINT32_MAX

/// 64 granules of address space: which of them a block begins at, and how many blocks begin before.
typedef struct lab_cell {
  uint64_t starts;
  uint32_t first; ///< position of the first block that begins here or later
  uint32_t unused;
} lab_cell;

typedef struct lab_block_index {
  lab_heap_block *blocks;
  uint32_t count;
  unsigned granule_shift, cell_shift;
  lab_cell **regions;
  /// By region, one more than the position of the block that reaches into it from below.
  uint32_t *reaching;
  uint32_t *region_first;
  uintptr_t low, span;
} lab_block_index;

#define LAB_REGION_SHIFT 26
#define LAB_REGIONS (1u << (LAB_USER_BITS - LAB_REGION_SHIFT))

/// Makes the index of the blocks; false if there is no memory.
bool lab_index_open(lab_block_index *index, lab_heap_block *blocks, size_t count);
void lab_index_close(lab_block_index *index);

/// The block that begins at or before `address` and is the last to do so; whether it reaches that far is not checked.
/// Three loads and a population count.
static inline LAB_POPCOUNT __attribute__((always_inline)) uint32_t lab_index_candidate(
    const lab_block_index *index, uintptr_t address) {
  uintptr_t region = address >> LAB_REGION_SHIFT;
  const lab_cell *cells = index->regions[region];
  if (cells == NULL) return index->reaching[region] - 1;
  const lab_cell *cell = &cells[(address & ((1ul << LAB_REGION_SHIFT) - 1)) >> index->cell_shift];
  uint64_t upto = ~0ull >> (63 - (address >> index->granule_shift & 63));
  uint32_t after = cell->first + (uint32_t)__builtin_popcountll(cell->starts & upto);
  return after > index->region_first[region] ? after - 1 : index->reaching[region] - 1;
}

/// Whether a block begins at `address`, which lies in a region that has blocks or is one that a block reaches into.
static inline __attribute__((always_inline)) bool lab_index_begins_at(const lab_block_index *index, uintptr_t address) {
  const lab_cell *cells = index->regions[address >> LAB_REGION_SHIFT];
  if (cells == NULL || address & ((1ul << index->granule_shift) - 1)) return false;
  const lab_cell *cell = &cells[(address & ((1ul << LAB_REGION_SHIFT) - 1)) >> index->cell_shift];
  return cell->starts >> (address >> index->granule_shift & 63) & 1;
}

/// Whether a page holds any part of a block.
bool lab_index_touches_page(const lab_block_index *index, uintptr_t page);

// MARK: - Which pages hold anything (pages.c)

/// What pages are of.
typedef enum lab_page_kind {
  LAB_PAGES_OF_MEMORY,
  LAB_PAGES_OF_FILE, ///< until they are written to
  LAB_PAGES_SHARED,  ///< with whoever else maps the same
} lab_page_kind;

/// Takes a stretch of memory that lies in one part, of the smallest pages' size, of a page. `is_cold`: it is shared, and
/// neither this process nor the kernel has it in memory; there may be something on the disk or in what is swapped out.
typedef void (*lab_page_visitor)(void *context, uintptr_t start, uintptr_t limit, bool is_cold);

/// Hands on the parts of pages of [start, limit) that were written to, where pages have so many bytes. A page never touched,
/// or one that is still the file's, holds no address of a block; and reading one beyond a file's end would kill. `pagemap`:
/// the kernel's table, a word a page; below 0, or where it ends early: all count. What is shared that table loses sight of
/// whenever the kernel likes, or is asked to, though it is all still there: all of it is handed on.
void lab_pages_visit(int pagemap, uintptr_t bytes, uintptr_t start, uintptr_t limit, lab_page_kind kind,
                     lab_page_visitor visit, void *context);

// MARK: - Roots (roots.c)

/// What a root is, as far as it says how to take its words.
typedef enum lab_root {
  LAB_ROOT_DATA,
  LAB_ROOT_STACK, ///< or registers: frames are not filled at once, and hold what others left there
  LAB_ROOT_ALLOCATOR, ///< libc's own, where malloc keeps addresses of free chunks, which begin in the block before
} lab_root;

/// A stretch of words that may hold references.
typedef void (*lab_root_visitor)(void *context, uintptr_t start, uintptr_t limit, lab_root root);

/// Stretches of roots that hold nothing that is used: ascending.
typedef struct lab_dead {
  lab_leaks_range *ranges;
  size_t count, capacity;
} lab_dead;

/// Hands the registers and stacks of the threads to `visit`: where a running function keeps addresses.
void lab_stacks_visit(const lab_memory_map *map, const lab_stopped_world *world, const lab_dead *dead, uintptr_t own_sp,
                      lab_root_visitor visit, void *context);

/// Hands all roots to `visit`; `page` is room for one. Returns how many bytes were left out of what is shared by way of
/// files. Threads must stand still.
uint64_t lab_roots_visit(const lab_memory_map *map, const lab_stopped_world *world, const lab_dead *dead,
                         const lab_block_index *index, uintptr_t own_sp, lab_own_region *own, size_t own_capacity,
                         uintptr_t *page, lab_root_visitor visit, void *context);

#pragma GCC visibility pop
