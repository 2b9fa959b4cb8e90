// What the parts of a leak scan share: the state of one scan, and how a word is taken for a reference.
#pragma once
#include "lab_memory.h"
#include "lab_runtime.h"
#include "leaks/leaks.h"
#pragma GCC visibility push(hidden)

/// References that wait for their block to arrive from memory.
#define LAB_WAITING 16

/// Where the word of a reference lies.
typedef enum lab_holder {
  LAB_HELD_BY_MEMORY, ///< without a type
  LAB_HELD_BY_STACK, ///< a thread's, or a register
  LAB_HELD_BY_OBJECT, ///< which may own what it leads to
} lab_holder;

typedef struct lab_waiting_reference {
  uintptr_t address;
  uint32_t block;
  bool is_exact;
  lab_holder holder;
} lab_waiting_reference;

/// What a block's first word says about which of its words are in use.
typedef enum lab_used_kind {
  LAB_USED_WHOLE = 0,
  LAB_USED_ARRAY,
  LAB_USED_DICTIONARY,
  LAB_USED_SET,
  LAB_USED_DEQUE,
  LAB_USED_TASK,
  LAB_USED_SLAB,
} lab_used_kind;

typedef struct lab_value_layout {
  uint32_t size, stride, alignment_mask;
  bool names_only; ///< it names an object and does not hold it
} lab_value_layout;

typedef struct lab_block_layout {
  uintptr_t word;
  lab_used_kind kind;
  lab_value_layout element, value;
} lab_block_layout;

#define LAB_LAYOUTS 4096

typedef struct lab_leak_scan {
  lab_heap_block *blocks;
  size_t expected, capacity; ///< blocks
  lab_block_index index;
  lab_stopped_world world;
  lab_memory_map map;
  lab_own_region *own;
  uintptr_t *page; ///< room for a copy of one
  uint64_t *marked; ///< a bit a block
  uint64_t *opaque; ///< a bit a block: it counts when referred to, but its words do not
  uint64_t *handled; ///< a bit a block: a stack or a register has an address in it
  uint64_t *objects; ///< a bit a block: a Swift object
  uint64_t *leads; ///< a bit a block: of those that are none, one with words that may be references
  uint64_t *asked; ///< a bit a block: an object that a word elsewhere leads to, so that its owners have to be counted
  uint64_t *held; ///< a bit a block: of these, one that a root leads to
  bool asks; ///< whether owners are not counted yet
  bool has_found; ///< while a block's words are looked at, whether one may be a reference
  uint64_t *asked_filter; ///< a bit for each hash of the address of an asked object
  uint64_t *accounted; ///< a bit a block: an asked object that words of objects may own alone
  uint64_t *doubted; ///< a bit a block: one of these that a word elsewhere leads to
  uint64_t *pieces; ///< a bit a block: a piece of a task's stack
  uint64_t *packed; ///< a bit a block: a leaked one that may have addresses at other places than multiples of eight
  uint32_t *owners; ///< by asked object, how many words of objects lead to its beginning
  lab_block_layout *layouts; ///< by a hash of the first word
  lab_task_layout tasks;
  uintptr_t *stack; ///< where blocks to be looked at begin
  size_t depth;
  lab_waiting_reference waiting[LAB_WAITING];
  unsigned next;
  uint64_t root_bytes;
  lab_leaks_age young;
  intptr_t continuations; ///< of libdispatch's list of unused ones from the thread pointer, 0 if unknown
  lab_leaks_range dispatch_code, dispatch_data; ///< of the library; empty if it is part of the program, or not there
  lab_dead dead;
  uint32_t *owner; ///< by side table, its object plus 1
  uint32_t *number; ///< by leaked block, its position in the result
  struct lab_suspended *suspended; ///< tasks that a reference to their memory does not keep (suspended.h); NULL: none
  uint32_t *of_tasks; ///< by block, one more than its position in the blocks of these; 0: of none
} lab_leak_scan;

/// Never nothing: a mapping of no bytes is refused.
static inline bool lab_map_words(void **out, size_t bytes) { return (*out = lab_own_map(bytes + 64)) != NULL; }
static inline void lab_unmap_words(void *start, size_t bytes) { lab_own_unmap(start, bytes + 64); }

static inline __attribute__((always_inline)) bool lab_has_bit(const uint64_t *bits, uint32_t i) {
  return bits[i / 64] >> (i % 64) & 1;
}
static inline __attribute__((always_inline)) void lab_set_bit(uint64_t *bits, uint32_t i) {
  bits[i / 64] |= 1ull << (i % 64);
}

/// The address in a word. libdispatch keeps some references inverted.
static inline __attribute__((always_inline)) uintptr_t lab_address_in(uintptr_t word) {
  return (word >> LAB_USER_BITS == UINTPTR_MAX >> LAB_USER_BITS ? ~word : word) & LAB_POINTER_MASK;
}

/// The block that the word may refer to, unchecked.
static inline LAB_POPCOUNT __attribute__((always_inline)) uint32_t lab_candidate(
    const lab_leak_scan *scan, uintptr_t address) {
  if (address - scan->index.low >= scan->index.span) return LAB_NO_BLOCK;
  return lab_index_candidate(&scan->index, address);
}

/// Whether the address lies in the block. Beyond what was asked for there is nothing to refer to, but there malloc's
/// own words may point: the last eight bytes handed out are the next chunk's first.
static inline __attribute__((always_inline)) bool lab_lies_in(
    const lab_leak_scan *scan, uint32_t block, uintptr_t address) {
  const lab_heap_block *b = &scan->blocks[block];
  return address - b->address < (b->size == 0 ? 1 : b->size);
}

/// The block that begins at `address`, if it is one of `size` bytes.
static inline LAB_POPCOUNT uint32_t lab_block_at(const lab_leak_scan *scan, uintptr_t address, size_t size) {
  uint32_t block = lab_candidate(scan, address);
  bool is_one = block != LAB_NO_BLOCK && scan->blocks[block].address == address && scan->blocks[block].size == size;
  return is_one ? block : LAB_NO_BLOCK;
}

/// Whether an address may lie across two words: above it are two bytes of zero. Zero bytes are found as in H. S. Warren,
/// Hacker's Delight, 6-1.
static inline __attribute__((always_inline)) bool lab_may_lie_across(uintptr_t first, uintptr_t second) {
  const uintptr_t low_bits = 0x7f7f7f7f7f7f7f7ful;
  uintptr_t zeros = ~(((second & low_bits) + low_bits) | second | low_bits);
  // Pairs of them among the lower seven, or the last of the first word and the first of the second.
  return (zeros & zeros >> 8 & 0x0000808080808080ul) != 0 || ((zeros & 0x80) != 0 && first >> 56 == 0);
}

// MARK: - Words

/// Takes the word that begins at `at`. Inlined where it is known.
typedef void (*lab_word_visitor)(lab_leak_scan *scan, uintptr_t at, uintptr_t word);

/// Visits the words of an object.
static inline LAB_POPCOUNT __attribute__((always_inline)) void lab_visit_words(
    lab_leak_scan *scan, uintptr_t start, uintptr_t limit, lab_word_visitor visit) {
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) visit(scan, at, *(const uintptr_t *)at);
}

/// Visits every eight bytes that may be a reference: structs of C may be packed.
static inline LAB_POPCOUNT __attribute__((always_inline)) void lab_visit_bytes(
    lab_leak_scan *scan, uintptr_t start, uintptr_t limit, lab_word_visitor visit) {
  uintptr_t before = 0;
  for (uintptr_t at = (start + 7) & ~7ul; at + 8 <= limit; at += 8) {
    uintptr_t word = *(const uintptr_t *)at;
    if ((word | before >> 48) != 0 && lab_may_lie_across(before, word))
      for (unsigned bits = 8; bits < 64; bits += 8) {
        uintptr_t across = before >> bits | word << (64 - bits);
        if (across - scan->index.low < scan->index.span) visit(scan, at - 8 + bits / 8, across);
      }
    visit(scan, at, word);
    before = word;
  }
}

/// Visits words of libc's own that lead to blocks, but addresses of free chunks: malloc's lists of them begin there, and a
/// chunk begins with the last word of the block before.
void lab_visit_allocator(lab_leak_scan *scan, uintptr_t start, uintptr_t limit, lab_word_visitor visit);

// MARK: - Mark (mark.c)

/// Notes which blocks without a type have words that may be references, and which objects they lead to.
void lab_mark_prepare(lab_leak_scan *scan);

/// Marks all that the words of a root lead to, but objects only when owners are counted; a lab_root_visitor with the scan
/// as its context.
void lab_mark_root(void *scan, uintptr_t start, uintptr_t limit, lab_root root);

/// Marks the objects that roots lead to and may own, and all that these lead to. Owners must have been counted.
void lab_mark_held(lab_leak_scan *scan);

/// Whether addresses may lie anywhere in the block that begins there, and not at multiples of eight alone.
bool lab_is_packed(lab_leak_scan *scan, uintptr_t block);

/// Notes the blocks that the words of a stack or of registers lead into; a lab_root_visitor.
void lab_note_handled(void *scan, uintptr_t start, uintptr_t limit, lab_root root);

// MARK: - Which words are in use (used.c)

typedef void (*lab_words_visitor)(lab_leak_scan *scan, uintptr_t start, uintptr_t limit);

/// Finds out what blocks are that begin with `word`.
void lab_learn_layout(const lab_leak_scan *scan, lab_block_layout *out, uintptr_t word);
/// Visits the words in use of the block that begins at `address`.
void lab_visit_used(lab_leak_scan *scan, const lab_block_layout *layout, uintptr_t address, uintptr_t limit,
                                lab_words_visitor visit);

/// The word at `address`, 0 if it cannot be read.
uintptr_t lab_word_at(const lab_leak_scan *scan, uintptr_t address);
/// The first piece of a task's stack that lies behind its record, in the same block up to `limit`; 0 if there is none.
uintptr_t lab_task_own_piece(const lab_leak_scan *scan, uintptr_t task, uintptr_t limit);
/// Where the part of a piece of a task's stack ends that is in use; 0 if it does not look like one.
uintptr_t lab_piece_end_of_use(uintptr_t piece, uintptr_t limit);

static inline __attribute__((always_inline)) const lab_block_layout *lab_layout_of(lab_leak_scan *scan,
                                                                                     uintptr_t word) {
  lab_block_layout *slot = &scan->layouts[(word >> 4 ^ word >> 15) % LAB_LAYOUTS];
  if (slot->word != word) lab_learn_layout(scan, slot, word);
  return slot;
}

/// Whether its values begin at other places than multiples of eight: perhaps structs of C that are packed.
static inline bool lab_has_packed_values(const lab_block_layout *layout) {
  return layout->kind == LAB_USED_ARRAY && layout->element.alignment_mask < 7;
}

// MARK: - What libdispatch is done with (dispatch.c)

/// Finds where libdispatch is, and how it keeps unused continuations. Takes the dynamic linker's lock, so threads must run.
void lab_dispatch_prepare(lab_leak_scan *scan);
/// Marks unused continuations, and tells them as opaque; notes those that are no blocks as dead, and what threads have that
/// wait for work.
void lab_dispatch_find(lab_leak_scan *scan);

// MARK: - What must not be looked into (opaque.c)

/// Tells objects, pieces of tasks' stacks, and as opaque the blocks whose words are no references though they look like
/// some. What threads have addresses of must have been noted.
void lab_opaque_find(lab_leak_scan *scan);
/// Marks the side tables of objects that were marked: an object has its table's address in its count word, encoded.
void lab_opaque_keep(lab_leak_scan *scan);

/// The block that keeps the counts of an object that weak references were made to, LAB_NO_BLOCK if there is none.
uint32_t lab_side_table_of(const lab_leak_scan *scan, uint32_t object);
/// The same, by the word with the object's counts: memory is not read.
uint32_t lab_side_table_by(const lab_leak_scan *scan, uint32_t object, uint64_t counts);

// MARK: - Whose references are all accounted for (accounts.c)

#define LAB_FILTER_SHIFT 18

static inline __attribute__((always_inline)) uint32_t lab_filter_slot(uintptr_t address) {
  return (uint32_t)((address >> 3) * 0x9e3779b97f4a7c15ul >> (64 - LAB_FILTER_SHIFT));
}

/// Has the owners of an object counted.
static inline __attribute__((always_inline)) void lab_ask(lab_leak_scan *scan, uint32_t object) {
  if (lab_has_bit(scan->asked, object)) return;
  lab_set_bit(scan->asked, object);
  lab_set_bit(scan->asked_filter, lab_filter_slot(scan->blocks[object].address));
}

/// Finds the objects among those asked for that nobody but other objects can own, by their counts.
void lab_accounts_settle(lab_leak_scan *scan);
/// The word with an object's counts, wherever it is; LAB_COUNTS_ARE_ELSEWHERE if they are not known.
uint64_t lab_counts_of(const lab_leak_scan *scan, uint32_t object);
/// How many strong references an object has, as the runtime counts them; 0 if that is not known.
uint32_t lab_strong_count(const lab_leak_scan *scan, uint32_t object);

// MARK: - The result (result.c)

/// Copies the unmarked blocks; false if there is no memory.
bool lab_result_copy(lab_leak_scan *scan, lab_leaks_result *out);
/// Lists the references among them, when the threads run again; false if there is no memory.
bool lab_result_connect(lab_leak_scan *scan, lab_leaks_result *out);

#pragma GCC visibility pop
