// Marks the blocks that the roots lead to.
//
// A reference is any word that, with Swift's tag bits taken off, lies in a tracked block, and outside of Swift's objects
// any eight bytes that do: structs of C may be packed. An object whose references may all be other objects' is not
// reached by a word elsewhere, which then owns nothing of it; such an object is noted as doubted (accounts.c). A piece of
// a task's stack is not reached by a word on a thread's.
//
// Whose owners have to be counted is known when the words of all blocks without a type were looked at, and all roots. So
// these come first: what they lead to without a type is marked, objects wait. Blocks without a type in which no word may be
// a reference, such as buffers of bytes, are then done with.
//
// Words come in no order, so each block is fetched from memory a few steps before it is looked at; blocks yet to be
// looked at wait on a stack. C, because all other threads stand still meanwhile: no heap, no locks, only memory and
// malloc_usable_size, which reads the block's header.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include <malloc.h>

/// On the stack of blocks to be looked at, the bit of an address that says that the block is an object.
#define IS_OBJECT 1ul

/// Whether the word is none of those that lead into a task's stack. Whoever runs a task has the task's own address; an
/// address in its stack that a thread has otherwise was left by a task that ran there before. Only a task that lies there
/// itself, in the stack of the one that made it by `async let`, is reached so. (One to the piece's beginning counts: between
/// malloc and the task nothing else has it.)
static inline bool is_left_over(const lab_leak_scan *scan, lab_waiting_reference reference) {
  return reference.holder == LAB_HELD_BY_STACK && lab_has_bit(scan->pieces, reference.block) &&
         *(const uintptr_t *)reference.address != scan->tasks.mark;
}

static inline __attribute__((always_inline)) void mark(
    lab_leak_scan *scan, uint32_t block, uintptr_t begin, bool is_object) {
  lab_set_bit(scan->marked, block);
  if (lab_has_bit(scan->opaque, block) || (!is_object && !lab_has_bit(scan->leads, block))) return;
  scan->stack[scan->depth++] = begin | (is_object ? IS_OBJECT : 0);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void settle(
    lab_leak_scan *scan, lab_waiting_reference reference) {
  if (lab_has_bit(scan->marked, reference.block)) return;
  uintptr_t begin = reference.address;
  if (!reference.is_exact) {
    if (!lab_lies_in(scan, reference.block, reference.address) || is_left_over(scan, reference)) return;
    begin = scan->blocks[reference.block].address;
  }
  bool is_object = lab_has_bit(scan->objects, reference.block);
  if (reference.holder != LAB_HELD_BY_OBJECT && is_object) {
    if (scan->asks) {
      lab_ask(scan, reference.block);
      lab_set_bit(scan->held, reference.block);
      return;
    }
    if (lab_has_bit(scan->accounted, reference.block)) {
      lab_set_bit(scan->doubted, reference.block);
      return;
    }
  }
  mark(scan, reference.block, begin, is_object);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_at(
    lab_leak_scan *scan, uintptr_t word, lab_holder holder) {
  uintptr_t address = lab_address_in(word);
  uint32_t block = lab_candidate(scan, address);
  if (block == LAB_NO_BLOCK || lab_has_bit(scan->marked, block)) return;
  // Most references are to a block's first byte, and then the block's entry need not be fetched.
  bool is_exact = lab_index_begins_at(&scan->index, address);
  __builtin_prefetch(is_exact ? (const void *)address : &scan->blocks[block]);
  lab_waiting_reference *slot = &scan->waiting[scan->next++ % LAB_WAITING], first = *slot;
  *slot = (lab_waiting_reference){address, block, is_exact, holder};
  if (first.block != LAB_NO_BLOCK) settle(scan, first);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_in_object(
    lab_leak_scan *scan, uintptr_t at, uintptr_t word) {
  (void)at;
  look_at(scan, word, LAB_HELD_BY_OBJECT);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_in_memory(
    lab_leak_scan *scan, uintptr_t at, uintptr_t word) {
  (void)at;
  look_at(scan, word, LAB_HELD_BY_MEMORY);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_on_stack(
    lab_leak_scan *scan, uintptr_t at, uintptr_t word) {
  (void)at;
  look_at(scan, word, LAB_HELD_BY_STACK);
}

static LAB_POPCOUNT void look_at_object(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_words(scan, start, limit, look_in_object);
}

static LAB_POPCOUNT void look_at_packed(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_bytes(scan, start, limit, look_in_object);
}

static LAB_POPCOUNT void look_at_memory(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_bytes(scan, start, limit, look_in_memory);
}

static LAB_POPCOUNT void look_at_stack(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_bytes(scan, start, limit, look_on_stack);
}

// MARK: - Before the roots

/// Notes that a word may refer to a block, and to which object.
static inline LAB_POPCOUNT __attribute__((always_inline)) void ask_for(
    lab_leak_scan *scan, uintptr_t at, uintptr_t word) {
  (void)at;
  uint32_t block = lab_candidate(scan, lab_address_in(word));
  if (block == LAB_NO_BLOCK) return;
  scan->has_found = true;
  if (lab_has_bit(scan->objects, block)) lab_ask(scan, block);
}

static LAB_POPCOUNT void ask_for_bytes(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_bytes(scan, start, limit, ask_for);
}

LAB_POPCOUNT void lab_mark_prepare(lab_leak_scan *scan) {
  for (uint32_t first = 0; first < scan->index.count; first += 64) {
    uint64_t objects = scan->objects[first / 64], opaque = scan->opaque[first / 64];
    // Containers of objects, too, that a thread may just be filling (see drain).
    uint64_t bits = (~objects | scan->handled[first / 64]) & ~opaque;
    for (; bits != 0; bits &= bits - 1) {
      uint32_t block = first + (uint32_t)__builtin_ctzll(bits);
      if (block >= scan->index.count) break;
      uintptr_t address = scan->blocks[block].address;
      scan->has_found = false;
      ask_for_bytes(scan, address, address + malloc_usable_size((void *)address));
      if (scan->has_found) lab_set_bit(scan->leads, block);
    }
  }
}

// MARK: - Objects

static lab_words_visitor visitor_for(bool is_object, const lab_block_layout *layout) {
  return !is_object ? look_at_memory : lab_has_packed_values(layout) ? look_at_packed : look_at_object;
}

LAB_POPCOUNT bool lab_is_packed(lab_leak_scan *scan, uintptr_t block) {
  bool is_object = lab_has_bit(scan->objects, lab_candidate(scan, block));
  return !is_object || lab_has_packed_values(lab_layout_of(scan, *(const uintptr_t *)block));
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
    uintptr_t entry = scan->stack[--scan->depth], address = entry & ~IS_OBJECT;
    uintptr_t limit = address + malloc_usable_size((void *)address);
    const lab_block_layout *layout = lab_layout_of(scan, *(const uintptr_t *)address);
    lab_words_visitor visit = visitor_for(entry & IS_OBJECT, layout);
    if (__builtin_expect(layout->kind == LAB_USED_WHOLE, 1)) {
      if (visit == look_at_object) look_at_object(scan, address, limit);
      else visit(scan, address, limit);
      continue;
    }
    lab_visit_used(scan, layout, address, limit, visit);
    // Whoever fills a container has its address in a register or on the stack, and may have got ahead of its count. What
    // it has moved in there is no other object's. A task's stack has room made in it first.
    if (layout->kind != LAB_USED_TASK && layout->kind != LAB_USED_SLAB &&
        lab_has_bit(scan->handled, lab_candidate(scan, address)))
      look_at_memory(scan, address, limit);
  }
}

/// Whether an address is that of the chunk behind a block, which begins with the block's last word: a thread in the
/// middle of malloc or free has it, and a free chunk is known by it.
static bool is_next_chunk(const lab_leak_scan *scan, uint32_t block, uintptr_t address) {
  uintptr_t begin = scan->blocks[block].address;
  return address != begin && address == begin + malloc_usable_size((void *)begin) - 8;
}

LAB_POPCOUNT void lab_visit_allocator(lab_leak_scan *scan, uintptr_t start, uintptr_t limit, lab_word_visitor visit) {
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
    uintptr_t word = *(const uintptr_t *)at, address = lab_address_in(word);
    uint32_t block = lab_candidate(scan, address);
    if (block != LAB_NO_BLOCK && !is_next_chunk(scan, block, address)) visit(scan, at, word);
  }
}

LAB_POPCOUNT void lab_note_handled(void *context, uintptr_t start, uintptr_t limit, lab_root root) {
  (void)root;
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

LAB_POPCOUNT void lab_mark_root(void *context, uintptr_t start, uintptr_t limit, lab_root root) {
  lab_leak_scan *scan = context;
  scan->root_bytes += limit - start;
  switch (root) {
  case LAB_ROOT_DATA: look_at_memory(scan, start, limit); break;
  case LAB_ROOT_STACK: look_at_stack(scan, start, limit); break;
  case LAB_ROOT_ALLOCATOR: lab_visit_allocator(scan, start, limit, look_in_memory); break;
  }
  drain(scan);
}

LAB_POPCOUNT void lab_mark_held(lab_leak_scan *scan) {
  for (uint32_t first = 0; first < scan->index.count; first += 64)
    for (uint64_t bits = scan->held[first / 64]; bits != 0; bits &= bits - 1) {
      uint32_t block = first + (uint32_t)__builtin_ctzll(bits);
      if (lab_has_bit(scan->marked, block)) continue;
      if (lab_has_bit(scan->accounted, block)) {
        lab_set_bit(scan->doubted, block);
        continue;
      }
      mark(scan, block, scan->blocks[block].address, true);
      drain(scan);
    }
}
#endif
