// The table of tracked blocks: for every 16 bytes of address space that malloc can hand out, the bucket of the block
// that begins there, or 0.
//
// A shadow in two levels: a directory of regions of 64 MiB, each with a leaf of one word a granule, both mapped without
// reserve, so that only pages in use cost memory. Neighbouring blocks share cache lines, nothing is hashed, moved or
// locked, and a thread may be stopped or killed at any instruction without leaving harm behind.
//
// C, because it is called inside malloc and free. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/system_call.h"
#include "heap/heap.h"
#include <string.h>
#include <sys/mman.h>

#define REGION_SHIFT 26
#define REGIONS (1u << (LAB_USER_BITS - REGION_SHIFT))
#define WORDS_PER_PAGE 1024

_Atomic uint8_t lab_heap_filter[1 << 14] __attribute__((aligned(64)));

/// By region, the leaf: a word a granule, another that says when the block there was recorded, then a byte a page of words
/// that tells whether it was ever written to.
static _Atomic(_Atomic uint32_t *) *directory;
/// When the session began, in milliseconds.
static uint64_t first_millisecond;
static unsigned granule_shift = 4;
static bool tracks_all;
/// The regions that have a leaf, so that enumeration need not read the whole directory.
static _Atomic uint32_t *used_regions;
static _Atomic uint32_t used_count;

static size_t words_per_leaf(void) { return (size_t)1 << (REGION_SHIFT - granule_shift); }
static size_t leaf_bytes(void) { return words_per_leaf() * 2 * sizeof(uint32_t) + words_per_leaf() / WORDS_PER_PAGE; }
static _Atomic uint32_t *births_of(_Atomic uint32_t *words) { return words + words_per_leaf(); }
static _Atomic uint8_t *touched_of(_Atomic uint32_t *words) { return (_Atomic uint8_t *)(words + 2 * words_per_leaf()); }

/// By the clock that is read without asking for the time; it moves on at the kernel's tick.
static uint64_t millisecond(void) { return lab_nanoseconds(CLOCK_MONOTONIC_COARSE) / 1000000; }
uint32_t lab_heap_now(void) { return (uint32_t)(millisecond() - first_millisecond); }

bool lab_heap_table_open(bool all, unsigned shift) {
  granule_shift = shift;
  tracks_all = all;
  first_millisecond = millisecond();
  if (directory == NULL) {
    void *regions = lab_own_map(REGIONS * sizeof(uint32_t)), *leaves = lab_own_map(REGIONS * sizeof(uint32_t *));
    if (regions == NULL || leaves == NULL) {
      lab_own_unmap(regions, REGIONS * sizeof(uint32_t));
      lab_own_unmap(leaves, REGIONS * sizeof(uint32_t *));
      return false;
    }
    used_regions = regions;
    atomic_thread_fence(memory_order_release);
    directory = leaves;
  }
  memset((void *)lab_heap_filter, all ? 0xff : 0, sizeof lab_heap_filter);
  return true;
}

/// Adds one to or takes one from a count; one that reached 255 stays there, for then its true value is unknown.
static void filter_add(const void *block, int step) {
  if (tracks_all) return;
  _Atomic uint8_t *count = lab_heap_filter_of(block);
  uint8_t old = LAB_LOAD(count);
  do {
    if (old == 255 || (step < 0 && old == 0)) return;
  } while (!atomic_compare_exchange_weak_explicit(count, &old, (uint8_t)(old + step), memory_order_relaxed,
                                                  memory_order_relaxed));
}

static _Atomic uint32_t *leaf_of(uintptr_t address) {
  uintptr_t region = address >> REGION_SHIFT;
  if (region >= REGIONS || directory == NULL) return NULL;
  return LAB_ACQUIRE(&directory[region]);
}

static __attribute__((noinline)) _Atomic uint32_t *make_leaf(uintptr_t address) {
  uintptr_t region = address >> REGION_SHIFT;
  if (region >= REGIONS || directory == NULL) return NULL;
  _Atomic uint32_t *words = lab_own_map(leaf_bytes()), *present = NULL;
  if (words == NULL) return NULL;
  if (!atomic_compare_exchange_strong(&directory[region], &present, words)) {
    lab_own_unmap((void *)words, leaf_bytes());
    return present;
  }
  uint32_t number = atomic_fetch_add_explicit(&used_count, 1, memory_order_relaxed);
  LAB_RELEASE(&used_regions[number], (uint32_t)region + 1);
  return words;
}

static size_t word_index(uintptr_t address) {
  return (address & (((uintptr_t)1 << REGION_SHIFT) - 1)) >> granule_shift;
}

bool lab_heap_table_put(void *block, uint32_t entry) {
  uintptr_t address = (uintptr_t)block;
  _Atomic uint32_t *words = leaf_of(address);
  if (LAB_UNLIKELY(words == NULL) && (words = make_leaf(address)) == NULL) return false;
  size_t index = word_index(address);
  _Atomic uint8_t *touched = &touched_of(words)[index / WORDS_PER_PAGE];
  if (LAB_UNLIKELY(LAB_LOAD(touched) == 0)) LAB_STORE(touched, 1);
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears))) LAB_STORE(&births_of(words)[index], lab_heap_now());
  // Before the word: whoever sees the word must find the filter set.
  filter_add(block, 1);
  LAB_RELEASE(&words[index], entry);
  return true;
}

/// What was found of a block, for whoever took it out.
static inline uint32_t taken(void *block, uint32_t entry, uint32_t session) {
  if (lab_heap_entry_bucket(entry) != 0) filter_add(block, -1);
  return session != 0 && lab_heap_entry_is_of(entry, session) ? entry : 0;
}

/// As lab_heap_table_take, and keeps in mind that the block was freed.
static __attribute__((noinline)) uint32_t take_and_mark(void *block, uint32_t session) {
  uintptr_t address = (uintptr_t)block;
  _Atomic uint32_t *words = leaf_of(address);
  if (block == NULL || (words == NULL && (words = make_leaf(address)) == NULL)) return 0;
  size_t index = word_index(address);
  uint32_t entry = LAB_LOAD(&words[index]);
  LAB_STORE(&touched_of(words)[index / WORDS_PER_PAGE], 1);
  LAB_STORE(&words[index], lab_heap_entry(0, LAB_HEAP_FREED_WINDOW, session));
  return taken(block, entry, session);
}

uint32_t lab_heap_table_take(void *block, uint32_t session) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && session != 0) return take_and_mark(block, session);
  _Atomic uint32_t *words = leaf_of((uintptr_t)block);
  if (words == NULL) return 0;
  // No exchange: of all threads, only the one that frees the block may touch its word.
  _Atomic uint32_t *word = &words[word_index((uintptr_t)block)];
  uint32_t entry = LAB_LOAD(word);
  if (entry == 0) return 0;
  LAB_STORE(word, 0);
  return taken(block, entry, session);
}

void lab_heap_table_pass(void *block) {
  _Atomic uint32_t *words = leaf_of((uintptr_t)block);
  if (words != NULL) LAB_STORE(&words[word_index((uintptr_t)block)], 0);
}

uint32_t lab_heap_table_bucket(uintptr_t address) {
  _Atomic uint32_t *words = leaf_of(address);
  uint32_t entry = words == NULL ? 0 : LAB_ACQUIRE(&words[word_index(address)]);
  uint32_t session = LAB_LOAD(&lab_heap_active);
  return session != 0 && lab_heap_entry_is_of(entry, session) ? lab_heap_entry_bucket(entry) : 0;
}

uint32_t lab_heap_birth(uintptr_t address) {
  _Atomic uint32_t *words = leaf_of(address);
  return words == NULL ? 0 : LAB_LOAD(&births_of(words)[word_index(address)]);
}

void lab_heap_table_clear(void) {
  uint32_t count = LAB_LOAD(&used_count);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t region = LAB_ACQUIRE(&used_regions[i]);
    if (region == 0) continue;
    // Gives the pages back; they read as zero. A hook that still writes writes to a mapping that exists.
    _Atomic uint32_t *words = LAB_LOAD(&directory[region - 1]);
    if (lab_system_call(SYS_madvise, words, leaf_bytes(), MADV_DONTNEED) == 0) continue;
    // The program has locked all its memory.
    for (size_t page = 0; page < words_per_leaf() / WORDS_PER_PAGE; page++)
      if (LAB_LOAD(&touched_of(words)[page]))
        memset((void *)(words + page * WORDS_PER_PAGE), 0, WORDS_PER_PAGE * sizeof *words);
    memset((void *)touched_of(words), 0, words_per_leaf() / WORDS_PER_PAGE);
  }
}

typedef void page_visitor(const _Atomic uint32_t *words, uintptr_t first, void *context);

/// Visits every page of words that was ever written to; `first` is the address its first word stands for.
static void each_touched_page(page_visitor *visit, void *context) {
  for (uint32_t i = 0, count = LAB_LOAD(&used_count); i < count; i++) {
    uint32_t region = LAB_ACQUIRE(&used_regions[i]);
    if (region == 0) continue;
    _Atomic uint32_t *words = LAB_LOAD(&directory[region - 1]);
    uintptr_t start = (uintptr_t)(region - 1) << REGION_SHIFT;
    for (size_t word = 0; word < words_per_leaf(); word += WORDS_PER_PAGE)
      if (LAB_LOAD(&touched_of(words)[word / WORDS_PER_PAGE]))
        visit(words + word, start + (word << granule_shift), context);
  }
}

typedef struct block_list {
  lab_heap_block *blocks;
  size_t count, capacity;
  uint32_t session, window;
  uint32_t last; ///< the bucket of the block before, of which `bucket` is a copy
  lab_heap_bucket bucket;
} block_list;

static void list_blocks(const _Atomic uint32_t *words, uintptr_t first, void *context) {
  block_list *list = context;
  for (size_t i = 0; i < WORDS_PER_PAGE; i++) {
    uint32_t entry = LAB_ACQUIRE(&words[i]), index = lab_heap_entry_bucket(entry);
    if (index == 0 || !lab_heap_entry_is_of(entry, list->session)) continue;
    if (list->window != 0 && list->window != lab_heap_entry_window(entry)) continue;
    if (index != list->last) {
      list->last = 0;
      if (!lab_heap_bucket_at(index, &list->bucket)) continue;
      list->last = index;
    }
    if (list->count < list->capacity)
      list->blocks[list->count] =
          (lab_heap_block){first + (i << granule_shift), list->bucket.size, index, list->bucket.stack};
    list->count++;
  }
}

size_t lab_heap_copy_blocks(lab_heap_block *out, size_t capacity) { return lab_heap_copy_blocks_of(0, out, capacity); }

size_t lab_heap_copy_blocks_of(uint32_t window, lab_heap_block *out, size_t capacity) {
  block_list list = {.blocks = out, .capacity = capacity, .session = LAB_LOAD(&lab_heap_active), .window = window};
  if (list.session != 0) each_touched_page(list_blocks, &list);
  return list.count;
}

typedef struct live_sum {
  double objects, bytes;
  uint32_t session, window;
} live_sum;

static void add_live(const _Atomic uint32_t *words, uintptr_t first, void *context) {
  (void)first;
  live_sum *sum = context;
  for (size_t i = 0; i < WORDS_PER_PAGE; i++) {
    uint32_t entry = LAB_ACQUIRE(&words[i]);
    lab_heap_bucket bucket;
    if (lab_heap_entry_bucket(entry) == 0 || !lab_heap_entry_is_of(entry, sum->session)) continue;
    if (sum->window != 0 && sum->window != lab_heap_entry_window(entry)) continue;
    if (!lab_heap_bucket_at(lab_heap_entry_bucket(entry), &bucket)) continue;
    double objects = lab_heap_scale((double)bucket.size);
    sum->objects += objects;
    sum->bytes += objects * (double)bucket.size;
  }
}

void lab_heap_live_of(uint32_t window, double *objects, double *bytes) {
  live_sum sum = {.session = LAB_LOAD(&lab_heap_active), .window = window};
  if (sum.session != 0) each_touched_page(add_live, &sum);
  *objects = sum.objects;
  *bytes = sum.bytes;
}

typedef struct window_search {
  uint32_t session, *in_use;
} window_search;

static void note_windows(const _Atomic uint32_t *words, uintptr_t first, void *context) {
  (void)first;
  window_search *search = context;
  for (size_t i = 0; i < WORDS_PER_PAGE; i++) {
    uint32_t entry = LAB_LOAD(&words[i]), window = lab_heap_entry_window(entry);
    if (lab_heap_entry_bucket(entry) != 0 && lab_heap_entry_is_of(entry, search->session))
      search->in_use[window / 32] |= 1u << window % 32;
  }
}

void lab_heap_table_windows(uint32_t in_use[LAB_HEAP_WINDOW_WORDS]) {
  memset(in_use, 0, LAB_HEAP_WINDOW_WORDS * sizeof *in_use);
  window_search search = {LAB_LOAD(&lab_heap_active), in_use};
  each_touched_page(note_windows, &search);
}

static void count_page(const _Atomic uint32_t *words, uintptr_t first, void *context) {
  (void)words, (void)first;
  *(size_t *)context += WORDS_PER_PAGE * sizeof(uint32_t);
}

size_t lab_heap_table_own_bytes(void) {
  size_t bytes = sizeof lab_heap_filter + LAB_LOAD(&used_count) * WORDS_PER_PAGE * sizeof(uint32_t);
  each_touched_page(count_page, &bytes);
  return bytes;
}
#endif
