// What the files of the leak scan share.
#pragma once
#include "base/arch_x86_64.h"
#include "heap/heap.h"
#include "lab_leaks.h"
#include <sys/types.h>
#pragma GCC visibility push(hidden)

// ---- Threads (leaks_stop.c) ----

#define LAB_REGISTER_COUNT (sizeof(gregset_t) / sizeof(greg_t))

typedef enum lab_thread_state {
  LAB_THREAD_ASKED = 0,
  LAB_THREAD_STOPPED,     // stands in our handler
  LAB_THREAD_GONE,        // ended before it answered
  LAB_THREAD_ASLEEP,      // in the kernel with the signal blocked: cannot run unless it wakes
  LAB_THREAD_RESUMED,
} lab_thread_state;

typedef struct lab_stopped_thread {
  int32_t tid;
  uint32_t state;
  uintptr_t sp;        // from here up its stack is in use
  uintptr_t pointer;   // of its thread-local storage, 0 if unknown
  uintptr_t registers[LAB_REGISTER_COUNT];
  lab_kernel_call call;  // that it was in when it was asked to stop, or that it sleeps in
  uint64_t cpu_time;     // that it had used when it was asked
  uint64_t switches;     // of one asleep, how often it had left a processor
} lab_stopped_thread;

typedef struct lab_stopped_world {
  lab_stopped_thread *threads;
  uint32_t count, capacity;
  int32_t culprit;
} lab_stopped_world;

LAB_PRIVATE bool lab_world_open(lab_stopped_world *world);
LAB_PRIVATE void lab_world_close(lab_stopped_world *world);
LAB_PRIVATE lab_leaks_status lab_world_stop(lab_stopped_world *world, uint64_t patience_nanoseconds);
LAB_PRIVATE void lab_world_resume(lab_stopped_world *world);
// How many of the threads that were taken to be asleep have run since. While threads stand still.
LAB_PRIVATE uint32_t lab_world_woken(const lab_stopped_world *world);
LAB_PRIVATE uint64_t lab_now(void);

// ---- What the kernel says of a thread (leaks_threads.c) ----

typedef struct lab_thread_status {
  bool is_dead;         // it has ended, though its id is not free yet
  bool blocks_signal;   // SIGPROF
  uint64_t switches;    // how often it has left a processor
} lab_thread_status;

// False if there is no such thread, or no /proc.
LAB_PRIVATE bool lab_thread_status_read(int tid, lab_thread_status *out);
// Nanoseconds, 0 if there is no such thread.
LAB_PRIVATE uint64_t lab_thread_cpu_time(int tid);
// Reads a file of /proc/self/task/N as text; returns its bytes, -1 if it cannot be opened.
LAB_PRIVATE long lab_task_file_read(int tid, const char *name, char *text, size_t capacity);

// Begins what the environment asks for; returns why it cannot, or NULL.
LAB_PRIVATE const char *lab_leaks_begin(long rate);

// ---- System calls (leaks_calls.c) ----

// What a thread is in; false if it runs, or if the kernel does not tell.
LAB_PRIVATE bool lab_call_read(int tid, lab_kernel_call *out);
// Whether the program is ending, so that no thread may wake early.
extern LAB_PRIVATE bool lab_calls_all_go_on;
// If the signal of this frame has ended the call, has it made again.
LAB_PRIVATE void lab_call_go_on(const lab_kernel_call *call, ucontext_t *context);

// ---- From an address to its block (leaks_index.c) ----

#define LAB_NO_BLOCK UINT32_MAX

// 64 granules of address space: which of them a block begins at, and how many blocks begin before.
typedef struct lab_cell {
  uint64_t starts;
  uint32_t first;      // position of the first block that begins here or later
  uint32_t unused;
} lab_cell;

typedef struct lab_block_index {
  lab_heap_block *blocks;
  uint32_t count;
  unsigned granule_shift, cell_shift;
  lab_cell **regions;
  // By region, one more than the position of the block that reaches into it from below.
  uint32_t *reaching;
  uint32_t *region_first;
  uintptr_t low, span;
} lab_block_index;

#define LAB_REGION_SHIFT 26
#define LAB_REGIONS (1u << (47 - LAB_REGION_SHIFT))

// Makes the index of the blocks; false if there is no memory.
LAB_PRIVATE bool lab_index_open(lab_block_index *index, lab_heap_block *blocks, size_t count);
LAB_PRIVATE void lab_index_close(lab_block_index *index);

// The block that begins at or before `address` and is the last to do so; whether it reaches that far is not checked.
// Three loads and a population count.
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

// Whether a block begins at `address`, which lies in a region that has blocks or is one that a block reaches into.
static inline __attribute__((always_inline)) bool lab_index_begins_at(const lab_block_index *index, uintptr_t address) {
  const lab_cell *cells = index->regions[address >> LAB_REGION_SHIFT];
  if (cells == NULL || address & ((1ul << index->granule_shift) - 1)) return false;
  const lab_cell *cell = &cells[(address & ((1ul << LAB_REGION_SHIFT) - 1)) >> index->cell_shift];
  return cell->starts >> (address >> index->granule_shift & 63) & 1;
}

// Whether a page holds any part of a block.
LAB_PRIVATE bool lab_index_touches_page(const lab_block_index *index, uintptr_t page);

// ---- Roots (leaks_roots.c) ----

typedef struct lab_mapping {
  uintptr_t start, limit;
  bool readable, writable, shared, file_backed, is_heap, is_main_stack, is_libc, is_kernel;
} lab_mapping;

typedef struct lab_memory_map {
  lab_mapping *mappings;
  size_t count, capacity;
  char *text;
  size_t text_capacity;
} lab_memory_map;

LAB_PRIVATE bool lab_map_open(lab_memory_map *map);
LAB_PRIVATE void lab_map_close(lab_memory_map *map);
LAB_PRIVATE bool lab_map_read(lab_memory_map *map);
LAB_PRIVATE const lab_mapping *lab_map_find(const lab_memory_map *map, uintptr_t address);

// A stretch of words that may hold references. `allocator` if it is libc's own data, where malloc keeps addresses of
// free chunks that overlap the last word of the block before.
typedef void (*lab_root_visitor)(void *context, uintptr_t start, uintptr_t limit, bool allocator);

// Hands the registers and stacks of the threads to `visit`: where a running function keeps addresses.
LAB_PRIVATE void lab_stacks_visit(const lab_memory_map *map, const lab_stopped_world *world, uintptr_t own_sp,
                                  lab_root_visitor visit, void *context);

// Hands all roots to `visit`. Threads must stand still.
LAB_PRIVATE void lab_roots_visit(const lab_memory_map *map, const lab_stopped_world *world,
                               const lab_block_index *index, uintptr_t own_sp, lab_own_region *own,
                               size_t own_capacity, lab_root_visitor visit, void *context);

#pragma GCC visibility pop
