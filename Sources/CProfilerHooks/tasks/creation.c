// C, because it is called in hooks of the runtime. It calls the unwinder and lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/creation.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "habits/families.h"
#include "lab_habits.h"
#include "lab_memory.h"
#include "lab_tasks.h"
#include "stacks/stacks.h"
#include "threads/thread.h"
#include "unwind/unwind.h"

/// Frames that a walk keeps.
enum { FRAMES = 256 };

// MARK: - Creations

/// A stack in tasks of one creation.
struct creation {
  uint64_t segment; ///< stands for the frames in that task
  uint32_t parent, next;
  uint32_t stack;   ///< all frames, the parents' as well, in the hooks' table of stacks
};
enum { CREATIONS = 1 << LAB_FAMILY_BITS, HEADS = LAB_STACK_HEADS };
static _Atomic(struct creation *) creations;
static _Atomic uint32_t heads[HEADS];
/// 0 is none.
static _Atomic uint32_t used = 1;

/// Remembers what a look at a stack came to, in sets of a cache line. `check` is the fingerprint, exclusive-or the
/// creation: an entry half written by another thread fits no fingerprint.
enum { SETS = 1 << 12, WAYS = 4 };
struct remembered {
  _Atomic uint64_t check, creation;
};
static struct remembered memory[SETS][WAYS] __attribute__((aligned(64)));

bool lab_creation_open(void) {
  if (!lab_stacks_open(&lab_stacks)) return false;
  if (LAB_ACQUIRE(&creations) != NULL) return true;
  struct creation *made = lab_own_map(CREATIONS * sizeof *made), *none = NULL;
  if (made == NULL) return false;
  if (!atomic_compare_exchange_strong(&creations, &none, made)) lab_own_unmap(made, CREATIONS * sizeof *made);
  return true;
}

uint32_t lab_creation_count(void) {
  uint32_t count = LAB_LOAD(&used);
  return count < CREATIONS ? count : CREATIONS;
}

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 29;
}

/// The creation nearest to `from`, itself among them, that comes by a stack for the last time that is followed;
/// LAB_CREATION_NONE if it is followed on.
static uint32_t last_round(uint64_t segment, uint32_t from) {
  struct creation *all = LAB_ACQUIRE(&creations);
  uint32_t nearest = LAB_CREATION_NONE;
  int rounds = 0;
  for (uint32_t at = from; at != LAB_CREATION_NONE; at = all[at].parent) {
    if (all[at].segment != segment) continue;
    if (nearest == LAB_CREATION_NONE) nearest = at;
    if (++rounds == LAB_CREATION_ROUNDS) return nearest;
  }
  return LAB_CREATION_NONE;
}

static uint32_t creation_of(const uintptr_t *pcs, size_t count, uint32_t parent) {
  struct creation *all = LAB_ACQUIRE(&creations);
  uint64_t segment = mix(0, count);
  for (size_t i = 0; i < count; i++) segment = mix(segment, pcs[i]);
  uint32_t again = last_round(segment, parent);
  if (again != LAB_CREATION_NONE) return again;
  _Atomic uint32_t *head = lab_head_of(heads, segment, parent);
  uint32_t made = 0;
  for (;;) {
    uint32_t first = LAB_ACQUIRE(head);
    for (uint32_t i = first; i != 0; i = all[i].next)
      if (all[i].segment == segment && all[i].parent == parent) return i;
    if (made == 0) {
      if ((made = lab_claim(&used, CREATIONS)) == 0) {
        lab_lose(LAB_LOSS_task_creations_full, 1);
        return LAB_CREATION_NONE;
      }
      const struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
      uint32_t stack = all[parent].stack;
      for (size_t i = count; i > 0; i--)
        stack = lab_stack_child(&lab_stacks, stack, lab_frame_key(modules, pcs[i - 1]));
      all[made] = (struct creation){.segment = segment, .parent = parent, .stack = stack};
    }
    all[made].next = first;
    if (lab_publish(head, &first, made)) return made;
  }
}

uint32_t lab_family_count(void) { return lab_creation_count(); }

bool lab_family_makes(uint32_t creation, uint32_t other) {
  const struct creation *all = LAB_ACQUIRE(&creations);
  if (all == NULL || creation >= lab_creation_count() || other >= lab_creation_count()) return false;
  // A parent is older than its child, so the way ends.
  while (other > creation) other = all[other].parent;
  return other == creation && creation != LAB_CREATION_NONE;
}

size_t lab_tasks_creation_frames(uint32_t creation, uintptr_t *pcs, size_t capacity) {
  struct creation *all = LAB_ACQUIRE(&creations);
  if (all == NULL || creation == LAB_CREATION_NONE || creation >= LAB_LOAD(&used)) return 0;
  return lab_stack_frames(&lab_stacks, all[creation].stack, pcs, capacity, NULL);
}

// MARK: - A look at the stack

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

/// What the contexts of the functions that await one another come to. They are the running task's own, and alive.
static uint64_t contexts_fingerprint(uint64_t hash, uintptr_t context) {
  for (int i = 0; i < FRAMES; i++) {
    bool is_one = context >= LAB_PAGE && (context & 7) == 0 && context >> LAB_USER_BITS == 0;
    if (!is_one) return 0;
    uintptr_t parent = word(context);
    if (parent == 0) break;
    hash = mix(hash, word(context + 8));
    context = parent;
  }
  return hash | 1;
}

/// A number for the stack at `from` and the parent, by rules of the plain kinds alone; 0 if there are others on the
/// way.
static uint64_t fingerprint(const struct lab_registers *from, uint32_t parent) {
  const struct lab_self *self = &lab_self;
  struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  uintptr_t pc = from->pc, sp = from->sp, fp = from->fp, limit = self->stack_hi;
  if (modules == NULL || sp < self->stack_lo || sp >= limit) return 0;
  uint64_t hash = mix((uintptr_t)modules, parent);
  for (int i = 0; i < FRAMES; i++) {
    struct lab_rule rule = lab_find_rule(modules, pc - (i > 0));
    bool is_framed = rule.kind == LAB_RULE_FP && fp >= sp && fp <= limit - 16 && (fp & 7) == 0;
    uintptr_t cfa;
    if (rule.flags & LAB_RULE_ASYNC) {
      bool has_context = is_framed && !(rule.flags & LAB_RULE_PROLOGUE) && fp - 8 >= sp;
      return has_context ? contexts_fingerprint(mix(hash, pc), word(fp - 8)) : 0;
    }
    if (rule.kind == LAB_RULE_ROOT) return hash | 1;
    if (rule.kind == LAB_RULE_SP) cfa = sp + (uintptr_t)(intptr_t)rule.offset;
    else if (is_framed) cfa = fp + (uintptr_t)(intptr_t)rule.offset;
    else return 0;
    if (cfa < sp + 8 || cfa > limit || (cfa & 7)) return 0;
    if (rule.fp != 0) {
      uintptr_t slot = cfa + (uintptr_t)(intptr_t)rule.fp;
      if (rule.fp > 0 || slot < sp) return 0;
      fp = word(slot);
    }
    pc = word(cfa - 8);
    sp = cfa;
    if (pc == 0) return hash | 1;
    hash = mix(hash, pc);
  }
  return hash | 1;
}

uint32_t lab_creation_here(const struct lab_registers *from, uint32_t parent) {
  uint64_t print = fingerprint(from, parent);
  struct remembered *set = memory[print >> 40 & (SETS - 1)];
  for (int i = 0; LAB_LIKELY(print != 0) && i < WAYS; i++) {
    uint64_t known = LAB_LOAD(&set[i].creation);
    if (LAB_LIKELY((LAB_LOAD(&set[i].check) ^ known) == print)) return (uint32_t)known;
  }
  uintptr_t pcs[FRAMES];
  struct lab_walk walk = lab_walk_stack(*from, pcs, FRAMES, 0);
  if (walk.flags & LAB_WALK_TRUNCATED) lab_lose(LAB_LOSS_task_truncated, 1);
  uint32_t creation = creation_of(pcs, (size_t)walk.depth, parent);
  if (print == 0 || creation == LAB_CREATION_NONE) return creation;
  struct remembered *place = &set[print >> 20 & (WAYS - 1)];
  for (int i = 0; i < WAYS; i++)
    if (LAB_LOAD(&set[i].creation) == LAB_CREATION_NONE) place = &set[i];
  LAB_STORE(&place->creation, creation);
  LAB_STORE(&place->check, print ^ creation);
  return creation;
}
#endif
