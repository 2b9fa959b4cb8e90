// Tells by their counts which objects nobody but other objects owns.
//
// A word on a stack, in a buffer or in a cache may be left over from an object that is no more, and lie in the memory
// of one that is leaked. Whether it owns that one the runtime has counted: if as many words of objects lead to an object
// as it has strong references, words elsewhere own nothing of it. This is the first half of what collectors of cycles
// do (D. F. Bacon and V. T. Rajan, "Concurrent Cycle Collection in Reference Counted Systems", 2001; CPython's,
// Modules/gcmodule.c, subtract_refs). Words are counted here whatever they mean, so an object may have fewer owners than
// that; what the words mean is found out when the threads run again.
//
// Nearly all objects are led to by objects alone, and nobody asks who owns them. So the words of all objects are held
// against a small table of those that are asked for (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable
// Errors", 1970), and only what is in it is looked up.
//
// C, because all other threads stand still meanwhile; it reads memory.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include "runtime/layout.h"
#include <malloc.h>

LAB_POPCOUNT uint64_t lab_counts_of(const lab_leak_scan *scan, uint32_t object) {
  uint64_t counts = ((const uint64_t *)scan->blocks[object].address)[1];
  if (lab_side_table_in(counts) == 0) return counts;
  uint32_t table = lab_side_table_of(scan, object);
  if (table == LAB_NO_BLOCK) return LAB_COUNTS_ARE_ELSEWHERE;
  return ((const lab_side_table *)scan->blocks[table].address)->counts;
}

LAB_POPCOUNT uint32_t lab_strong_count(const lab_leak_scan *scan, uint32_t object) {
  if (!lab_has_bit(scan->objects, object)) return 0;
  uint64_t counts = lab_counts_of(scan, object);
  if (counts & (LAB_COUNTS_ARE_ELSEWHERE | LAB_IS_DEINITING)) return 0;
  return lab_more_strong_in(counts) + 1;
}

static LAB_POPCOUNT void count_owners(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
    uintptr_t address = lab_address_in(*(const uintptr_t *)at);
    if (address - scan->index.low >= scan->index.span || !lab_has_bit(scan->asked_filter, lab_filter_slot(address)))
      continue;
    uint32_t block = lab_index_candidate(&scan->index, address);
    if (block != LAB_NO_BLOCK && lab_index_begins_at(&scan->index, address)) scan->owners[block]++;
  }
}

LAB_POPCOUNT void lab_accounts_settle(lab_leak_scan *scan) {
  uint32_t words = (scan->index.count + 63) / 64;
  for (uint32_t word = 0; word < words; word++)
    for (uint64_t bits = scan->objects[word] & ~scan->opaque[word]; bits != 0; bits &= bits - 1) {
      const lab_heap_block *block = &scan->blocks[word * 64 + (uint32_t)__builtin_ctzll(bits)];
      uintptr_t address = block->address;
      const lab_block_layout *layout = lab_layout_of(scan, *(const uintptr_t *)address);
      // Not the first two words: the type, and the counts.
      if (layout->kind == LAB_USED_WHOLE) count_owners(scan, address + 16, address + block->size);
      // A buffer has elements in all that malloc gave it, which may be more than was asked for.
      else lab_visit_used(scan, layout, address, address + malloc_usable_size((void *)address), count_owners);
    }
  for (uint32_t word = 0; word < words; word++)
    for (uint64_t bits = scan->asked[word]; bits != 0; bits &= bits - 1) {
      uint32_t object = word * 64 + (uint32_t)__builtin_ctzll(bits), strong = lab_strong_count(scan, object);
      if (strong == 0) continue;
      // Unowned references are words, too, and counted by themselves.
      uint32_t unowned = lab_unowned_in(lab_counts_of(scan, object)) - 1;
      if ((uint64_t)strong + unowned <= scan->owners[object]) lab_set_bit(scan->accounted, object);
    }
}
#endif
