// Finds the tracked blocks that no root leads to, and the references among them.
//
// Mark: a reference is any word that, with Swift's tag bits taken off, lies in a tracked block. Words come in no order,
// so each block is fetched from memory a few steps before it is looked at; the order of the walk is a stack of block
// numbers. C, because all other threads stand still meanwhile and one of them may own malloc's lock: no heap, no locks,
// no dynamic linker; only system calls, memory and malloc_usable_size (which only reads the block's header).
#define _GNU_SOURCE
#include "leaks.h"
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

// References that wait for their block to arrive from memory.
#define WAITING 16
// Content beyond this much is not copied; its references are.
#define CONTENT_BYTES (512ull << 20)
#define OWN_REGIONS 4096
#define ATTEMPTS 20
// More than the thread-local storage of all libraries that were loaded at the start.
#define STATIC_TLS_BYTES 65536

typedef struct waiting_reference {
  uintptr_t address;
  uint32_t block;
  bool is_exact;
} waiting_reference;

typedef struct leak_scan {
  lab_heap_block *blocks;
  size_t capacity;
  lab_block_index index;
  lab_stopped_world world;
  lab_memory_map map;
  lab_own_region *own;
  uint64_t *marked;                 // a bit a block
  uint64_t *opaque;                 // a bit a block: it counts when referred to, but its words do not
  uintptr_t *stack;                 // where blocks to be looked at begin
  size_t depth;
  waiting_reference waiting[WAITING];
  unsigned next;
  uint64_t root_bytes;
  intptr_t continuations;           // of libdispatch's list of unused ones from the thread pointer, 0 if unknown
  uint32_t *number;                 // of a leaked block in the result
} leak_scan;

static int busy;

// Never nothing: a mapping of no bytes is refused.
static bool map_words(void **out, size_t bytes) { return (*out = lab_own_map(bytes + 64)) != NULL; }
static void unmap_words(void *start, size_t bytes) { lab_own_unmap(start, bytes + 64); }

static inline __attribute__((always_inline)) bool has_bit(const uint64_t *bits, uint32_t i) {
  return bits[i / 64] >> (i % 64) & 1;
}
static inline __attribute__((always_inline)) void set_bit(uint64_t *bits, uint32_t i) {
  bits[i / 64] |= 1ull << (i % 64);
}

// The address in a word. libdispatch keeps some references inverted.
static inline __attribute__((always_inline)) uintptr_t address_in(uintptr_t word) {
  return (word >> 47 == 0x1ffff ? ~word : word) & LAB_POINTER_MASK;
}

// The block that the word may refer to, unchecked.
static inline LAB_POPCOUNT __attribute__((always_inline)) uint32_t candidate(const leak_scan *scan, uintptr_t address) {
  if (address - scan->index.low >= scan->index.span) return LAB_NO_BLOCK;
  return lab_index_candidate(&scan->index, address);
}

// Whether the address lies in the block. Beyond what was asked for there is nothing to refer to, but there malloc's
// own words may point: the last eight bytes handed out are the next chunk's first.
static inline __attribute__((always_inline)) bool lies_in(const leak_scan *scan, uint32_t block, uintptr_t address) {
  const lab_heap_block *b = &scan->blocks[block];
  return address - b->address < (b->size == 0 ? 1 : b->size);
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void settle(leak_scan *scan, waiting_reference reference) {
  if (has_bit(scan->marked, reference.block)) return;
  uintptr_t begin = reference.address;
  if (!reference.is_exact) {
    if (!lies_in(scan, reference.block, reference.address)) return;
    begin = scan->blocks[reference.block].address;
  }
  set_bit(scan->marked, reference.block);
  if (!has_bit(scan->opaque, reference.block)) scan->stack[scan->depth++] = begin;
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_at(leak_scan *scan, uintptr_t word) {
  uintptr_t address = address_in(word);
  uint32_t block = candidate(scan, address);
  if (block == LAB_NO_BLOCK || has_bit(scan->marked, block)) return;
  // Most references are to a block's first byte, and then the block's entry need not be fetched.
  bool is_exact = lab_index_begins_at(&scan->index, address);
  __builtin_prefetch(is_exact ? (const void *)address : &scan->blocks[block]);
  waiting_reference *slot = &scan->waiting[scan->next++ % WAITING], first = *slot;
  *slot = (waiting_reference){address, block, is_exact};
  if (first.block != LAB_NO_BLOCK) settle(scan, first);
}

static LAB_POPCOUNT void look_at_words(leak_scan *scan, uintptr_t start, uintptr_t limit) {
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) look_at(scan, *(const uintptr_t *)at);
}

static LAB_POPCOUNT void drain(leak_scan *scan) {
  for (;;) {
    if (scan->depth == 0) {
      for (unsigned i = 0; i < WAITING; i++) {
        waiting_reference reference = scan->waiting[i];
        scan->waiting[i].block = LAB_NO_BLOCK;
        if (reference.block != LAB_NO_BLOCK) settle(scan, reference);
      }
      if (scan->depth == 0) return;
    }
    uintptr_t address = scan->stack[--scan->depth];
    look_at_words(scan, address, address + malloc_usable_size((void *)address));
  }
}

static LAB_POPCOUNT void visit_root(void *context, uintptr_t start, uintptr_t limit, bool allocator) {
  leak_scan *scan = context;
  scan->root_bytes += limit - start;
  if (!allocator) {
    look_at_words(scan, start, limit);
  } else {
    for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
      uintptr_t address = address_in(*(const uintptr_t *)at);
      uint32_t block = candidate(scan, address);
      if (block == LAB_NO_BLOCK) continue;
      uintptr_t begin = scan->blocks[block].address;
      // A free chunk's address is the last word of the block before it.
      if (address != begin && address == begin + malloc_usable_size((void *)begin) - 8) continue;
      look_at(scan, address);
    }
  }
  drain(scan);
}

// Finds the side tables: they hold an object's counts once a weak reference to it was made, and its address, which
// must not count as a reference. The object's count word has its two top bits set and the table's address below them;
// the table's first word is the object's address. Source: Swift, stdlib/public/SwiftShims/RefCount.h.
static LAB_POPCOUNT void find_side_tables(leak_scan *scan) {
  for (uint32_t i = 0; i < scan->index.count; i++) {
    const lab_heap_block *block = &scan->blocks[i];
    if (block->size < 16) continue;
    uint64_t counts = ((const uint64_t *)block->address)[1];
    if (counts >> 62 != 3) continue;
    uintptr_t table = (uintptr_t)(counts << 2 >> 2) << 3;
    uint32_t found = candidate(scan, table);
    if (found == LAB_NO_BLOCK || scan->blocks[found].address != table || scan->blocks[found].size < 16) continue;
    if (*(const uintptr_t *)table == block->address) set_bit(scan->opaque, found);
  }
}

// The block that begins at `address`, if it is one of `size` bytes.
static LAB_POPCOUNT uint32_t block_at(const leak_scan *scan, uintptr_t address, size_t size) {
  uint32_t block = candidate(scan, address);
  bool is_one = block != LAB_NO_BLOCK && scan->blocks[block].address == address && scan->blocks[block].size == size;
  return is_one ? block : LAB_NO_BLOCK;
}

// A dispatch_continuation_s, as far as it matters. Source: swift-corelibs-libdispatch, src/queue_internal.h.
typedef struct continuation {
  uintptr_t flags;
  uint32_t cache_count, unused;
  uintptr_t next;
  uintptr_t rest[5];
} continuation;

// How many continuations hang on `address` if it is a list of unused ones: each counts those from itself on, and the
// last has none after it. 0 if it is anything else.
static size_t unused_continuations(const leak_scan *scan, uintptr_t address) {
  uint32_t block = block_at(scan, address, sizeof(continuation));
  if (block == LAB_NO_BLOCK) return 0;
  uint32_t length = ((const continuation *)address)->cache_count;
  if (length == 0 || length > 1 << 16) return 0;
  for (uint32_t left = length; left > 0; left--) {
    if (block_at(scan, address, sizeof(continuation)) == LAB_NO_BLOCK) return 0;
    const continuation *c = (const continuation *)address;
    if (c->cache_count != left || (c->next == 0) != (left == 1)) return 0;
    address = c->next;
  }
  return length;
}

// libdispatch keeps used continuations in a list a thread, which begins in thread-local storage; each still holds the
// address of what it was made for, such as a task. Source: src/inline_internal.h, _dispatch_continuation_free_cacheonly.
static void find_unused_continuations(leak_scan *scan, uintptr_t thread_pointer) {
  if (scan->continuations == 0) return;
  uintptr_t slot = thread_pointer + (uintptr_t)scan->continuations;
  const lab_mapping *mapping = lab_map_find(&scan->map, slot);
  if (mapping == NULL || !mapping->readable || slot % 8 != 0) return;
  uintptr_t address = *(const uintptr_t *)slot;
  for (size_t left = unused_continuations(scan, address); left > 0; left--) {
    uint32_t block = block_at(scan, address, sizeof(continuation));
    set_bit(scan->opaque, block);
    set_bit(scan->marked, block);
    address = ((const continuation *)address)->next;
  }
}

// Where a dispatch_tsd has the list, and how large it is. Source: src/shims/tsd.h.
#define DISPATCH_TSD_CACHE 24
#define DISPATCH_TSD_BYTES 96

static int find_dispatch_storage(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  if (info->dlpi_name == NULL || strstr(info->dlpi_name, "/libdispatch.so") == NULL) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_TLS || info->dlpi_phdr[i].p_memsz != DISPATCH_TSD_BYTES) continue;
    // Where every thread has it at the same place. Storage of libraries loaded later lies elsewhere in each.
    intptr_t distance = (intptr_t)info->dlpi_tls_data - (intptr_t)lab_thread_pointer();
    if (info->dlpi_tls_data != NULL && distance < 0 && distance > -STATIC_TLS_BYTES)
      *(intptr_t *)context = distance + DISPATCH_TSD_CACHE;
  }
  return 1;
}

// ---- The result ----


static uint64_t extent_of(const lab_heap_block *block) { return malloc_usable_size((void *)block->address); }

// Lists the unmarked blocks and copies them. Sizes are known only now; memory comes from the kernel.
static bool collect_blocks(leak_scan *scan, lab_leaks_result *out) {
  size_t leaked = 0;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < scan->index.count; i++) {
    out->live_bytes += scan->blocks[i].size;
    if (has_bit(scan->marked, i)) continue;
    leaked++;
    bytes += extent_of(&scan->blocks[i]);
  }
  out->live_blocks = scan->index.count;
  out->block_count = leaked;
  if (!map_words((void **)&out->blocks, leaked * sizeof(lab_leaks_block)) ||
      !map_words((void **)&out->edges, bytes / 8 * sizeof(lab_leaks_edge)))
    return false;
  out->edge_capacity = bytes / 8;
  out->content_bytes = bytes < CONTENT_BYTES ? bytes : CONTENT_BYTES;
  if (!map_words((void **)&out->content, out->content_bytes)) return false;
  uint64_t copied = 0;
  uint32_t number = 0;
  for (uint32_t i = 0; i < scan->index.count; i++) {
    if (has_bit(scan->marked, i)) continue;
    const lab_heap_block *block = &scan->blocks[i];
    uint64_t extent = extent_of(block);
    bool fits = copied + extent <= out->content_bytes;
    scan->number[i] = number;
    out->blocks[number++] = (lab_leaks_block){
        .address = block->address, .size = block->size, .extent = extent, .stack = block->stack,
        .content = fits ? copied : LAB_LEAKS_NOT_COPIED, .is_opaque = has_bit(scan->opaque, i)};
    if (!fits) continue;
    memcpy(out->content + copied, (const void *)block->address, extent);
    copied += extent;
  }
  return true;
}

static LAB_POPCOUNT void collect_edges(leak_scan *scan, lab_leaks_result *out) {
  size_t count = 0;
  for (uint32_t from = 0; from < out->block_count; from++) {
    const lab_leaks_block *block = &out->blocks[from];
    if (block->is_opaque) continue;
    for (uint64_t offset = 0; offset + 8 <= block->extent; offset += 8) {
      uintptr_t address = address_in(*(const uintptr_t *)(block->address + offset));
      uint32_t to = candidate(scan, address);
      if (to == LAB_NO_BLOCK || has_bit(scan->marked, to) || !lies_in(scan, to, address)) continue;
      if (has_bit(scan->opaque, to)) continue;
      out->edges[count++] = (lab_leaks_edge){from, scan->number[to], offset};
    }
  }
  out->edge_count = count;
}

static bool collect_readable(leak_scan *scan, lab_leaks_result *out) {
  if (!map_words((void **)&out->readable, scan->map.count * sizeof(lab_leaks_range))) return false;
  out->readable_capacity = scan->map.count;
  for (size_t i = 0; i < scan->map.count; i++) {
    const lab_mapping *mapping = &scan->map.mappings[i];
    if (!mapping->readable || mapping->shared || mapping->is_kernel) continue;
    lab_leaks_range *last = out->readable_count > 0 ? &out->readable[out->readable_count - 1] : NULL;
    if (last != NULL && last->limit == mapping->start) last->limit = mapping->limit;
    else out->readable[out->readable_count++] = (lab_leaks_range){mapping->start, mapping->limit};
  }
  return true;
}

// ---- The whole ----

// Has the kernel put memory behind the pages now, so that it need not while the threads wait.
static void touch(void *start, size_t bytes) {
  madvise((void *)(((uintptr_t)start + 4095) & ~4095ul), bytes & ~4095ul, MADV_HUGEPAGE);
  for (size_t at = 0; at < bytes; at += 4096) ((volatile char *)start)[at] = 0;
}

static bool open_scan(leak_scan *scan, size_t capacity) {
  scan->capacity = capacity;
  bool is_open = map_words((void **)&scan->blocks, capacity * sizeof(lab_heap_block)) &&
         map_words((void **)&scan->marked, capacity / 8) && map_words((void **)&scan->opaque, capacity / 8) &&
         map_words((void **)&scan->stack, capacity * 8) && map_words((void **)&scan->number, capacity * 4) &&
         map_words((void **)&scan->own, OWN_REGIONS * sizeof(lab_own_region)) && lab_world_open(&scan->world) &&
         lab_map_open(&scan->map);
  if (is_open) {
    touch(scan->blocks, capacity * sizeof(lab_heap_block));
    touch(scan->marked, capacity / 8);
    touch(scan->opaque, capacity / 8);
  }
  return is_open;
}

static void close_scan(leak_scan *scan) {
  lab_index_close(&scan->index);
  unmap_words(scan->blocks, scan->capacity * sizeof(lab_heap_block));
  unmap_words(scan->marked, scan->capacity / 8);
  unmap_words(scan->opaque, scan->capacity / 8);
  unmap_words(scan->stack, scan->capacity * 8);
  unmap_words(scan->number, scan->capacity * 4);
  unmap_words(scan->own, OWN_REGIONS * sizeof(lab_own_region));
  if (scan->world.threads != NULL) lab_world_close(&scan->world);
  lab_map_close(&scan->map);
}

// All that happens while the threads stand still.
static lab_leaks_status scan_stopped(leak_scan *scan, lab_leaks_result *out, uintptr_t own_sp,
                                     const uintptr_t registers[6]) {
  if (lab_heap_moving_count() != 0) return LAB_LEAKS_UNSETTLED;
  size_t count = lab_heap_copy_blocks(scan->blocks, scan->capacity);
  if (count > scan->capacity) return LAB_LEAKS_UNSETTLED;
  if (!lab_map_read(&scan->map)) return LAB_LEAKS_NO_MAPS;
  if (!lab_index_open(&scan->index, scan->blocks, count)) return LAB_LEAKS_NO_MEMORY;
  for (unsigned i = 0; i < WAITING; i++) scan->waiting[i].block = LAB_NO_BLOCK;
  find_side_tables(scan);
  find_unused_continuations(scan, lab_thread_pointer());
  for (uint32_t i = 0; i < scan->world.count; i++)
    if (scan->world.threads[i].state == LAB_THREAD_STOPPED)
      find_unused_continuations(scan, scan->world.threads[i].pointer);
  visit_root(scan, (uintptr_t)registers, (uintptr_t)(registers + 6), false);
  lab_roots_visit(&scan->map, &scan->world, &scan->index, own_sp, scan->own, OWN_REGIONS, visit_root, scan);
  out->root_bytes = scan->root_bytes;
  if (!collect_blocks(scan, out) || !collect_readable(scan, out)) return LAB_LEAKS_NO_MEMORY;
  collect_edges(scan, out);
  return LAB_LEAKS_OK;
}

static __attribute__((noinline)) lab_leaks_status attempt(lab_leaks_result *out, uint64_t patience, uintptr_t own_sp,
                                const uintptr_t registers[6]) {
  leak_scan scan = {0};
  lab_leaks_status status = LAB_LEAKS_NO_MEMORY;
  size_t count = lab_heap_block_count();
  // Blocks made until the threads stop need room too.
  if (open_scan(&scan, count + count / 4 + (1 << 16))) {
    // Takes the dynamic linker's lock, so not later.
    dl_iterate_phdr(find_dispatch_storage, &scan.continuations);
    uint64_t start = lab_now();
    status = lab_world_stop(&scan.world, patience);
    if (status == LAB_LEAKS_OK) status = scan_stopped(&scan, out, own_sp, registers);
    out->pause_nanoseconds = lab_now() - start;
    lab_world_resume(&scan.world);
    out->culprit = scan.world.culprit;
    for (uint32_t i = 0; i < scan.world.count; i++) {
      out->threads += scan.world.threads[i].state != LAB_THREAD_GONE;
      out->unreadable_threads += scan.world.threads[i].state == LAB_THREAD_ASLEEP;
    }
  }
  close_scan(&scan);
  return status;
}

// As much as the functions between LeakDetector.report and the scan have of the stack.
#define OWN_FRAMES 24576

__attribute__((noinline)) void lab_leaks_clear_stack(void) {
  volatile char below[OWN_FRAMES];
  for (size_t i = 0; i < sizeof below; i++) below[i] = 0;
}

// Not inlined, and neither is what it calls: from its frame up the words on this stack are roots, below they are not.
__attribute__((noinline)) lab_leaks_status lab_leaks_scan(lab_leaks_result *out, uint64_t patience) {
  uintptr_t registers[6];
  lab_callee_saved(registers);
  uintptr_t own_sp = lab_stack_pointer();
  memset(out, 0, sizeof *out);
  if (lab_heap_rate() != 1) return LAB_LEAKS_NOT_ARMED;
  if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) return LAB_LEAKS_BUSY;
  uint64_t start = lab_now();
  lab_leaks_status status = LAB_LEAKS_UNSETTLED;
  for (uint32_t i = 0; i < ATTEMPTS && status == LAB_LEAKS_UNSETTLED; i++) {
    lab_leaks_free(out);
    memset(out, 0, sizeof *out);
    status = attempt(out, patience, own_sp, registers);
    out->attempts = i + 1;
  }
  out->total_nanoseconds = lab_now() - start;
  __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
  return status;
}

void lab_leaks_free(lab_leaks_result *result) {
  unmap_words(result->blocks, result->block_count * sizeof(lab_leaks_block));
  unmap_words(result->edges, result->edge_capacity * sizeof(lab_leaks_edge));
  unmap_words(result->content, result->content_bytes);
  unmap_words(result->readable, result->readable_capacity * sizeof(lab_leaks_range));
  *result = (lab_leaks_result){0};
}
