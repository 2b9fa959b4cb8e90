// Tables of stacks: whoever counts by stacks has them here, as numbers.
#pragma once
#include "base/atomics.h"
#include "lab_stacks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// No table has more frames.
enum { LAB_STACKS_MOST = 1 << 20 };

struct lab_stacks {
  _Atomic(struct lab_stack_node *) nodes;
  _Atomic uint32_t used;
};

/// That of all who count in hooks. It is never cleared, for a thread may be about to use a number at any time.
extern struct lab_stacks lab_stacks;

/// Makes the table, unless it is there; false if there is no memory. Stacks keep their numbers until it is cleared.
bool lab_stacks_open(struct lab_stacks *stacks);
/// Empties a table that nobody else uses meanwhile.
void lab_stacks_clear(struct lab_stacks *stacks);

/// The outermost end of all stacks with these labels. This and what follows is async-signal-safe and lock-free, and may
/// be called from any number of threads at once, after lab_stacks_open.
uint32_t lab_stack_root(struct lab_stacks *stacks, uint64_t labels);
/// The stack that goes on from `parent` with a frame, as lab_frame_key makes it of its address; the overflow stack
/// beyond the bound.
uint32_t lab_stack_child(struct lab_stacks *stacks, uint32_t parent, uint64_t key);
/// The stack of these addresses, leaf first.
uint32_t lab_stack_intern(struct lab_stacks *stacks, uint64_t labels, const uintptr_t *pcs, size_t count);
/// The same, going on from the leaf of another stack as if that had called it. The labels are those given, also if there
/// are none. `below` LAB_STACK_NONE: as above.
uint32_t lab_stack_intern_below(struct lab_stacks *stacks, uint32_t below, uint64_t labels, const uintptr_t *pcs,
                                size_t count);

/// Writes the addresses of a stack, leaf first, as lab_frame_address gives them; returns how many. `labels`, unless it
/// is null, gets the label set, 0 if none.
size_t lab_stack_frames(const struct lab_stacks *stacks, uint32_t stack, uintptr_t *pcs, size_t capacity,
                        uint64_t *labels);

/// A stack is its last frame below its parent.
struct lab_stack_node {
  uint64_t key;              ///< lab_frame_key, or that this is a label set
  uint32_t parent;
  uint32_t next;             ///< sibling, or next in the hash chain
  _Atomic uint32_t children; ///< first of the list
  _Atomic uint32_t buckets;  ///< see lab_stack_buckets
  uint32_t rank;             ///< how many come after in the list
};

/// Where the heap keeps the first of the buckets that hang below a stack of the hooks' table: beside the stack, since it looks there next.
static inline _Atomic uint32_t *lab_stack_buckets(uint32_t stack) {
  return &LAB_ACQUIRE(&lab_stacks.nodes)[stack].buckets;
}

/// Frames in the table, and the bytes that they take.
uint32_t lab_stacks_count(const struct lab_stacks *stacks);
size_t lab_stacks_bytes(const struct lab_stacks *stacks);

/// The head of a chain in a hash table of LAB_STACK_HEADS.
enum { LAB_STACK_HEADS = 1 << 16 };
static inline _Atomic uint32_t *lab_head_of(_Atomic uint32_t *heads, uint64_t key, uint32_t owner) {
  uint64_t hash = (key ^ (uint64_t)owner * 0x9E3779B97F4A7C15ull) * 0xFF51AFD7ED558CCDull;
  return &heads[hash >> 48 & (LAB_STACK_HEADS - 1)];
}

/// Takes the next free number below `limit`; 0 if there is none.
static inline uint32_t lab_claim(_Atomic uint32_t *used, uint32_t limit) {
  if (LAB_LOAD(used) >= limit) return 0;
  uint32_t number = atomic_fetch_add_explicit(used, 1, memory_order_relaxed);
  if (number < limit) return number;
  LAB_STORE(used, limit);
  return 0;
}

/// Puts what was made at the head of a list, if `first` still is.
static inline bool lab_publish(_Atomic uint32_t *list, uint32_t *first, uint32_t made) {
  return atomic_compare_exchange_strong_explicit(list, first, made, memory_order_acq_rel, memory_order_acquire);
}

#pragma GCC visibility pop
