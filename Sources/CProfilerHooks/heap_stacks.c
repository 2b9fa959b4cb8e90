// Stacks as a tree that grows from the root frame: a node is (parent, return address), so that stacks share their
// callers and a stack that differs from the last one only near the leaf costs only the difference. The first level
// holds the label sets of the allocating tasks. A bucket is (stack, size): the estimate of what a sample stands for is
// exact only when all of a bucket's blocks have one size.
//
// Both are open-addressed hash tables whose slot is the number, so that a lookup costs one cache miss, which can be
// started early: the hash depends on the path alone. They only grow, are read without locks, and are extended by one
// compare-and-swap. Their size is bounded; what does not fit goes to one overflow stack.
//
// C, because it is called inside malloc. It calls lab_own_map only.
#include "heap.h"
#include <math.h>
#include <sys/mman.h>

#define LABELS_TAG (1ull << 63)
#define OBJECT_FLAG 0x80000000u
// A table is full at three quarters; then, or after this many slots in use in a row, stacks overflow.
#define LONGEST_PROBE 256
// Sizes of 4 TiB and more are all the same to us: size and stack share one word.
#define SIZE_BITS 42
#define LARGEST_SIZE ((1ull << SIZE_BITS) - 1)

typedef lab_heap_node node;
typedef lab_heap_bucket_slot bucket;

// One for few samples and one for many; each is made when first needed and then kept.
static lab_heap_tables *made[2];
lab_heap_tables *lab_heap_current_tables;

// Numbers: bucket 1 … LAB_HEAP_OVERFLOW_CLASSES are the overflow's, the slots follow. Stacks 0 and 1 are the root and the
// overflow stack, the slots follow.
#define FIRST_SLOT_BUCKET (LAB_HEAP_OVERFLOW_CLASSES + 1)
#define FIRST_SLOT_STACK 2

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

static lab_heap_tables *make_tables(unsigned node_bits, unsigned bucket_bits) {
  size_t node_bytes = sizeof(node) << node_bits, bucket_bytes = sizeof(bucket) << bucket_bits;
  size_t used_bytes = (sizeof(uint32_t) << bucket_bits);
  // Slots lie scattered; with large pages they at least do not miss the address cache. So: aligned, if they are large.
  size_t large = 2u << 20, align = node_bytes >= large ? large : 4096;
  char *memory = lab_own_map(node_bytes + bucket_bytes + used_bytes + sizeof(lab_heap_tables) + align);
  if (memory == NULL) return NULL;
  memory = (char *)(((uintptr_t)memory + align - 1) & ~(align - 1));
  if (align == large) madvise(memory, node_bytes + bucket_bytes, MADV_HUGEPAGE);
  lab_heap_tables *tables = (lab_heap_tables *)(memory + node_bytes + bucket_bytes + used_bytes);
  tables->nodes = (node *)memory;
  tables->buckets = (bucket *)(memory + node_bytes);
  tables->used = (uint32_t *)(memory + node_bytes + bucket_bytes);
  tables->node_mask = (1u << node_bits) - 1;
  tables->bucket_mask = (1u << bucket_bits) - 1;
  return tables;
}

bool lab_heap_stacks_open(bool many) {
  if (made[many] == NULL) made[many] = many ? make_tables(20, 18) : make_tables(17, 15);
  if (made[many] == NULL) return false;
  __atomic_store_n(&lab_heap_current_tables, made[many], __ATOMIC_RELEASE);
  lab_heap_tables *tables = made[many];
  for (uint32_t i = 0; i < LAB_LOAD(&tables->buckets_used); i++) {
    bucket *b = &tables->buckets[tables->used[i]];
    LAB_STORE(&b->allocated, 0);
    LAB_STORE(&b->freed, 0);
  }
  for (uint32_t i = 0; i < LAB_HEAP_OVERFLOW_CLASSES; i++) tables->overflow[i] = (bucket){0};
  return true;
}

// Reserves one of `limit` places.
static bool claim(uint32_t *used, uint32_t limit, uint32_t *place) {
  if (LAB_LOAD(used) >= limit) return false;
  *place = __atomic_fetch_add(used, 1, __ATOMIC_RELAXED);
  if (*place < limit) return true;
  __atomic_fetch_sub(used, 1, __ATOMIC_RELAXED);
  return false;
}

static uint32_t capacity(uint32_t mask) { return mask / 4 * 3; }

lab_heap_path lab_heap_path_child(lab_heap_tables *tables, lab_heap_path parent, uint64_t key) {
  lab_heap_path path = {lab_heap_path_hash(parent.hash, key), LAB_HEAP_OVERFLOW_STACK};
  if (LAB_UNLIKELY(parent.stack == LAB_HEAP_OVERFLOW_STACK)) return path;
  uint32_t slot = (uint32_t)path.hash & tables->node_mask, place;
  for (int probes = 0; probes < LONGEST_PROBE; probes++, slot = (slot + 1) & tables->node_mask) {
    node *n = &tables->nodes[slot];
    uint64_t held = LAB_LOAD(&n->key);
    if (held == 0) {
      if (!claim(&tables->nodes_used, capacity(tables->node_mask), &place)) return path;
      if (__atomic_compare_exchange_n(&n->key, &held, key, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        __atomic_store_n(&n->parent, parent.stack + 1, __ATOMIC_RELEASE);
        path.stack = slot + FIRST_SLOT_STACK;
        return path;
      }
    }
    // A node that another thread is making is passed over: two nodes for one stack do no harm.
    if (held == key && __atomic_load_n(&n->parent, __ATOMIC_ACQUIRE) == parent.stack + 1) {
      path.stack = slot + FIRST_SLOT_STACK;
      return path;
    }
  }
  return path;
}

lab_heap_path lab_heap_path_root(lab_heap_tables *tables, uint64_t labels) {
  lab_heap_path root = {0x9E3779B97F4A7C15ull, 0};
  return labels == 0 ? root : lab_heap_path_child(tables, root, labels | LABELS_TAG);
}

lab_heap_path lab_heap_path_intern(lab_heap_tables *tables, uint64_t labels, const uintptr_t *pcs, size_t count) {
  lab_heap_path path = lab_heap_path_root(tables, labels);
  while (count > 0) path = lab_heap_path_child(tables, path, pcs[--count]);
  return path;
}

static uint32_t overflow_bucket(size_t size) {
  lab_heap_count(&lab_heap_counts.overflowed);
  return overflow_class(size) + 1;
}

uint32_t lab_heap_bucket_intern(lab_heap_tables *tables, lab_heap_path path, bool object, size_t size) {
  if (size > LARGEST_SIZE) size = LARGEST_SIZE;
  if (LAB_UNLIKELY(path.stack == LAB_HEAP_OVERFLOW_STACK)) return overflow_bucket(size);
  uint64_t key = (uint64_t)object << 63 | (uint64_t)path.stack << SIZE_BITS | size;
  uint32_t slot = (uint32_t)(lab_heap_path_hash(path.hash, size)) & tables->bucket_mask, place;
  for (int probes = 0; probes < LONGEST_PROBE; probes++, slot = (slot + 1) & tables->bucket_mask) {
    bucket *b = &tables->buckets[slot];
    uint64_t held = LAB_LOAD(&b->key);
    if (held == 0) {
      if (!claim(&tables->buckets_used, capacity(tables->bucket_mask), &place)) return overflow_bucket(size);
      if (__atomic_compare_exchange_n(&b->key, &held, key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        LAB_STORE(&tables->used[place], slot);
        return slot + FIRST_SLOT_BUCKET;
      }
    }
    if (held == key) return slot + FIRST_SLOT_BUCKET;
  }
  return overflow_bucket(size);
}

static bucket *bucket_of(lab_heap_tables *tables, uint32_t index) {
  return index < FIRST_SLOT_BUCKET ? &tables->overflow[index - 1] : &tables->buckets[index - FIRST_SLOT_BUCKET];
}

void lab_heap_bucket_allocated(lab_heap_tables *tables, uint32_t index) {
  lab_heap_count(&bucket_of(tables, index)->allocated);
}

void lab_heap_bucket_freed(lab_heap_tables *tables, uint32_t index, int count) {
  __atomic_fetch_add(&bucket_of(tables, index)->freed, (uint64_t)(int64_t)count, __ATOMIC_RELAXED);
}

uint32_t lab_heap_bucket_count(void) {
  const lab_heap_tables *tables = LAB_LOAD(&lab_heap_current_tables);
  return tables == NULL ? 0 : tables->bucket_mask + FIRST_SLOT_BUCKET;
}

bool lab_heap_bucket_at(uint32_t index, lab_heap_bucket *out) {
  lab_heap_tables *tables = LAB_LOAD(&lab_heap_current_tables);
  if (tables == NULL || index == 0 || index > tables->bucket_mask + FIRST_SLOT_BUCKET) return false;
  const bucket *b = bucket_of(tables, index);
  // Freed before allocated, so that no more blocks seem freed than were allocated.
  uint64_t freed = __atomic_load_n(&b->freed, __ATOMIC_ACQUIRE);
  uint64_t allocated = __atomic_load_n(&b->allocated, __ATOMIC_ACQUIRE);
  if (allocated == 0) return false;
  uint64_t key = LAB_LOAD(&b->key);
  out->allocated = allocated;
  out->freed = freed < allocated ? freed : allocated;
  if (index < FIRST_SLOT_BUCKET) {
    out->size = overflow_size(index - 1);
    out->stack = LAB_HEAP_OVERFLOW_STACK;
  } else {
    out->size = key & LARGEST_SIZE;
    out->stack = (uint32_t)(key << 1 >> (SIZE_BITS + 1)) | (key >> 63 ? OBJECT_FLAG : 0);
  }
  return true;
}

bool lab_heap_makes_objects(uint32_t stack) { return (stack & OBJECT_FLAG) != 0; }

size_t lab_heap_stack_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  const lab_heap_tables *tables = LAB_LOAD(&lab_heap_current_tables);
  size_t count = 0;
  stack &= ~OBJECT_FLAG;
  if (labels != NULL) *labels = 0;
  // A parent is made before its children, so this ends; a number that is none ends it too.
  while (stack >= FIRST_SLOT_STACK && tables != NULL && stack - FIRST_SLOT_STACK <= tables->node_mask) {
    const node *n = &tables->nodes[stack - FIRST_SLOT_STACK];
    if (n->parent == 0) break;
    if (n->key & LABELS_TAG) {
      if (labels != NULL) *labels = n->key & ~LABELS_TAG;
    } else if (count < capacity) {
      pcs[count++] = (uintptr_t)n->key;
    }
    stack = n->parent - 1;
  }
  return count;
}

static void add_live(const lab_heap_bucket *b, double rate, double *objects, double *bytes) {
  double live = (double)(b->allocated - b->freed), size = (double)b->size;
  if (rate > 1) live /= -expm1(-(size < 1 ? 1 : size) / rate);
  *objects += live;
  *bytes += live * size;
}

void lab_heap_live(double *objects, double *bytes) {
  lab_heap_tables *tables = LAB_LOAD(&lab_heap_current_tables);
  double rate = (double)lab_heap_rate();
  lab_heap_bucket b;
  *objects = *bytes = 0;
  if (tables == NULL) return;
  for (uint32_t i = 0, count = LAB_LOAD(&tables->buckets_used); i < count; i++)
    if (lab_heap_bucket_at(LAB_LOAD(&tables->used[i]) + FIRST_SLOT_BUCKET, &b) && b.allocated != b.freed)
      add_live(&b, rate, objects, bytes);
  for (uint32_t i = 1; i < FIRST_SLOT_BUCKET; i++)
    if (lab_heap_bucket_at(i, &b)) add_live(&b, rate, objects, bytes);
}

void lab_heap_stacks_statistics(lab_heap_statistics *out) {
  const lab_heap_tables *tables = LAB_LOAD(&lab_heap_current_tables);
  if (tables == NULL) return;
  out->nodes = LAB_LOAD(&tables->nodes_used);
  out->buckets = LAB_LOAD(&tables->buckets_used);
  // Slots lie scattered, so nearly every page has one.
  out->own_bytes += (tables->node_mask + 1ull) * sizeof(node) + (tables->bucket_mask + 1ull) * sizeof(bucket);
}
