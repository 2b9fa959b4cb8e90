// Stacks as a tree that grows from the root frame: a node is a return address below its callers, so that stacks share
// these and a stack that differs from the last one only near the leaf costs only the difference. The first level holds
// the label sets of the allocating tasks. A bucket is a size below a stack: the estimate of what a sample stands for is
// exact only when all of a bucket's blocks have one size.
//
// A node lists its children and its buckets. Nodes and buckets lie in the order of their making, and programs repeat
// themselves, so walking the tree walks memory forwards. The few nodes with many children keep the rest in a hash table.
// All lists only grow, are read without locks and extended by one compare-and-swap. Their size is bounded; what does not
// fit goes to one overflow stack.
//
// C, because it is called inside malloc. It calls lab_own_map only.
#include "heap/heap.h"
#include <math.h>
#include <sys/single_threaded.h>

#define NODES (1u << 20)
#define BUCKETS (1u << 19)
#define HEADS (1u << 16)
// More than these go to the hash tables.
#define LISTED 8

#define LABELS_TAG (1ull << 63)
#define OBJECT_FLAG 0x80000000u

typedef struct node {
  uint64_t key;        // return address, or LABELS_TAG | label set
  uint32_t parent;
  uint32_t next;       // sibling, or next in the hash chain
  uint32_t children;   // first of the list
  uint32_t buckets;    // first of the list
  uint32_t rank;       // how many come after in the list
} node;

typedef struct bucket {
  uint64_t size;
  uint64_t allocated, freed;   // in the low 48 bits; above, the session they count for
  uint32_t stack;      // with OBJECT_FLAG
  uint32_t next;
  uint32_t rank;
} bucket;

_Static_assert(BUCKETS == 1u << LAB_HEAP_BUCKET_BITS, "an entry of the table holds any bucket's number");

// Node 0 is the root, node 1 the overflow stack. Bucket 0 is none; the overflow's buckets come first.
static node *nodes;
static bucket *buckets;
static uint32_t *node_heads, *bucket_heads;
static uint32_t nodes_used, buckets_used;
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

static uint32_t bucket_limit = BUCKETS;

void lab_heap_limit_buckets(uint32_t count) {
  bucket_limit = count < BUCKETS - OVERFLOW_CLASSES - 1 ? count + OVERFLOW_CLASSES + 1 : BUCKETS;
}

static bool map_tables(void) {
  size_t heads = HEADS * sizeof(uint32_t);
  char *memory = lab_own_map(NODES * sizeof(node) + BUCKETS * sizeof(bucket) + 2 * heads);
  if (memory == NULL) return false;
  buckets = (bucket *)(memory + NODES * sizeof(node));
  node_heads = (uint32_t *)(buckets + BUCKETS);
  bucket_heads = node_heads + HEADS;
  for (uint32_t class = 0; class < OVERFLOW_CLASSES; class++) {
    buckets[class + 1].size = overflow_size(class);
    buckets[class + 1].stack = LAB_HEAP_OVERFLOW_STACK;
  }
  nodes_used = LAB_HEAP_OVERFLOW_STACK + 1;
  buckets_used = OVERFLOW_CLASSES + 1;
  __atomic_store_n(&nodes, (node *)memory, __ATOMIC_RELEASE);
  return true;
}

#define COUNT_BITS 48

static uint64_t none_of(uint32_t session) { return (uint64_t)session << COUNT_BITS; }
static bool counts_for(uint64_t counter, uint32_t session) { return counter >> COUNT_BITS == (uint16_t)session; }

bool lab_heap_stacks_open(uint32_t session) {
  if (nodes == NULL && !map_tables()) return false;
  // Stacks and sizes of an earlier session are kept, their counts are not.
  for (uint32_t i = 1, count = lab_heap_bucket_count(); i <= count; i++) {
    LAB_STORE(&buckets[i].allocated, none_of(session));
    LAB_STORE(&buckets[i].freed, none_of(session));
  }
  return true;
}

static uint32_t *head_of(uint32_t *heads, uint64_t key, uint32_t owner) {
  uint64_t hash = (key ^ (uint64_t)owner * 0x9E3779B97F4A7C15ull) * 0xFF51AFD7ED558CCDull;
  return &heads[hash >> 48 & (HEADS - 1)];
}

// Takes the next free number below `limit`; 0 if there is none.
static uint32_t claim(uint32_t *used, uint32_t limit) {
  if (LAB_LOAD(used) >= limit) return 0;
  uint32_t number = __atomic_fetch_add(used, 1, __ATOMIC_RELAXED);
  if (number < limit) return number;
  LAB_STORE(used, limit);
  return 0;
}

static bool publish(uint32_t *list, uint32_t *first, uint32_t made) {
  return __atomic_compare_exchange_n(list, first, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static __attribute__((noinline)) uint32_t make_child(uint32_t parent, uint64_t key) {
  uint32_t made = 0;
  for (;;) {
    uint32_t *list = &nodes[parent].children, first = __atomic_load_n(list, __ATOMIC_ACQUIRE);
    for (uint32_t i = first; i != 0; i = nodes[i].next)
      if (nodes[i].key == key) return i;
    uint32_t rank = first == 0 ? 0 : nodes[first].rank + 1;
    if (rank == LISTED) {
      list = head_of(node_heads, key, parent);
      first = __atomic_load_n(list, __ATOMIC_ACQUIRE);
      for (uint32_t i = first; i != 0; i = nodes[i].next)
        if (nodes[i].key == key && nodes[i].parent == parent) return i;
    }
    // A node made in vain, because another thread was quicker, is made again.
    if (made == 0 && (made = claim(&nodes_used, NODES)) == 0) return LAB_HEAP_OVERFLOW_STACK;
    nodes[made] = (node){.key = key, .parent = parent, .next = first, .rank = rank};
    if (publish(list, &first, made)) return made;
  }
}

uint32_t lab_heap_stack_child(uint32_t parent, uint64_t key) {
  if (LAB_UNLIKELY(parent == LAB_HEAP_OVERFLOW_STACK)) return parent;
  for (uint32_t i = __atomic_load_n(&nodes[parent].children, __ATOMIC_ACQUIRE); i != 0; i = nodes[i].next)
    if (nodes[i].key == key) return i;
  return make_child(parent, key);
}

uint32_t lab_heap_stack_root(uint64_t labels) {
  return labels == 0 ? 0 : lab_heap_stack_child(0, labels | LABELS_TAG);
}

uint32_t lab_heap_stack_intern(uint64_t labels, const uintptr_t *pcs, size_t count) {
  uint32_t stack = lab_heap_stack_root(labels);
  while (count > 0) stack = lab_heap_stack_child(stack, pcs[--count]);
  return stack;
}

static uint32_t overflow_bucket(size_t size) {
  lab_heap_count(&lab_heap_counts.overflowed);
  return overflow_class(size) + 1;
}

static __attribute__((noinline)) uint32_t make_bucket(uint32_t stack, uint32_t flagged, size_t size) {
  uint32_t made = 0;
  for (;;) {
    uint32_t *list = &nodes[stack].buckets, first = __atomic_load_n(list, __ATOMIC_ACQUIRE);
    for (uint32_t i = first; i != 0; i = buckets[i].next)
      if (buckets[i].size == size && buckets[i].stack == flagged) return i;
    uint32_t rank = first == 0 ? 0 : buckets[first].rank + 1;
    if (rank == LISTED) {
      list = head_of(bucket_heads, size, flagged);
      first = __atomic_load_n(list, __ATOMIC_ACQUIRE);
      for (uint32_t i = first; i != 0; i = buckets[i].next)
        if (buckets[i].size == size && buckets[i].stack == flagged) return i;
    }
    if (made == 0 && (made = claim(&buckets_used, bucket_limit)) == 0) return overflow_bucket(size);
    uint64_t none = none_of(LAB_LOAD(&lab_heap_active));
    buckets[made] =
        (bucket){.size = size, .allocated = none, .freed = none, .stack = flagged, .next = first, .rank = rank};
    if (publish(list, &first, made)) return made;
  }
}

uint32_t lab_heap_bucket_intern(uint32_t stack, bool object, size_t size) {
  if (LAB_UNLIKELY(stack == LAB_HEAP_OVERFLOW_STACK)) return overflow_bucket(size);
  uint32_t flagged = object ? stack | OBJECT_FLAG : stack;
  for (uint32_t i = __atomic_load_n(&nodes[stack].buckets, __ATOMIC_ACQUIRE); i != 0; i = buckets[i].next)
    if (buckets[i].size == size && buckets[i].stack == flagged) return i;
  return make_bucket(stack, flagged, size);
}

// A step was added to another session's count: its own is over, or a thread of the one before made the bucket.
static __attribute__((noinline)) void mend(uint64_t *counter, uint32_t session, uint64_t step) {
  if (session == 0 || session != LAB_LOAD(&lab_heap_active)) {
    __atomic_fetch_sub(counter, step, __ATOMIC_RELAXED);
    return;
  }
  uint64_t now = LAB_LOAD(counter);
  while (!counts_for(now, session))
    if (__atomic_compare_exchange_n(counter, &now, none_of(session) + step, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return;
  __atomic_fetch_add(counter, step, __ATOMIC_RELAXED);
}

// An atomic addition costs as much as walking five frames; a program that has one thread is spared it.
static inline void add(uint64_t *counter, uint32_t session, uint64_t step) {
  uint64_t before;
  if (__libc_single_threaded) {
    before = LAB_LOAD(counter);
    LAB_STORE(counter, before + step);
  } else {
    before = __atomic_fetch_add(counter, step, __ATOMIC_RELAXED);
  }
  if (LAB_UNLIKELY(!counts_for(before, session))) mend(counter, session, step);
}

void lab_heap_bucket_allocated(uint32_t index, uint32_t session) { add(&buckets[index].allocated, session, 1); }

void lab_heap_bucket_freed(uint32_t index, uint32_t session, int count) {
  add(&buckets[index].freed, session, (uint64_t)(int64_t)count);
}

void lab_heap_bucket_prefetch(uint32_t index) { __builtin_prefetch(&buckets[index].freed, 1); }

uint32_t lab_heap_bucket_count(void) {
  uint32_t used = LAB_LOAD(&buckets_used);
  return used == 0 ? 0 : (used < BUCKETS ? used : BUCKETS) - 1;
}

static uint64_t count_in(uint64_t counter) {
  return counts_for(counter, LAB_LOAD(&lab_heap_last_session)) ? counter & ((1ull << COUNT_BITS) - 1) : 0;
}

bool lab_heap_bucket_at(uint32_t index, lab_heap_bucket *out) {
  if (index == 0 || index > lab_heap_bucket_count()) return false;
  // Freed before allocated, so that no more blocks seem freed than were allocated.
  uint64_t freed = count_in(__atomic_load_n(&buckets[index].freed, __ATOMIC_ACQUIRE));
  uint64_t allocated = count_in(__atomic_load_n(&buckets[index].allocated, __ATOMIC_ACQUIRE));
  if (allocated == 0) return false;
  *out = (lab_heap_bucket){buckets[index].size, allocated, freed < allocated ? freed : allocated,
                           buckets[index].stack};
  return true;
}

bool lab_heap_makes_objects(uint32_t stack) { return (stack & OBJECT_FLAG) != 0; }

static uint32_t node_count(void) {
  uint32_t used = LAB_LOAD(&nodes_used);
  return used < NODES ? used : NODES;
}

size_t lab_heap_stack_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  size_t count = 0;
  stack &= ~OBJECT_FLAG;
  if (labels != NULL) *labels = 0;
  // A number that is none ends the stack. A parent is made before its children, so every stack ends.
  for (; stack > LAB_HEAP_OVERFLOW_STACK && stack < node_count(); stack = nodes[stack].parent) {
    if (nodes[stack].key & LABELS_TAG) {
      if (labels != NULL) *labels = nodes[stack].key & ~LABELS_TAG;
    } else if (count < capacity) {
      pcs[count++] = (uintptr_t)nodes[stack].key;
    }
  }
  return count;
}

double lab_heap_scale(double size) {
  double rate = (double)lab_heap_rate();
  return rate > 1 ? 1 / -expm1(-(size < 1 ? 1 : size) / rate) : 1;
}

void lab_heap_live(double *objects, double *bytes) {
  lab_heap_bucket b;
  *objects = *bytes = 0;
  for (uint32_t i = 1, count = lab_heap_bucket_count(); i <= count; i++) {
    if (!lab_heap_bucket_at(i, &b) || b.allocated == b.freed) continue;
    double size = (double)b.size, live = (double)(b.allocated - b.freed) * lab_heap_scale(size);
    *objects += live;
    *bytes += live * size;
  }
}

void lab_heap_stacks_statistics(lab_heap_statistics *out) {
  out->nodes = node_count();
  out->buckets = lab_heap_bucket_count();
  out->own_bytes += out->nodes * sizeof(node) + out->buckets * sizeof(bucket) + 2 * HEADS * sizeof(uint32_t);
}
