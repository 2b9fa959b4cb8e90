// What is known of the Swift runtime and of libdispatch that neither promises, as far as only C needs it; the rest is
// in lab_runtime.h.
#pragma once
#include "lab_runtime.h"
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// Whether a task's task-local values lie where they are known to: a narrower question than that of its size.
bool lab_runtime_knows_locals(void);
/// Where __dispatch_tsd lies in the program's own thread-local storage; INTPTR_MAX if it is not there.
intptr_t lab_runtime_dispatch_storage(void);

/// A task-local item. Source: Swift, include/swift/ABI/TaskLocal.h.
enum { LAB_ITEM_NEXT = 0, LAB_ITEM_KEY = 8, LAB_ITEM_VALUE = 24, LAB_ITEM_BYTES = 32 };
/// Low bits of the link to the next item: what kind of item this is.
enum { LAB_ITEM_KIND = 7, LAB_ITEM_HAS_NO_VALUE = 4, LAB_ITEM_ENDS_LIST = 6 };

/// A HeapObjectSideTableEntry. Source: Swift, stdlib/public/SwiftShims/swift/shims/RefCount.h.
typedef struct lab_side_table {
  uintptr_t object;
  uint64_t padding;
  uint64_t counts;
  uint32_t weak_count, more_padding;
} lab_side_table;

/// What the word with an object's counts says, or the one in its side table: strong references beyond the first, whether
/// the object is going or gone, unowned references and the object itself, and whether it means something else.
/// Source: the same, RefCountBitOffsets<8>.
#define LAB_IS_DEINITING (1ull << 32)
#define LAB_COUNTS_ARE_ELSEWHERE (1ull << 63)
static inline uint32_t lab_more_strong_in(uint64_t counts) { return (uint32_t)(counts >> 33) & 0x3fffffff; }
static inline uint32_t lab_unowned_in(uint64_t counts) { return (uint32_t)(counts >> 1) & 0x7fffffff; }

/// The table that an object's counts moved to, once a weak reference to it was made: its count word has the two top
/// bits set, and below them the table's address. 0 if there is none.
static inline uintptr_t lab_side_table_in(uint64_t counts) {
  return counts >> 62 == 3 ? (uintptr_t)(counts << 2 >> 2) << 3 : 0;
}

/// A dispatch_continuation_s, as far as it matters. Source: swift-corelibs-libdispatch, src/queue_internal.h.
typedef struct lab_dispatch_continuation {
  uintptr_t flags;
  uint32_t cache_count, unused;
  uintptr_t next;
  uintptr_t rest[5];
} lab_dispatch_continuation;

/// Where a dispatch_tsd has the list of unused continuations, and how large it is. Source: src/shims/tsd.h.
enum { LAB_DISPATCH_TSD_CACHE = 24, LAB_DISPATCH_TSD_BYTES = 96 };

#pragma GCC visibility pop

/// Functions of the runtime; null in a program without Swift.
extern void *swift_allocObject(const void *metadata, size_t size, size_t alignment_mask) __attribute__((weak));
extern void *swift_slowAlloc(size_t size, size_t alignment_mask) __attribute__((weak));
extern void *swift_task_getCurrent(void) __attribute__((weak));
