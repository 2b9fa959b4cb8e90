// The words that a program can reach its heap by: writable data, live stacks, registers, thread-local storage and
// memory that was mapped apart from malloc, with that of files which others share.
//
// Not roots, though they hold addresses: what malloc has free, the part of a stack below its pointer, the stacks of
// threads that have ended (libc keeps them for later ones), the profiler's own tables, and what libdispatch is done with
// (dispatch.c).
// C, because it runs while all threads stand still. It makes system calls, reads memory and calls
// malloc_usable_size.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "lab_memory.h"
#include "leaks/leaks.h"
#include "threads/descriptors.h"
#include <malloc.h>
#include <string.h>
#include <sys/sysinfo.h>

#define PAGE LAB_PAGE
#define ARENA_BYTES (64ul << 20)
/// More than libc's struct pthread has (2304 in 2.36), less than a page.
#define THREAD_DESCRIPTOR_BYTES 3072ul
/// With the thread's storage, or its table of it.
#define THREAD_HEADER_BYTES 24ul

typedef struct root_walk {
  const lab_memory_map *map;
  const lab_stopped_world *world;
  const lab_dead *dead;
  const lab_block_index *index;
  const lab_own_region *own;
  size_t own_count;
  int pagemap, memory;
  uintptr_t own_sp;
  bool all_pointers_known;
  uintptr_t *page; ///< room for a copy of one
  uint64_t *shared_bytes, *cold_bytes, *unread_bytes;
  lab_root_visitor visit;
  void *context;
} root_walk;

/// Hands on what of [start, limit) is not dead.
static void hand_on(const root_walk *walk, uintptr_t start, uintptr_t limit, lab_root root) {
  const lab_dead *dead = walk->dead;
  size_t low = 0, high = dead->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (dead->ranges[middle].limit <= start) low = middle + 1;
    else high = middle;
  }
  for (; low < dead->count && dead->ranges[low].start < limit; low++) {
    if (start < dead->ranges[low].start) walk->visit(walk->context, start, dead->ranges[low].start, root);
    start = dead->ranges[low].limit;
  }
  if (start < limit) walk->visit(walk->context, start, limit, root);
}

// MARK: - Which pages hold anything

static int open_pagemap(void) { return lab_open("/proc/thread-self/pagemap"); }

/// What is done with each part of a page.
typedef struct part_visit {
  const root_walk *walk;
  void (*visit)(const root_walk *, uintptr_t, uintptr_t, void *);
  void *context;
} part_visit;

/// Of what is shared and nobody has in memory no more is read than this, for it has to be fetched while threads wait.
#define COLD_BYTES (1ul << 20)

static void visit_part(void *context, uintptr_t start, uintptr_t limit, bool is_cold) {
  const part_visit *of = context;
  const root_walk *walk = of->walk;
  if (is_cold && *walk->cold_bytes + (limit - start) > COLD_BYTES) {
    *walk->unread_bytes += limit - start;
    return;
  }
  if (is_cold) *walk->cold_bytes += limit - start;
  of->visit(walk, start, limit, of->context);
}

static void visit_warm_part(void *context, uintptr_t start, uintptr_t limit, bool is_cold) {
  if (!is_cold) visit_part(context, start, limit, false);
}

/// Hands on the pages of [start, limit) that the program has written to.
static void visit_used_pages(const root_walk *walk, uintptr_t start, uintptr_t limit, lab_page_kind kind,
                             void (*page_visitor)(const root_walk *, uintptr_t, uintptr_t, void *), void *context) {
  part_visit of = {walk, page_visitor, context};
  lab_pages_visit(walk->pagemap, lab_page_bytes(), start, limit, kind, visit_part, &of);
}

static lab_page_kind kind_of(const lab_mapping *mapping) {
  return mapping->file_backed ? LAB_PAGES_OF_FILE : LAB_PAGES_OF_MEMORY;
}

/// Whether memory that is no file's may have been written out to where the kernel swaps to.
static bool swaps(void) {
  struct sysinfo info;
  return lab_system_call(SYS_sysinfo, &info) != 0 || info.totalswap != info.freeswap;
}

// MARK: - Stacks

static bool is_live_pointer(const root_walk *walk, uintptr_t pointer) {
  if (pointer == lab_thread_pointer()) return true;
  for (uint32_t i = 0; i < walk->world->count; i++)
    if (walk->world->threads[i].pointer == pointer) return true;
  return false;
}

/// The lowest stack pointer in the mapping, or 0.
static uintptr_t lowest_sp_in(const root_walk *walk, const lab_mapping *mapping) {
  uintptr_t lowest = 0;
  for (uint32_t i = 0; i <= walk->world->count; i++) {
    uintptr_t sp = walk->own_sp;
    if (i < walk->world->count) {
      const lab_stopped_thread *thread = &walk->world->threads[i];
      if (thread->state != LAB_STOP_STOPPED && thread->state != LAB_STOP_ASLEEP) continue;
      sp = thread->sp;
    }
    if (sp >= mapping->start && sp < mapping->limit && (lowest == 0 || sp < lowest)) lowest = sp;
  }
  return lowest;
}

static bool has_guard_below(const root_walk *walk, const lab_mapping *mapping) {
  const lab_mapping *below = mapping > walk->map->mappings ? mapping - 1 : NULL;
  return below != NULL && below->limit == mapping->start && !below->readable && !below->writable;
}

/// Finds where the storage of a thread is counted from that the stretch has the description of.
static void find_descriptor(const root_walk *walk, uintptr_t start, uintptr_t limit, void *found) {
  (void)walk;
  uintptr_t *pointer = found, mark = (start + LAB_MARK_ALIGNMENT - 1) & ~(uintptr_t)(LAB_MARK_ALIGNMENT - 1);
  for (; mark + LAB_MARK_BYTES <= limit && *pointer == 0; mark += LAB_MARK_ALIGNMENT)
    if (lab_marks_thread(mark)) *pointer = lab_marked_pointer(mark);
}

/// Whether a thread whose registers are unknown sleeps on its own stack, so that no other mapping can be this stack.
static bool is_on_own_stack(const root_walk *walk, const lab_stopped_thread *thread) {
  const lab_mapping *mapping = lab_map_find(walk->map, thread->sp);
  if (mapping == NULL || mapping->file_backed) return false;
  if (mapping->is_main_stack) return true;
  uintptr_t descriptor = 0;
  if (has_guard_below(walk, mapping))
    visit_used_pages(walk, thread->sp, mapping->limit, LAB_PAGES_OF_MEMORY, find_descriptor, &descriptor);
  return descriptor != 0;
}

/// How far up from its start the mapping is a dead stack: 0 if it is not one. The descriptor of an ended thread above
/// its stack still holds the thread's table of thread-local storage, which libc keeps for the next thread.
static uintptr_t dead_below(const root_walk *walk, const lab_mapping *mapping) {
  if (mapping->is_main_stack) return lowest_sp_in(walk, mapping);
  if (mapping->file_backed || !has_guard_below(walk, mapping)) return 0;
  uintptr_t sp = lowest_sp_in(walk, mapping);
  if (sp != 0) return sp;
  if (!walk->all_pointers_known) return 0;
  uintptr_t descriptor = 0;
  visit_used_pages(walk, mapping->start, mapping->limit, LAB_PAGES_OF_MEMORY, find_descriptor, &descriptor);
  if (descriptor == 0 || is_live_pointer(walk, descriptor)) return 0;
  walk->visit(walk->context, descriptor, descriptor + THREAD_HEADER_BYTES, LAB_ROOT_DATA);
  uintptr_t end = (descriptor + THREAD_DESCRIPTOR_BYTES + PAGE - 1) & ~(PAGE - 1);
  return end < mapping->limit ? end : mapping->limit;
}

// MARK: - Memory of the allocator

/// The end of the libc heap that begins at `start`, a multiple of 64 MiB; 0 if there is none. Its first words are the
/// arena's address, the previous heap, the size in use, the size made writable and, since 2.35, the page size.
/// Source: glibc, malloc/arena.c, heap_info.
static uintptr_t arena_end(const lab_memory_map *map, uintptr_t start, const lab_mapping *mapping) {
  if (start < mapping->start || start + PAGE > mapping->limit) return 0;
  const uintptr_t *info = (const uintptr_t *)start;
  uintptr_t arena = info[0], size = info[2], writable = info[3];
  bool sized = size >= PAGE && size <= ARENA_BYTES && writable >= size && writable <= ARENA_BYTES &&
               size % PAGE == 0 && writable % PAGE == 0;
  if (!sized || arena % 16 != 0 || lab_map_find(map, arena) == NULL) return 0;
  bool is_first = arena > start && arena < start + 128;
  bool follows = info[1] != 0 && info[1] % ARENA_BYTES == 0 && arena % ARENA_BYTES < 128;
  uintptr_t end = start + writable;
  return !is_first && !follows ? 0 : end < mapping->limit ? end : mapping->limit;
}

static uintptr_t first_arena_in(const lab_mapping *mapping) {
  return (mapping->start + ARENA_BYTES - 1) & ~(ARENA_BYTES - 1);
}

// MARK: - What was allocated before tracking began

#define EARLY_HEAPS 256
/// In memory of the profiler's own: where a heap ended then, a block may begin now, and this is no reference to it.
static lab_leaks_range *early;
static size_t early_count;

static void note_early(uintptr_t start, uintptr_t limit) {
  if (early != NULL && early_count < EARLY_HEAPS) early[early_count++] = (lab_leaks_range){start, limit};
}

bool lab_leaks_armed(void) {
  lab_memory_map map = {0};
  early_count = 0;
  if (early == NULL) early = lab_own_map(EARLY_HEAPS * sizeof *early);
  bool is_known = early != NULL && lab_map_open(&map) && lab_map_read(&map);
  if (is_known)
    for (size_t i = 0; i < map.count; i++) {
      const lab_mapping *mapping = &map.mappings[i];
      if (!mapping->readable || !mapping->writable || mapping->file_backed || mapping->shared) continue;
      if (mapping->is_heap) note_early(mapping->start, mapping->limit);
      for (uintptr_t arena = first_arena_in(mapping); arena < mapping->limit; arena += ARENA_BYTES) {
        uintptr_t end = arena_end(&map, arena, mapping);
        if (end != 0) note_early(arena, end);
      }
    }
  lab_map_close(&map);
  return is_known;
}

/// The bytes from a block to the next that malloc needs at least for so many. Source: glibc, malloc/malloc.c, request2size.
static uintptr_t least_chunk(size_t size) {
  uintptr_t bytes = (size + 8 + 15) & ~15ul;
  return bytes < 32 ? 32 : bytes;
}

/// Untracked blocks lie between tracked ones, in heaps that were there already.
static void visit_early(const root_walk *walk, uintptr_t start) {
  const lab_block_index *index = walk->index;
  uintptr_t at = start, limit = 0;
  for (size_t i = 0; i < early_count; i++)
    if (early[i].start == start) limit = early[i].limit;
  for (uintptr_t region = at >> LAB_REGION_SHIFT; index->count > 0 && region <= limit >> LAB_REGION_SHIFT; region++) {
    if (index->regions[region] == NULL) continue;
    for (uint32_t i = index->region_first[region]; i < index->count; i++) {
      const lab_heap_block *block = &index->blocks[i];
      if (block->address >> LAB_REGION_SHIFT != region || block->address >= limit) break;
      if (block->address < start) continue;
      hand_on(walk, at, block->address, LAB_ROOT_ALLOCATOR);
      // Mostly the next one follows, and nothing of the block need be fetched.
      bool is_followed = i + 1 < index->count && block[1].address - block->address == least_chunk(block->size);
      at = is_followed ? block[1].address : block->address + malloc_usable_size((void *)block->address);
    }
  }
  hand_on(walk, at, limit, LAB_ROOT_ALLOCATOR);
}

static bool is_own(const root_walk *walk, uintptr_t page) {
  for (size_t i = 0; i < walk->own_count; i++)
    if (page >= (walk->own[i].start & ~(PAGE - 1)) && page < walk->own[i].limit) return true;
  return false;
}

typedef struct mapped_root {
  const lab_mapping *mapping;
  lab_root root;
} mapped_root;

static void visit_page(const root_walk *walk, uintptr_t start, uintptr_t limit, void *context) {
  const mapped_root *of = context;
  uintptr_t page = start & ~(PAGE - 1);
  if (!of->mapping->file_backed && (lab_index_touches_page(walk->index, page) || is_own(walk, page))) return;
  hand_on(walk, start, limit, of->root);
}

static void visit_range(const root_walk *walk, const lab_mapping *mapping, uintptr_t start, uintptr_t limit) {
  mapped_root of = {mapping, mapping->is_libc                      ? LAB_ROOT_ALLOCATOR
                             : lowest_sp_in(walk, mapping) != 0 ? LAB_ROOT_STACK
                                                                : LAB_ROOT_DATA};
  if (start < limit) visit_used_pages(walk, start, limit, kind_of(mapping), visit_page, &of);
}

/// More than this is not looked at: what programs share is mostly data, and may be as large as a disk.
#define SHARED_BYTES (64ull << 20)

/// Reads memory that may go away. Some containers forbid the one way to do so, some the other.
static bool read_shared(const root_walk *walk, uintptr_t start, size_t bytes) {
  return lab_read_memory(start, walk->page, bytes) ||
         lab_system_call(SYS_pread64, walk->memory, walk->page, bytes, start) == (long)bytes;
}

/// A copy of the page, for whoever else has the file may cut it off at any time, and then reading it would kill.
static void visit_shared_page(const root_walk *walk, uintptr_t start, uintptr_t limit, void *context) {
  (void)context;
  size_t bytes = limit - start;
  if (*walk->shared_bytes + bytes > SHARED_BYTES || !read_shared(walk, start, bytes)) {
    *walk->unread_bytes += bytes;
    return;
  }
  *walk->shared_bytes += bytes;
  walk->visit(walk->context, (uintptr_t)walk->page, (uintptr_t)walk->page + bytes, LAB_ROOT_DATA);
}

/// Memory that is shared. If it is no file's on a disk, what is not in memory was never touched, unless the kernel swaps.
static void visit_shared_pages(const root_walk *walk, const lab_mapping *mapping,
                               void (*page_visitor)(const root_walk *, uintptr_t, uintptr_t, void *), void *context) {
  part_visit of = {walk, page_visitor, context};
  bool is_memory = mapping->is_shared_memory || mapping->is_memory_file;
  lab_page_visitor visit = is_memory && !swaps() ? visit_warm_part : visit_part;
  lab_pages_visit(walk->pagemap, lab_page_bytes(), mapping->start, mapping->limit, LAB_PAGES_SHARED, visit, &of);
}

/// Memory that is a file's, or another process's too. What the program cannot write holds no address of its own.
static void visit_shared(const root_walk *walk, const lab_mapping *mapping) {
  if (mapping->writable && mapping->file_backed && !mapping->is_device)
    visit_shared_pages(walk, mapping, visit_shared_page, NULL);
}

static void visit_mapping(const root_walk *walk, const lab_mapping *mapping) {
  if (!mapping->readable || mapping->is_kernel) return;
  if (mapping->shared) {
    visit_shared(walk, mapping);
    return;
  }
  // What was written before the memory was made read-only may still be used; of a file, the pages that were changed.
  if (!mapping->writable && mapping->file_backed && walk->pagemap < 0) return;
  if (mapping->is_heap) {
    visit_early(walk, mapping->start);
    return;
  }
  if (mapping->is_shared_memory) {
    visit_shared_pages(walk, mapping, visit_page, &(mapped_root){mapping, LAB_ROOT_DATA});
    return;
  }
  uintptr_t at = dead_below(walk, mapping);
  if (at < mapping->start) at = mapping->start;
  for (uintptr_t arena = first_arena_in(mapping); !mapping->file_backed && arena < mapping->limit;
       arena += ARENA_BYTES) {
    uintptr_t end = arena_end(walk->map, arena, mapping);
    if (end == 0 || arena < at) continue;
    visit_range(walk, mapping, at, arena);
    visit_early(walk, arena);
    at = end;
  }
  visit_range(walk, mapping, at, mapping->limit);
}

static void visit_registers(const root_walk *walk) {
  for (uint32_t i = 0; i < walk->world->count; i++) {
    const lab_stopped_thread *thread = &walk->world->threads[i];
    if (thread->state != LAB_STOP_STOPPED) continue;
    hand_on(walk, (uintptr_t)thread->registers, (uintptr_t)(thread->registers + LAB_REGISTER_COUNT), LAB_ROOT_STACK);
    for (int part = 0; part < LAB_VECTOR_PARTS; part++)
      hand_on(walk, thread->vectors[part], thread->vectors_end[part], LAB_ROOT_STACK);
  }
}

static void visit_stack_page(const root_walk *walk, uintptr_t start, uintptr_t limit, void *context) {
  (void)context;
  hand_on(walk, start, limit, LAB_ROOT_STACK);
}

void lab_stacks_visit(const lab_memory_map *map, const lab_stopped_world *world, const lab_dead *dead, uintptr_t own_sp,
                      lab_root_visitor visit, void *context) {
  root_walk walk = {.map = map, .world = world, .dead = dead, .own_sp = own_sp, .visit = visit, .context = context};
  walk.pagemap = open_pagemap();
  visit_registers(&walk);
  for (size_t i = 0; i < map->count; i++) {
    const lab_mapping *mapping = &map->mappings[i];
    uintptr_t sp = mapping->readable ? lowest_sp_in(&walk, mapping) : 0;
    if (sp != 0) visit_used_pages(&walk, sp, mapping->limit, kind_of(mapping), visit_stack_page, NULL);
  }
  if (walk.pagemap >= 0) lab_close(walk.pagemap);
}

uint64_t lab_roots_visit(const lab_memory_map *map, const lab_stopped_world *world, const lab_dead *dead,
                         const lab_block_index *index, uintptr_t own_sp, lab_own_region *own, size_t own_capacity,
                         uintptr_t *page, lab_root_visitor visit, void *context) {
  size_t own_count = lab_own_regions(own, own_capacity);
  uint64_t shared_bytes = 0, cold_bytes = 0, unread_bytes = 0;
  root_walk walk = {
      .map = map, .world = world, .dead = dead, .index = index, .own = own,
      .own_count = own_count < own_capacity ? own_count : own_capacity, .own_sp = own_sp,
      .all_pointers_known = true, .page = page, .shared_bytes = &shared_bytes, .cold_bytes = &cold_bytes,
      .unread_bytes = &unread_bytes,
      .visit = visit, .context = context};
  walk.pagemap = open_pagemap();
  walk.memory = lab_open("/proc/thread-self/mem");
  for (uint32_t i = 0; i < world->count; i++)
    if (world->threads[i].state == LAB_STOP_ASLEEP && !is_on_own_stack(&walk, &world->threads[i]))
      walk.all_pointers_known = false;
  visit_registers(&walk);
  for (size_t i = 0; i < map->count; i++) visit_mapping(&walk, &map->mappings[i]);
  if (walk.pagemap >= 0) lab_close(walk.pagemap);
  if (walk.memory >= 0) lab_close(walk.memory);
  return unread_bytes;
}
#endif
