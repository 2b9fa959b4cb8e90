// Finds out what kind of block each is, in one look at all. Of some the words look like references and are none: the side
// tables of weak references, and objects that are no more. To pieces of tasks' stacks words elsewhere look like references.
//
// C, because all other threads stand still meanwhile; it reads memory.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include "runtime/layout.h"

LAB_POPCOUNT uint32_t lab_side_table_of(const lab_leak_scan *scan, uint32_t object) {
  const lab_heap_block *block = &scan->blocks[object];
  if (block->size < 16) return LAB_NO_BLOCK;
  uintptr_t table = lab_side_table_in(((const uint64_t *)block->address)[1]);
  if (table == 0) return LAB_NO_BLOCK;
  uint32_t found = lab_block_at(scan, table, sizeof(lab_side_table));
  return found != LAB_NO_BLOCK && ((const lab_side_table *)table)->object == block->address ? found : LAB_NO_BLOCK;
}

LAB_POPCOUNT uint32_t lab_side_table_by(const lab_leak_scan *scan, uint32_t object, uint64_t counts) {
  uintptr_t table = lab_side_table_in(counts);
  uint32_t found = table == 0 ? LAB_NO_BLOCK : lab_block_at(scan, table, sizeof(lab_side_table));
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

void lab_opaque_find(lab_leak_scan *scan) {
  for (uint32_t i = 0; i < scan->index.count; i++) {
    note_side_tables(scan, i);
    note_piece(scan, i);
    note_object(scan, i);
  }
}
#endif
