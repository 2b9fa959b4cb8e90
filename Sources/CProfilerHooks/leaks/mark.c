// Marks the blocks that the roots lead to.
//
// A reference is any word that, with Swift's tag bits taken off, lies in a tracked block. Words come in no order, so
// each block is fetched from memory a few steps before it is looked at; blocks yet to be looked at wait on a stack. C,
// because all other threads stand still meanwhile: no heap, no locks, only memory and malloc_usable_size, which reads
// the block's header.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include <malloc.h>

static inline LAB_POPCOUNT __attribute__((always_inline)) void settle(
    lab_leak_scan *scan, lab_waiting_reference reference) {
  if (lab_has_bit(scan->marked, reference.block)) return;
  uintptr_t begin = reference.address;
  if (!reference.is_exact) {
    if (!lab_lies_in(scan, reference.block, reference.address)) return;
    begin = scan->blocks[reference.block].address;
  }
  lab_set_bit(scan->marked, reference.block);
  if (!lab_has_bit(scan->opaque, reference.block)) scan->stack[scan->depth++] = begin;
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_at(lab_leak_scan *scan, uintptr_t word) {
  uintptr_t address = lab_address_in(word);
  uint32_t block = lab_candidate(scan, address);
  if (block == LAB_NO_BLOCK || lab_has_bit(scan->marked, block)) return;
  // Most references are to a block's first byte, and then the block's entry need not be fetched.
  bool is_exact = lab_index_begins_at(&scan->index, address);
  __builtin_prefetch(is_exact ? (const void *)address : &scan->blocks[block]);
  lab_waiting_reference *slot = &scan->waiting[scan->next++ % LAB_WAITING], first = *slot;
  *slot = (lab_waiting_reference){address, block, is_exact};
  if (first.block != LAB_NO_BLOCK) settle(scan, first);
}

static LAB_POPCOUNT void look_at_words(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) look_at(scan, *(const uintptr_t *)at);
}

static LAB_POPCOUNT void drain(lab_leak_scan *scan) {
  for (;;) {
    if (scan->depth == 0) {
      for (unsigned i = 0; i < LAB_WAITING; i++) {
        lab_waiting_reference reference = scan->waiting[i];
        scan->waiting[i].block = LAB_NO_BLOCK;
        if (reference.block != LAB_NO_BLOCK) settle(scan, reference);
      }
      if (scan->depth == 0) return;
    }
    uintptr_t address = scan->stack[--scan->depth];
    uintptr_t limit = address + malloc_usable_size((void *)address);
    const lab_block_layout *layout = lab_layout_of(scan, *(const uintptr_t *)address);
    if (__builtin_expect(layout->kind == LAB_USED_WHOLE, 1)) look_at_words(scan, address, limit);
    else lab_visit_used(scan, layout, address, limit, look_at_words);
  }
}

/// Whether an address is that of the chunk behind a block, which begins with the block's last word: a thread in the
/// middle of malloc or free has it, and a free chunk is known by it.
static bool is_next_chunk(const lab_leak_scan *scan, uint32_t block, uintptr_t address) {
  uintptr_t begin = scan->blocks[block].address;
  return address != begin && address == begin + malloc_usable_size((void *)begin) - 8;
}

LAB_POPCOUNT void lab_note_handled(void *context, uintptr_t start, uintptr_t limit, bool allocator) {
  (void)allocator;
  lab_leak_scan *scan = context;
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
    uintptr_t address = lab_address_in(*(const uintptr_t *)at);
    uint32_t block = lab_candidate(scan, address);
    // Up to its end and with it, where whoever fills it may stand. What comes after is somebody else's.
    if (block != LAB_NO_BLOCK && address - scan->blocks[block].address <= scan->blocks[block].size &&
        !is_next_chunk(scan, block, address))
      lab_set_bit(scan->handled, block);
  }
}

LAB_POPCOUNT void lab_mark_root(void *context, uintptr_t start, uintptr_t limit, bool allocator) {
  lab_leak_scan *scan = context;
  scan->root_bytes += limit - start;
  if (!allocator) {
    look_at_words(scan, start, limit);
  } else {
    for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
      uintptr_t address = lab_address_in(*(const uintptr_t *)at);
      uint32_t block = lab_candidate(scan, address);
      if (block == LAB_NO_BLOCK) continue;
      if (!is_next_chunk(scan, block, address)) look_at(scan, address);
    }
  }
  drain(scan);
}
#endif
