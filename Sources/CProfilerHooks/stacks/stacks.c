// Stacks as a tree that grows from the root frame: a node is a return address below its callers, so that stacks share
// these and a stack that differs from the last one only near the leaf costs only the difference. The first level holds
// the label sets of tasks.
//
// A node lists its children. Nodes lie in the order of their making, and programs repeat themselves, so walking the
// tree walks memory forwards. The few nodes with many children keep the rest in a hash table. All lists only grow, are
// read without locks and extended by one compare-and-swap. Their size is bounded; what does not fit is one overflow
// stack.
//
// C, because it is called inside malloc. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "stacks/stacks.h"
#include "lab_memory.h"
#include "unwind/unwind.h"

enum { NODES = LAB_STACKS_MOST, LISTED = 8 }; // more children than that go to the hash table

static const uint64_t labels_tag = 1ull << 63;

struct lab_stacks lab_stacks;

static struct lab_stack_node *nodes(const struct lab_stacks *stacks) { return LAB_ACQUIRE(&stacks->nodes); }
/// Behind the nodes.
static _Atomic uint32_t *heads_of(struct lab_stack_node *all) { return (_Atomic uint32_t *)(all + NODES); }

enum { BYTES = NODES * sizeof(struct lab_stack_node) + LAB_STACK_HEADS * sizeof(uint32_t) };

bool lab_stacks_open(struct lab_stacks *stacks) {
  if (nodes(stacks)) return true;
  void *memory = lab_own_map(BYTES);
  if (!memory) return false;
  uint32_t first = 0;
  atomic_compare_exchange_strong(&stacks->used, &first, LAB_STACK_OVERFLOW + 1);
  struct lab_stack_node *none = NULL;
  if (!atomic_compare_exchange_strong(&stacks->nodes, &none, memory)) lab_own_unmap(memory, BYTES);
  return true;
}

void lab_stacks_clear(struct lab_stacks *stacks) {
  lab_own_unmap(nodes(stacks), BYTES);
  atomic_store(&stacks->nodes, NULL);
  atomic_store(&stacks->used, 0);
}

static __attribute__((noinline)) uint32_t make_child(struct lab_stacks *stacks, uint32_t parent, uint64_t key) {
  struct lab_stack_node *all = nodes(stacks);
  uint32_t made = 0;
  for (;;) {
    _Atomic uint32_t *list = &all[parent].children;
    uint32_t first = LAB_ACQUIRE(list);
    for (uint32_t i = first; i != 0; i = all[i].next)
      if (all[i].key == key) return i;
    uint32_t rank = first == 0 ? 0 : all[first].rank + 1;
    if (rank == LISTED) {
      list = lab_head_of(heads_of(all), key, parent);
      first = LAB_ACQUIRE(list);
      for (uint32_t i = first; i != 0; i = all[i].next)
        if (all[i].key == key && all[i].parent == parent) return i;
    }
    // A node made in vain, because another thread was quicker, is made again.
    if (made == 0 && (made = lab_claim(&stacks->used, NODES)) == 0) return LAB_STACK_OVERFLOW;
    all[made].key = key;
    all[made].parent = parent;
    all[made].next = first;
    all[made].rank = rank;
    if (lab_publish(list, &first, made)) return made;
  }
}

uint32_t lab_stack_child(struct lab_stacks *stacks, uint32_t parent, uint64_t key) {
  if (LAB_UNLIKELY(parent == LAB_STACK_OVERFLOW)) return parent;
  struct lab_stack_node *all = nodes(stacks);
  for (uint32_t i = LAB_ACQUIRE(&all[parent].children); i != 0; i = all[i].next)
    if (all[i].key == key) return i;
  return make_child(stacks, parent, key);
}

uint32_t lab_stack_root(struct lab_stacks *stacks, uint64_t labels) {
  return labels == 0 ? LAB_STACK_NONE : lab_stack_child(stacks, LAB_STACK_NONE, labels | labels_tag);
}

static uint32_t add_frames(struct lab_stacks *stacks, uint32_t stack, const uintptr_t *pcs, size_t count) {
  const struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  while (count > 0) stack = lab_stack_child(stacks, stack, lab_frame_key(modules, pcs[--count]));
  return stack;
}

uint32_t lab_stack_intern(struct lab_stacks *stacks, uint64_t labels, const uintptr_t *pcs, size_t count) {
  return add_frames(stacks, lab_stack_root(stacks, labels), pcs, count);
}

uint32_t lab_stack_intern_below(struct lab_stacks *stacks, uint32_t below, uint64_t labels, const uintptr_t *pcs,
                                size_t count) {
  if (below == LAB_STACK_NONE) return lab_stack_intern(stacks, labels, pcs, count);
  return add_frames(stacks, lab_stack_child(stacks, below, labels | labels_tag), pcs, count);
}

uint32_t lab_stacks_count(const struct lab_stacks *stacks) {
  uint32_t count = LAB_LOAD(&stacks->used);
  return count < NODES ? count : NODES;
}

size_t lab_stack_frames(const struct lab_stacks *stacks, uint32_t stack, uintptr_t *pcs, size_t capacity,
                        uint64_t *labels) {
  size_t count = 0;
  bool has_labels = false;
  const struct lab_stack_node *all = nodes(stacks);
  if (labels != NULL) *labels = 0;
  // A number that is none ends the stack. A parent is made before its children, so every stack ends.
  for (; stack > LAB_STACK_OVERFLOW && stack < lab_stacks_count(stacks); stack = all[stack].parent) {
    if (all[stack].key & labels_tag) {
      // Those nearest to the leaf hold, where a stack goes on from another.
      if (labels != NULL && !has_labels) *labels = all[stack].key & ~labels_tag;
      has_labels = true;
    } else if (count < capacity) {
      pcs[count++] = lab_frame_address(all[stack].key);
    }
  }
  return count;
}

size_t lab_stacks_bytes(const struct lab_stacks *stacks) {
  return nodes(stacks) ? lab_stacks_count(stacks) * sizeof(struct lab_stack_node) + LAB_STACK_HEADS * sizeof(uint32_t) : 0;
}
#endif
