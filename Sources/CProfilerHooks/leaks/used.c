// Which words of a block its owner can still read.
//
// An array keeps what it held beyond its count, a hash table what was in its empty buckets, a task what its functions
// left behind. Taken for references, such words would keep leaked objects from being found. C, because all other
// threads stand still meanwhile; it reads memory.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include "lab_heap.h"
#include "runtime/layout.h"
#include <string.h>

// MARK: - Reading with care

static bool can_read(const lab_leak_scan *scan, uintptr_t address, size_t bytes) {
  const lab_mapping *mapping = lab_map_find(&scan->map, address);
  return mapping != NULL && mapping->readable && mapping->limit - address >= bytes;
}

uintptr_t lab_word_at(const lab_leak_scan *scan, uintptr_t address) {
  return address % 8 == 0 && can_read(scan, address, 8) ? *(const uintptr_t *)address : 0;
}

static uint32_t half_at(const lab_leak_scan *scan, uintptr_t address) {
  return address % 4 == 0 && can_read(scan, address, 4) ? *(const uint32_t *)address : 0;
}

/// What the relative pointer at `address` leads to, 0 if nothing.
static uintptr_t relative_at(const lab_leak_scan *scan, uintptr_t address) {
  int32_t distance = (int32_t)half_at(scan, address);
  return distance == 0 ? 0 : address + (uintptr_t)(intptr_t)distance;
}

static bool is_text(const lab_leak_scan *scan, uintptr_t address, const char *text) {
  size_t bytes = strlen(text) + 1;
  return address != 0 && can_read(scan, address, bytes) && memcmp((const char *)address, text, bytes) == 0;
}

// MARK: - Types
// Source: Swift, docs/ABI/TypeMetadata.rst, include/swift/ABI/Metadata.h.

#define KIND_CLASS 0
#define KIND_STRUCT 0x200
#define CONTEXT_CLASS 16
#define IS_GENERIC 0x80
#define HAS_RESILIENT_SUPERCLASS (1u << 29)

/// Whether a type of this description has the name, in whatever module.
static bool is_named(const lab_leak_scan *scan, uintptr_t description, const char *name) {
  return is_text(scan, relative_at(scan, description + 8), name);
}

/// Whether it is the standard library's of that name.
static bool is_standard(const lab_leak_scan *scan, uintptr_t description, const char *name) {
  uintptr_t module = relative_at(scan, description + 4);
  return is_named(scan, description, name) && is_text(scan, relative_at(scan, module + 8), "Swift");
}

/// What the value witness table says of a type's values; a stride of 0 if it cannot be read.
static lab_value_layout values_of(const lab_leak_scan *scan, uintptr_t type) {
  lab_value_layout layout = {0};
  uintptr_t table = lab_word_at(scan, type - 8);
  if (table == 0 || !can_read(scan, table, 88)) return layout;
  uintptr_t size = lab_word_at(scan, table + 64), stride = lab_word_at(scan, table + 72);
  if (size > stride || stride > UINT32_MAX) return layout;
  bool is_identifier = lab_word_at(scan, type) == KIND_STRUCT &&
                       is_standard(scan, lab_word_at(scan, type + 8), "ObjectIdentifier");
  return (lab_value_layout){.size = (uint32_t)size, .stride = stride == 0 ? 1 : (uint32_t)stride,
                            .alignment_mask = half_at(scan, table + 80) & 0xff, .names_only = is_identifier};
}

/// The values that the generic argument of a class stands for.
static lab_value_layout argument(const lab_leak_scan *scan, uintptr_t metadata, uintptr_t description, unsigned index) {
  uint32_t flags = half_at(scan, description);
  if (!(flags & IS_GENERIC)) return (lab_value_layout){0};
  uintptr_t first;
  if (flags & HAS_RESILIENT_SUPERCLASS) {
    // The runtime has noted where they begin, for the size of the superclass's part is known to it only.
    first = lab_word_at(scan, relative_at(scan, description + 24));
  } else {
    first = 8 * (uintptr_t)(half_at(scan, description + 28) - half_at(scan, description + 32));
  }
  if (first == 0 || first > 1 << 19) return (lab_value_layout){0};
  return values_of(scan, lab_word_at(scan, metadata + first + 8 * index));
}

void lab_learn_layout(const lab_leak_scan *scan, lab_block_layout *out, uintptr_t word) {
  *out = (lab_block_layout){.word = word, .kind = LAB_USED_WHOLE};
  if (word == 0 || word % 8 != 0) return;
  // Not by its kind: a statically linked program has a runtime of its own beside that of a preloaded profiler.
  if (word == scan->tasks.mark || word == scan->tasks.slab_mark) {
    out->kind = word == scan->tasks.mark ? LAB_USED_TASK : LAB_USED_SLAB;
    return;
  }
  if (!can_read(scan, word, 48)) return;
  uintptr_t description = lab_word_at(scan, word + 40);
  if (lab_word_at(scan, word) != KIND_CLASS || (half_at(scan, description) & 0x1f) != CONTEXT_CLASS) return;
  lab_used_kind kind = LAB_USED_WHOLE;
  if (is_standard(scan, description, "_ContiguousArrayStorage")) kind = LAB_USED_ARRAY;
  else if (is_standard(scan, description, "_DictionaryStorage")) kind = LAB_USED_DICTIONARY;
  else if (is_standard(scan, description, "_SetStorage")) kind = LAB_USED_SET;
  // That of AsyncStream and that of swift-collections; both are ManagedBuffers.
  else if (is_named(scan, description, "_DequeBuffer") &&
           is_standard(scan, lab_word_at(scan, lab_word_at(scan, word + 8) + 40), "ManagedBuffer"))
    kind = LAB_USED_DEQUE;
  if (kind == LAB_USED_WHOLE) return;
  out->element = argument(scan, word, description, 0);
  if (kind == LAB_USED_DICTIONARY) out->value = argument(scan, word, description, 1);
  if (out->element.stride == 0 || (kind == LAB_USED_DICTIONARY && out->value.stride == 0)) return;
  out->kind = kind;
}

// MARK: - Containers
// Each returns false if the block does not look as it should; then all of it counts.

static uintptr_t aligned(uintptr_t address, uint32_t mask) { return (address + mask) & ~(uintptr_t)mask; }

static bool fits(uintptr_t start, uint64_t count, uint32_t stride, uintptr_t limit) {
  return start <= limit && count <= (limit - start) / stride;
}

/// Count and twice the capacity at words 2 and 3, then the elements. Source:
/// stdlib/public/core/ContiguousArrayBuffer.swift.
static bool visit_array(lab_leak_scan *scan, const lab_block_layout *layout, uintptr_t block, uintptr_t limit,
                        lab_words_visitor visit) {
  const uintptr_t *words = (const uintptr_t *)block;
  uintptr_t start = aligned(block + 32, layout->element.alignment_mask), count = words[2], capacity = words[3] >> 1;
  if (count > capacity || !fits(start, capacity, layout->element.stride, limit)) return false;
  if (!layout->element.names_only) visit(scan, start, start + count * layout->element.stride);
  return true;
}

/// Visits the entries in use of one table of buckets.
static void visit_buckets(lab_leak_scan *scan, lab_value_layout entry, uintptr_t table, const uint64_t *used,
                          uint64_t buckets, lab_words_visitor visit) {
  if (entry.names_only) return;
  for (uint64_t first = 0; first < buckets; first += 64)
    for (uint64_t bits = used[first / 64]; bits != 0; bits &= bits - 1) {
      uintptr_t at = table + (first + (uint64_t)__builtin_ctzll(bits)) * entry.stride;
      visit(scan, at & ~7ul, aligned(at + entry.size, 7));
    }
}

/// Count, capacity, the logarithm of the number of buckets at byte 32, where keys lie at 48, for a dictionary where
/// values lie at 56, then a bit a bucket. Source: stdlib/public/core/SetStorage.swift, DictionaryStorage.swift.
static bool visit_table(lab_leak_scan *scan, const lab_block_layout *layout, uintptr_t block, uintptr_t limit,
                        lab_words_visitor visit) {
  bool has_values = layout->kind == LAB_USED_DICTIONARY;
  uintptr_t bitmap = block + (has_values ? 64 : 56);
  uint8_t scale = *(const uint8_t *)(block + 32);
  if (bitmap > limit || scale > 40) return false;
  uint64_t buckets = 1ull << scale, words = (buckets + 63) / 64, count = 0;
  if (!fits(bitmap, words, 8, limit)) return false;
  const uint64_t *used = (const uint64_t *)bitmap;
  // A table smaller than a word has its other bits set.
  uint64_t last = buckets < 64 ? (1ull << buckets) - 1 : ~0ull;
  for (uint64_t i = 0; i < words; i++) count += (uint64_t)__builtin_popcountll(used[i] & last);
  uintptr_t keys = *(const uintptr_t *)(block + 48), values = *(const uintptr_t *)(block + 56);
  uint64_t only = used[0] & last;
  if (buckets < 64) used = &only;
  if (count != *(const uintptr_t *)(block + 16) || keys < bitmap || !fits(keys, buckets, layout->element.stride, limit))
    return false;
  if (has_values && (values < bitmap || !fits(values, buckets, layout->value.stride, limit))) return false;
  visit_buckets(scan, layout->element, keys, used, buckets, visit);
  if (has_values) visit_buckets(scan, layout->value, values, used, buckets, visit);
  return true;
}

/// Capacity, count and the first slot in use at words 2 to 4, then a ring of slots.
/// Source: stdlib/public/Concurrency/Deque.swift and swift-collections, _DequeBufferHeader.
static bool visit_deque(lab_leak_scan *scan, const lab_block_layout *layout, uintptr_t block, uintptr_t limit,
                        lab_words_visitor visit) {
  const uintptr_t *words = (const uintptr_t *)block;
  uintptr_t slots = aligned(block + 40, layout->element.alignment_mask), capacity = words[2], count = words[3];
  uint32_t stride = layout->element.stride;
  if (limit - block < 40 || count > capacity || words[4] > capacity) return false;
  if (!fits(slots, capacity, stride, limit)) return false;
  uintptr_t before_end = capacity - words[4] < count ? capacity - words[4] : count;
  visit(scan, slots + words[4] * stride, slots + (words[4] + before_end) * stride);
  visit(scan, slots, slots + (count - before_end) * stride);
  return true;
}

// MARK: - Tasks

uintptr_t lab_piece_end_of_use(uintptr_t piece, uintptr_t limit) {
  if (piece > limit || limit - piece < LAB_SLAB_HEADER) return 0;
  uint32_t capacity = *(const uint32_t *)(piece + LAB_SLAB_CAPACITY), used = *(const uint32_t *)(piece + LAB_SLAB_USED);
  uintptr_t start = piece + LAB_SLAB_HEADER;
  return used > capacity || !fits(start, capacity, 1, limit) ? 0 : aligned(start + used, 7);
}

uintptr_t lab_task_own_piece(const lab_leak_scan *scan, uintptr_t task, uintptr_t limit) {
  for (uintptr_t at = task + 16; at < task + scan->tasks.size; at += 8) {
    uintptr_t piece = *(const uintptr_t *)at;
    if (piece % 16 != 0 || piece < task + scan->tasks.size || piece > limit - LAB_SLAB_HEADER) continue;
    if (*(const uintptr_t *)piece == scan->tasks.slab_mark) return piece;
  }
  return 0;
}

/// A task that has not ended uses part of its stack.
static LAB_POPCOUNT bool visit_open_task(lab_leak_scan *scan, uintptr_t block, uintptr_t limit,
                                         lab_words_visitor visit) {
  uintptr_t piece = lab_task_own_piece(scan, block, limit), end = piece == 0 ? 0 : lab_piece_end_of_use(piece, limit);
  if (end == 0) return false;
  visit(scan, block, end);
  return true;
}

/// A task that has ended keeps its result and the memory it used as its stack; what its functions used is over.
static LAB_POPCOUNT bool visit_task(lab_leak_scan *scan, uintptr_t block, uintptr_t limit, lab_words_visitor visit) {
  uintptr_t end = block + scan->tasks.size;
  if (end + 64 > limit) return false;
  if (!(*(const uint32_t *)(block + LAB_TASK_STATUS) & LAB_TASK_IS_COMPLETE))
    return visit_open_task(scan, block, limit, visit);
  uintptr_t start = end;
  uint32_t flags = *(const uint32_t *)(block + LAB_TASK_FLAGS);
  if (flags & LAB_TASK_IS_CHILD) end += LAB_TASK_CHILD_BYTES;
  if (flags & LAB_TASK_IS_GROUP_CHILD) end += LAB_TASK_GROUP_CHILD_BYTES;
  if (flags & LAB_TASK_IS_FUTURE) {
    lab_value_layout result = values_of(scan, *(const uintptr_t *)(end + LAB_FUTURE_TYPE));
    if (result.stride == 0) return false;
    end = aligned(end + LAB_FUTURE_RESULT, result.alignment_mask) + result.size;
  }
  end = aligned(end, 7);
  if (end > limit) return false;
  // Not what was behind it in a queue.
  for (uintptr_t at = block + LAB_TASK_FLAGS; at < start; at += 8) {
    uint32_t held = lab_candidate(scan, lab_address_in(*(const uintptr_t *)at));
    if (held != LAB_NO_BLOCK && *(const uintptr_t *)scan->blocks[held].address == scan->tasks.slab_mark)
      visit(scan, at, at + 8);
  }
  visit(scan, start, end);
  return true;
}

/// A piece of a task's stack tells how much of it is in use.
static bool visit_slab(lab_leak_scan *scan, uintptr_t block, uintptr_t limit, lab_words_visitor visit) {
  uintptr_t end = lab_piece_end_of_use(block, limit);
  if (end == 0) return false;
  visit(scan, block, end);
  return true;
}

LAB_POPCOUNT void lab_visit_used(lab_leak_scan *scan, const lab_block_layout *layout, uintptr_t address,
                                 uintptr_t limit, lab_words_visitor visit) {
  bool is_known = false;
  if (layout->kind == LAB_USED_TASK) {
    is_known = visit_task(scan, address, limit, visit);
  } else if (layout->kind == LAB_USED_SLAB) {
    is_known = visit_slab(scan, address, limit, visit);
  } else {
    uint32_t block = lab_candidate(scan, address);
    bool is_object = lab_heap_makes_objects(scan->blocks[block].stack);
    if (is_object && layout->kind == LAB_USED_ARRAY) is_known = visit_array(scan, layout, address, limit, visit);
    else if (is_object && layout->kind == LAB_USED_DEQUE) is_known = visit_deque(scan, layout, address, limit, visit);
    else if (is_object) is_known = visit_table(scan, layout, address, limit, visit);
  }
  if (!is_known) visit(scan, address, limit);
}
#endif
