// Finds out what kind of block each is, in one look at all. Of some the words look like references and are none: the side
// tables of weak references, objects that are no more, and what libdispatch keeps of continuations that it is done with.
// To pieces of tasks' stacks words elsewhere look like references.
//
// C, because all other threads stand still meanwhile, but for lab_opaque_prepare; it reads memory.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include "runtime/layout.h"
#include <link.h>
#include <string.h>

/// More than the thread-local storage of all libraries that were loaded at the start.
#define STATIC_TLS_BYTES 65536

/// The block that begins at `address`, if it is one of `size` bytes.
static LAB_POPCOUNT uint32_t block_at(const lab_leak_scan *scan, uintptr_t address, size_t size) {
  uint32_t block = lab_candidate(scan, address);
  bool is_one = block != LAB_NO_BLOCK && scan->blocks[block].address == address && scan->blocks[block].size == size;
  return is_one ? block : LAB_NO_BLOCK;
}

LAB_POPCOUNT uint32_t lab_side_table_of(const lab_leak_scan *scan, uint32_t object) {
  const lab_heap_block *block = &scan->blocks[object];
  if (block->size < 16) return LAB_NO_BLOCK;
  uintptr_t table = lab_side_table_in(((const uint64_t *)block->address)[1]);
  if (table == 0) return LAB_NO_BLOCK;
  uint32_t found = block_at(scan, table, sizeof(lab_side_table));
  return found != LAB_NO_BLOCK && ((const lab_side_table *)table)->object == block->address ? found : LAB_NO_BLOCK;
}

LAB_POPCOUNT uint32_t lab_side_table_by(const lab_leak_scan *scan, uint32_t object, uint64_t counts) {
  uintptr_t table = lab_side_table_in(counts);
  uint32_t found = table == 0 ? LAB_NO_BLOCK : block_at(scan, table, sizeof(lab_side_table));
  return found != LAB_NO_BLOCK && scan->owner[found] == object + 1 ? found : LAB_NO_BLOCK;
}

/// Whether the block is the table of an object that is no more, which weak references keep; another object may have the
/// address by now. The runtime itself must have asked for the block.
static bool is_side_table_of_dead(const lab_leak_scan *scan, const lab_heap_block *block) {
  if (block->size != sizeof(lab_side_table)) return false;
  const lab_side_table *table = (const lab_side_table *)block->address;
  if (table->object == 0 || table->object % 16 != 0 || table->padding != 0 || table->more_padding != 0) return false;
  if (table->weak_count == 0 || table->counts >> 33 != 0 || !(table->counts & LAB_IS_DEINITING)) return false;
  uintptr_t caller;
  uint64_t labels;
  if (lab_heap_makes_objects(block->stack)) return false;
  if (lab_heap_stack_frames(block->stack, &caller, 1, &labels) == 0) return false;
  const lab_mapping *runtime = lab_map_find(&scan->map, (uintptr_t)swift_allocObject);
  return runtime != NULL && runtime == lab_map_find(&scan->map, caller);
}

/// Side tables hold the address of their object, which must not count as a reference.
static LAB_POPCOUNT void note_side_tables(lab_leak_scan *scan, uint32_t block) {
  uint32_t table = lab_side_table_of(scan, block);
  if (table != LAB_NO_BLOCK) {
    lab_set_bit(scan->opaque, table);
    scan->owner[table] = block + 1;
  }
  if (is_side_table_of_dead(scan, &scan->blocks[block])) lab_set_bit(scan->opaque, block);
}

static void note_piece(lab_leak_scan *scan, uint32_t block) {
  const lab_heap_block *b = &scan->blocks[block];
  if (scan->tasks.size == 0 || b->size < LAB_SLAB_HEADER) return;
  if (*(const uintptr_t *)b->address == scan->tasks.slab_mark) lab_set_bit(scan->pieces, block);
}

/// Of an object that is gone only the memory is left, for unowned references to it. One that is going has its address on
/// a stack: its words count until it is gone.
static LAB_POPCOUNT bool is_gone(const lab_leak_scan *scan, uint32_t object) {
  uint64_t counts = lab_counts_of(scan, object);
  return !(counts & LAB_COUNTS_ARE_ELSEWHERE) && (counts & LAB_IS_DEINITING) && lab_more_strong_in(counts) == 0 &&
         !lab_has_bit(scan->handled, object);
}

static void note_object(lab_leak_scan *scan, uint32_t block) {
  const lab_heap_block *b = &scan->blocks[block];
  if (b->size < 16 || !lab_heap_makes_objects(b->stack)) return;
  lab_set_bit(scan->objects, block);
  if (is_gone(scan, block)) lab_set_bit(scan->opaque, block);
}

void lab_opaque_keep(lab_leak_scan *scan) {
  for (uint32_t first = 0; first < scan->index.count; first += 64)
    for (uint64_t bits = scan->opaque[first / 64] & ~scan->marked[first / 64]; bits != 0; bits &= bits - 1) {
      uint32_t table = first + (uint32_t)__builtin_ctzll(bits), owner = scan->owner[table];
      if (owner != 0 && lab_has_bit(scan->marked, owner - 1)) lab_set_bit(scan->marked, table);
    }
}

/// NULL if none can be there.
static const lab_dispatch_continuation *continuation_at(const lab_leak_scan *scan, uintptr_t address) {
  const lab_mapping *mapping = lab_map_find(&scan->map, address);
  bool is_readable = mapping != NULL && mapping->readable && !mapping->shared && address % 8 == 0 &&
                     mapping->limit - address >= sizeof(lab_dispatch_continuation);
  return is_readable ? (const lab_dispatch_continuation *)address : NULL;
}

/// How many continuations hang on `address` if it is a list of unused ones: each counts those from itself on, and the
/// last has none after it. 0 if it is anything else.
static size_t unused_continuations(const lab_leak_scan *scan, uintptr_t address) {
  const lab_dispatch_continuation *c = continuation_at(scan, address);
  uint32_t length = c == NULL ? 0 : c->cache_count;
  if (length > 1 << 16) return 0;
  for (uint32_t left = length; left > 0; left--) {
    if (c == NULL || c->cache_count != left || (c->next == 0) != (left == 1)) return 0;
    c = continuation_at(scan, c->next);
  }
  return length;
}

/// libdispatch keeps used continuations in a list a thread, which begins in thread-local storage; each still holds the
/// address of what it was made for, such as a task. Source: src/inline_internal.h,
/// _dispatch_continuation_free_cacheonly.
static void find_unused_continuations(lab_leak_scan *scan, uintptr_t thread_pointer) {
  if (scan->continuations == 0) return;
  uintptr_t slot = thread_pointer + (uintptr_t)scan->continuations;
  const lab_mapping *mapping = lab_map_find(&scan->map, slot);
  if (mapping == NULL || !mapping->readable || slot % 8 != 0) return;
  uintptr_t address = *(const uintptr_t *)slot;
  for (size_t left = unused_continuations(scan, address); left > 0; left--) {
    uint32_t block = block_at(scan, address, sizeof(lab_dispatch_continuation));
    // One from before there was tracking is no block.
    if (block != LAB_NO_BLOCK) {
      lab_set_bit(scan->opaque, block);
      lab_set_bit(scan->marked, block);
    }
    address = ((const lab_dispatch_continuation *)address)->next;
  }
}

static int find_dispatch_storage(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  bool is_program = info->dlpi_name == NULL || *info->dlpi_name == 0;
  bool has_it = is_program ? lab_runtime_dispatch_storage() != INTPTR_MAX
                           : strstr(info->dlpi_name, "/libdispatch.so") != NULL;
  if (!has_it) return 0;
  intptr_t place = is_program ? lab_runtime_dispatch_storage() : 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_TLS || place > (intptr_t)header->p_memsz - LAB_DISPATCH_TSD_BYTES) continue;
    if (!is_program && header->p_memsz != LAB_DISPATCH_TSD_BYTES) continue;
    // Where every thread has it at the same place. Storage of libraries loaded later lies elsewhere in each.
    intptr_t distance = (intptr_t)info->dlpi_tls_data - (intptr_t)lab_thread_pointer();
    if (info->dlpi_tls_data != NULL && distance < 0 && distance > -STATIC_TLS_BYTES)
      *(intptr_t *)context = distance + place + LAB_DISPATCH_TSD_CACHE;
  }
  return 1;
}

void lab_opaque_prepare(lab_leak_scan *scan) { dl_iterate_phdr(find_dispatch_storage, &scan->continuations); }

void lab_opaque_find(lab_leak_scan *scan) {
  for (uint32_t i = 0; i < scan->index.count; i++) {
    note_side_tables(scan, i);
    note_piece(scan, i);
    note_object(scan, i);
  }
  find_unused_continuations(scan, lab_thread_pointer());
  for (uint32_t i = 0; i < scan->world.count; i++)
    if (scan->world.threads[i].state == LAB_STOP_STOPPED)
      find_unused_continuations(scan, scan->world.threads[i].pointer);
}
#endif
