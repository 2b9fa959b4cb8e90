// What the parts of the unwinder share.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "lab_loaded_images.h"
#include "lab_unwind.h"
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// How a frame's CFA (the caller's stack pointer) is found.
enum lab_rule_kind {
  LAB_RULE_NONE,    ///< nothing is known of this address: try the frame pointer
  LAB_RULE_SP,      ///< sp + offset
  LAB_RULE_FP,      ///< fp + offset
  LAB_RULE_PLT,     ///< a procedure linkage stub: sp + 8, and 8 more from `offset` in its 16 bytes on
  LAB_RULE_REALIGN, ///< the word at fp + offset (functions that realign their stack)
  LAB_RULE_ROOT,    ///< the outermost frame: the return address is undefined
  LAB_RULE_SIGNAL,  ///< the kernel's signal frame lies at sp
};

enum lab_rule_flags {
  LAB_RULE_ASYNC = 1,    ///< in a Swift async function or one of its resume functions
  LAB_RULE_PROLOGUE = 2, ///< before the frame is set up
};

/// How to find the caller of one stretch of code. A few hundred distinct ones serve a whole process.
/// One word, so that a table of them is small and an entry is read whole.
struct lab_rule {
  int32_t offset : 26;
  uint32_t kind : 4, flags : 2;
  int16_t fp;      ///< where the caller's fp is saved, relative to the CFA; 0: still in the register. See lab_saved_fp.
  int16_t context; ///< the same for the async context register
};
_Static_assert(sizeof(struct lab_rule) == 8, "a rule is one word");

/// Where calls leave the return address in a register it is saved, as a rule, right above fp. Slots are multiples of
/// eight, so that the lowest bits of fp's may say what is otherwise.
enum {
  LAB_SAVES_RETURN_ALONE = 1, ///< it is what is saved in this slot, and fp is still in the register
  LAB_SAVES_FP_ALONE = 2,     ///< the return address is still in the register
};
/// Where a rule has fp saved, relative to the CFA; 0: still in the register.
static inline intptr_t lab_saved_fp(int16_t saved) {
  return !LAB_RETURNS_BY_REGISTER ? saved : saved & LAB_SAVES_RETURN_ALONE ? 0 : saved & ~7;
}
/// The same of the return address.
static inline intptr_t lab_saved_return(int16_t saved) {
  if (!LAB_RETURNS_BY_REGISTER) return -8;
  return saved == 0 || saved & LAB_SAVES_FP_ALONE ? 0 : saved & LAB_SAVES_RETURN_ALONE ? saved & ~7 : saved + 8;
}
/// Whether a rule is that of a function's first instruction, of which nothing has been done yet.
static inline bool lab_rule_is_initial(struct lab_rule rule) {
  return rule.kind == LAB_RULE_SP && rule.offset == (LAB_RETURNS_BY_REGISTER ? 0 : 8) && rule.fp == 0 && rule.context == 0;
}

/// One module's rules, by address. Immutable once published, never freed.
///
/// Text is cut into blocks of 256 bytes. Rows `first[b] ..< first[b + 1]` are block b's, ascending by `low`, the
/// last byte of the address from which the row holds; the first row of a block always has `low` 0.
struct lab_rows {
  uint64_t identity;
  uintptr_t text; ///< of block 0, relative to the module's load address
  uint32_t blocks, rows, async_functions;
  int has_symbols; ///< whether async functions could be told
  const uint32_t *first;
  const uint8_t *low;
  const uint16_t *rule;
  size_t bytes;
  char name[64]; ///< of the file, without its directory
  struct lab_rows *next;
};

/// A loaded module.
struct lab_module {
  uintptr_t lo, hi, load;
  const struct lab_rows *rows;
  /// Which of the modules that have had its addresses, one after the other: 0 unless it took some of another that is
  /// gone.
  uint16_t generation;
};

/// An address met lately, and its rule. `check` is the address, exclusive-or a multiple of the rule: an entry half written
/// by another thread fits no address.
struct lab_cached_rule {
  _Atomic uint64_t check, rule;
};
enum { LAB_CACHED_RULES = 512 };

/// All loaded modules, ascending by address. Published whole; a superseded one stays mapped, so that a walk that
/// still reads it reads something sane.
struct lab_modules {
  int count, capacity;
  bool has_generations; ///< whether any has one that is not 0
  struct lab_module *modules;
  struct lab_cached_rule cache[LAB_CACHED_RULES];
};

extern _Atomic(struct lab_modules *) lab_current_modules;
extern _Atomic(struct lab_rule *) lab_rules;

/// The rule in force at `pc`. Async-signal-safe. One cache line for an address met lately, else five.
struct lab_rule lab_find_rule(struct lab_modules *modules, uintptr_t pc);

/// The module whose text holds `pc`, or null. Async-signal-safe.
const struct lab_module *lab_find_module(const struct lab_modules *modules, uintptr_t pc);

/// The generation of the module at `pc`, in the bits above an address. Async-signal-safe.
uint64_t lab_generation_at(const struct lab_modules *modules, uintptr_t pc);

/// What stands for the address of a frame in a table that outlives modules: it tells apart what two of them had at the
/// same address. Async-signal-safe; costs nothing as long as no module has taken another's place. `modules` may be
/// null.
static inline uint64_t lab_frame_key(const struct lab_modules *modules, uintptr_t pc) {
  // A broken walk may end in a word that is no address, and above the addresses' bits other things are marked.
  pc &= ((uintptr_t)1 << LAB_ADDRESS_BITS) - 1;
  return LAB_LIKELY(!modules || !modules->has_generations) ? pc : pc | lab_generation_at(modules, pc);
}

/// The address of such a frame; marked above LAB_ADDRESS_BITS if another module is there now. Async-signal-safe.
uintptr_t lab_frame_address(uint64_t key);

/// The same as lab_unwind_prepare, but for where it would have to wait: a library's constructor or destructor may call
/// it.
void lab_unwind_prepare_unless_busy(void);

/// Calls `visit` for each file that is loaded, with a lock held for which a fork waits; false if somebody else lists
/// them: then for none. Not async-signal-safe.
bool lab_modules_each_image(void (*visit)(lab_loaded_image image, void *context), void *context);

/// How a walk ended.
enum lab_walk_flags {
  LAB_WALK_ROOT = 1,
  LAB_WALK_TRUNCATED = 2, ///< there were more frames than places
  LAB_WALK_ASYNC = 4,
  LAB_WALK_FELL_BACK = 8,
  LAB_WALK_STOPPED = 16, ///< there were more than LAB_WALK_LIMIT
};

/// Frames that a walk follows at most: a handler must come to an end.
enum { LAB_WALK_LIMIT = 8192 };

struct lab_walk {
  int depth, flags;
};

/// Walks from `r`. If `leaf_is_exact`, r.pc is an interrupted instruction and the first address written is one too;
/// otherwise every address written is a return address. Where there are more than `max`, how many are left out stands
/// in the place of those in the middle (LAB_LEFT_OUT). Async-signal-safe.
struct lab_walk lab_walk_stack(struct lab_registers r, uintptr_t *pcs, int max, int leaf_is_exact);

/// The stack of a task that does not run, which the calling thread has to itself: where it goes on, and the contexts of
/// the functions that wait for one another. As above; all of it return addresses.
struct lab_walk lab_walk_suspended(uintptr_t resume, uintptr_t context, uintptr_t *pcs, int max);

/// An async function or one of its resume functions, relative to the load address. `size` 0: not known.
struct lab_async_function {
  uint32_t start, size;
};

/// The async functions of a module, ascending. Not `complete`: only some have names, as in a stripped file.
struct lab_async_functions {
  struct lab_async_function *functions;
  long count;
  bool complete;
  size_t bytes;
};

/// What the header of `.eh_frame` has at least: four bytes and two numbers.
#define LAB_FRAME_HEADER_BYTES 12

/// Rules of one module, made from its `.eh_frame` (rows.c). Returns null if out of memory or if there is none.
struct lab_rows *lab_rows_build(uintptr_t load, uintptr_t text_lo, uintptr_t text_hi, uintptr_t eh_frame_hdr,
                                uintptr_t module_lo, uintptr_t module_hi, const struct lab_async_functions *asyncs);

/// The async functions named by the ELF file at `path`, loaded at `load` (async.c). Mapped memory.
struct lab_async_functions lab_async_functions(const char *path, uintptr_t load, const void *phdrs, size_t phdrs_size);

/// Makes the table of rules, unless it is there; false if there is no memory. Table builders only.
bool lab_rules_open(void);
/// The number of a rule, made if it is new. Table builders only.
uint16_t lab_intern_rule(struct lab_rule rule);
size_t lab_rule_count(void);

#pragma GCC visibility pop
