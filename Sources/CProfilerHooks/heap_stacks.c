// Stacks as a tree that grows from the root frame: a node is (parent, return address), so that stacks share their
// callers and a stack that differs from the last one only near the leaf costs only the difference. The first level
// holds the label sets of the allocating tasks. A bucket is (stack, size): the estimate of what a sample stands for is
// exact only when all of a bucket's blocks have one size.
//
// Both are hash tables of chains that only grow, read without locks and extended by one compare-and-swap. Their size
// is bounded; what does not fit goes to one overflow stack.
//
// C, because it is called inside malloc. It calls lab_own_map only.
#include "heap.h"

#define NODES (1u << 20)
#define NODE_HEADS (1u << 19)
#define BUCKETS (1u << 18)
#define BUCKET_HEADS (1u << 17)
#define LABELS_TAG (1ull << 63)

typedef struct node {
  uint64_t key;      // return address, or LABELS_TAG | label set; 0 while being made
  uint32_t parent;
  uint32_t next;
} node;

typedef struct bucket {
  uint64_t size;
  uint64_t allocated, freed;
  uint32_t stack;
  uint32_t next;
} bucket;

// Node 0 is the root, node 1 the overflow stack. Bucket 0 is none; the overflow's buckets come first.
static node *nodes;
static uint32_t *node_heads;
static bucket *buckets;
static uint32_t *bucket_heads;
static uint32_t nodes_used = 2;
static uint32_t buckets_used;

// Sizes of the overflow stack: every 16 bytes up to 1 KiB, then 16 steps an octave.
#define OVERFLOW_CLASSES (64 + 16 * 54)

static uint32_t overflow_class(uint64_t size) {
  if (size <= 1024) return size == 0 ? 0 : (uint32_t)((size - 1) / 16);
  unsigned octave = 63 - (unsigned)__builtin_clzll(size - 1);
  return 64 + (octave - 10) * 16 + (uint32_t)((size - 1) >> (octave - 4) & 15);
}

static uint64_t overflow_size(uint32_t class) {
  if (class < 64) return ((uint64_t)class + 1) * 16;
  unsigned octave = (class - 64) / 16 + 10;
  return (1ull << octave) + ((uint64_t)((class - 64) % 16 + 1) << (octave - 4));
}

bool lab_heap_stacks_open(void) {
  if (nodes != NULL) return true;
  node *n = lab_own_map(NODES * sizeof(node));
  uint32_t *nh = lab_own_map(NODE_HEADS * sizeof(uint32_t));
  bucket *b = lab_own_map(BUCKETS * sizeof(bucket));
  uint32_t *bh = lab_own_map(BUCKET_HEADS * sizeof(uint32_t));
  if (n == NULL || nh == NULL || b == NULL || bh == NULL) {
    lab_own_unmap(n, NODES * sizeof(node));
    lab_own_unmap(nh, NODE_HEADS * sizeof(uint32_t));
    lab_own_unmap(b, BUCKETS * sizeof(bucket));
    lab_own_unmap(bh, BUCKET_HEADS * sizeof(uint32_t));
    return false;
  }
  for (uint32_t class = 0; class < OVERFLOW_CLASSES; class++) {
    b[class + 1].size = overflow_size(class);
    b[class + 1].stack = LAB_HEAP_OVERFLOW_STACK;
  }
  buckets_used = OVERFLOW_CLASSES + 1;
  node_heads = nh;
  buckets = b;
  bucket_heads = bh;
  __atomic_store_n(&nodes, n, __ATOMIC_RELEASE);
  return true;
}

static uint32_t mix(uint64_t a, uint64_t b) {
  uint64_t hash = (a ^ b * 0x9E3779B97F4A7C15ull) * 0xFF51AFD7ED558CCDull;
  return (uint32_t)(hash >> 40);
}

// Takes the next free number below `limit`; 0 if there is none.
static uint32_t claim(uint32_t *used, uint32_t limit) {
  if (LAB_LOAD(used) >= limit) return 0;
  uint32_t index = __atomic_fetch_add(used, 1, __ATOMIC_RELAXED);
  if (index < limit) return index;
  LAB_STORE(used, limit);
  return 0;
}

uint32_t lab_heap_stack_child(uint32_t parent, uint64_t key) {
  uint32_t *head = &node_heads[mix(key, parent) & (NODE_HEADS - 1)];
  uint32_t first = __atomic_load_n(head, __ATOMIC_ACQUIRE), made = 0;
  for (;;) {
    for (uint32_t i = first; i != 0; i = nodes[i].next)
      if (nodes[i].key == key && nodes[i].parent == parent) return i;
    // A node made in vain, because another thread was quicker, stays unused.
    if (made == 0 && (made = claim(&nodes_used, NODES)) == 0) return 0;
    nodes[made] = (node){key, parent, first};
    if (__atomic_compare_exchange_n(head, &first, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
  }
}

uint32_t lab_heap_stack_intern(uint64_t labels, const uintptr_t *pcs, size_t count) {
  uint32_t stack = 0;
  if (labels != 0 && (stack = lab_heap_stack_child(0, labels | LABELS_TAG)) == 0) return LAB_HEAP_OVERFLOW_STACK;
  while (count > 0) {
    stack = lab_heap_stack_child(stack, pcs[--count]);
    if (stack == 0) return LAB_HEAP_OVERFLOW_STACK;
  }
  return stack;
}

uint32_t lab_heap_bucket_intern(uint32_t stack, size_t size) {
  if (LAB_UNLIKELY(stack == LAB_HEAP_OVERFLOW_STACK)) {
    lab_heap_count(&lab_heap_counts.overflowed);
    return overflow_class(size) + 1;
  }
  uint32_t *head = &bucket_heads[mix(size, stack) & (BUCKET_HEADS - 1)];
  uint32_t first = __atomic_load_n(head, __ATOMIC_ACQUIRE), made = 0;
  for (;;) {
    for (uint32_t i = first; i != 0; i = buckets[i].next)
      if (buckets[i].stack == stack && buckets[i].size == size) return i;
    if (made == 0 && (made = claim(&buckets_used, BUCKETS)) == 0)
      return lab_heap_bucket_intern(LAB_HEAP_OVERFLOW_STACK, size);
    buckets[made] = (bucket){.size = size, .stack = stack, .next = first};
    if (__atomic_compare_exchange_n(head, &first, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
  }
}

void lab_heap_bucket_allocated(uint32_t index) { lab_heap_count(&buckets[index].allocated); }

void lab_heap_bucket_freed(uint32_t index, int count) {
  __atomic_fetch_add(&buckets[index].freed, (uint64_t)(int64_t)count, __ATOMIC_RELAXED);
}

void lab_heap_buckets_reset(void) {
  for (uint32_t i = 1, count = lab_heap_bucket_count(); i <= count; i++) {
    LAB_STORE(&buckets[i].allocated, 0);
    LAB_STORE(&buckets[i].freed, 0);
  }
}

uint32_t lab_heap_bucket_count(void) {
  uint32_t used = LAB_LOAD(&buckets_used);
  return used == 0 ? 0 : (used < BUCKETS ? used : BUCKETS) - 1;
}

bool lab_heap_bucket_at(uint32_t index, lab_heap_bucket *out) {
  if (index == 0 || index > lab_heap_bucket_count()) return false;
  // Freed before allocated, so that no more blocks seem freed than were allocated.
  uint64_t freed = __atomic_load_n(&buckets[index].freed, __ATOMIC_ACQUIRE);
  uint64_t allocated = __atomic_load_n(&buckets[index].allocated, __ATOMIC_ACQUIRE);
  *out = (lab_heap_bucket){buckets[index].size, allocated, freed, buckets[index].stack};
  return allocated != 0;
}

uint32_t lab_heap_node_count(void) {
  uint32_t used = LAB_LOAD(&nodes_used);
  return used < NODES ? used : NODES;
}

size_t lab_heap_stack_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  size_t count = 0;
  if (labels != NULL) *labels = 0;
  if (nodes == NULL || stack >= lab_heap_node_count()) return 0;
  // A parent always has a smaller number than its children, so this ends.
  for (; stack > LAB_HEAP_OVERFLOW_STACK; stack = nodes[stack].parent) {
    if (nodes[stack].key & LABELS_TAG) {
      if (labels != NULL) *labels = nodes[stack].key & ~LABELS_TAG;
    } else if (count < capacity) {
      pcs[count++] = (uintptr_t)nodes[stack].key;
    }
  }
  return count;
}

size_t lab_heap_stacks_own_bytes(void) {
  return lab_heap_node_count() * sizeof(node) + (lab_heap_bucket_count() + 1) * sizeof(bucket) +
         (NODE_HEADS + BUCKET_HEADS) * sizeof(uint32_t);
}
