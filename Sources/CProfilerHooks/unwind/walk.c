// C because it runs inside the signal handler and inside malloc: async-signal-safe throughout, calls nothing.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "threads/thread.h"
#include "unwind/edges.h"
#include "unwind/unwind.h"

/// The stretch of stack known to be readable. Grows upwards a page at a time, each probed once.
struct window {
  uintptr_t lo, hi;
};

enum { LARGEST_STACK = 64 << 20 };

static struct window window_at(uintptr_t sp) {
  const struct lab_self *self = &lab_self;
  if (sp >= self->stack_lo && sp < self->stack_hi) return (struct window){sp, self->stack_hi};
  return (struct window){sp, sp & ~(LAB_PAGE - 1)};
}

static bool can_read(struct window *w, uintptr_t address) {
  if (address < w->lo || (address & 7)) return false;
  if (address + 8 <= w->hi) return true;
  if (address - w->lo > LARGEST_STACK) return false;
  while (address + 8 > w->hi) {
    if (!lab_page_is_readable(w->hi)) return false;
    w->hi += LAB_PAGE;
  }
  return true;
}

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

/// What a walk has met. The innermost frames are written one after the other; of those that do not fit the outermost are
/// kept, in turns, in the last eighth of the places.
struct trail {
  uintptr_t *pcs;
  int max, count, flags;
};

static int outer_places(const struct trail *t) { return t->max / 8; }

/// Notes a frame; false if it is more than a walk follows.
static inline bool add(struct trail *t, uintptr_t pc) {
  if (LAB_LIKELY(t->count < t->max)) {
    t->pcs[t->count++] = pc;
    return true;
  }
  if (t->count == LAB_WALK_LIMIT) {
    t->flags |= LAB_WALK_STOPPED;
    return false;
  }
  int outer = outer_places(t), inner = t->max - outer;
  if (outer > 0) t->pcs[inner + (t->count - inner) % outer] = pc;
  t->count++;
  return true;
}

static void reverse(uintptr_t *pcs, int from, int to) {
  for (; from < --to; from++) {
    uintptr_t pc = pcs[from];
    pcs[from] = pcs[to];
    pcs[to] = pc;
  }
}

/// Puts the outermost frames in their order, and before them how many are left out. Where the walk was stopped these are
/// of the middle: what all began with takes their place, unless it is not known (0).
static __attribute__((noinline)) int cut(struct trail *t, uintptr_t start) {
  int outer = outer_places(t), inner = t->max - outer, oldest = outer > 0 ? (t->count - inner) % outer : 0;
  uintptr_t *place = &t->pcs[inner - 1];
  t->flags |= LAB_WALK_TRUNCATED;
  if (!(t->flags & LAB_WALK_STOPPED)) {
    *place = (uintptr_t)(t->count - outer - (inner - 1));
    reverse(place + 1, 0, oldest);
    reverse(place + 1, oldest, outer);
    reverse(place + 1, 0, outer);
    return t->max;
  }
  *place = (uintptr_t)(t->count - (inner - 1)) | LAB_LEFT_OUT_AT_LEAST;
  if (outer == 0 || start == 0) return inner;
  // As after a call, one past the start: the lookup goes back by one.
  place[1] = start + 1;
  t->flags |= LAB_WALK_ROOT;
  return inner + 1;
}

/// Async contexts live on the heap: probe each page anew, unless it is the one just probed.
static bool can_read_context(uintptr_t context, uintptr_t *page) {
  if (context < LAB_PAGE || (context & 7) || context >> LAB_USER_BITS) return false;
  for (uintptr_t p = context & ~(LAB_PAGE - 1); p <= ((context + 15) & ~(LAB_PAGE - 1)); p += LAB_PAGE) {
    if (p == *page) continue;
    if (!lab_page_is_readable(p)) return false;
    *page = p;
  }
  return true;
}

/// Whether `resume` can be where an async function goes on.
static bool is_resume_point(struct lab_modules *modules, uintptr_t resume) {
  const struct lab_module *module = lab_find_module(modules, resume);
  if (!module) return false;
  return !module->rows || !module->rows->has_symbols ||
         (lab_find_rule(modules, resume).flags & LAB_RULE_ASYNC) != 0;
}

/// Follows the contexts of the awaiting functions: word 0 is the parent's, word 1 where it goes on.
/// Whether the first hop leads anywhere.
static bool walk_contexts(struct lab_modules *modules, uintptr_t context, uintptr_t pc, bool entered,
                          struct trail *trail) {
  uintptr_t page = 0;
  int start = trail->count;
  // At the entry of a resume function the register still holds the context of what was awaited.
  if (entered && can_read_context(context, &page) && lab_runs_straight(word(context + 8), pc)) context = word(context);
  while (can_read_context(context, &page)) {
    uintptr_t parent = word(context), resume = word(context + 8);
    if (parent == 0) {
      // The outermost context: its resume function ends the task.
      trail->flags |= LAB_WALK_ROOT | LAB_WALK_ASYNC;
      return true;
    }
    // As after a call, one past the start: the lookup goes back by one.
    if (!is_resume_point(modules, resume) || !add(trail, resume + 1)) break;
    context = parent;
  }
  if (trail->count == start && !(trail->flags & LAB_WALK_STOPPED)) return false;
  trail->flags |= LAB_WALK_ASYNC;
  return true;
}

/// Whether a word can be read that may lie right below the stack pointer.
static bool can_read_below(struct window *w, uintptr_t slot) {
  if (slot >= w->lo) return can_read(w, slot);
  bool is_on_page = (slot & ~(LAB_PAGE - 1)) == (w->lo & ~(LAB_PAGE - 1));
  return (slot & 7) == 0 && (is_on_page || lab_page_is_readable(slot & ~(LAB_PAGE - 1)));
}

#if LAB_RETURNS_BY_REGISTER
/// Of an async function that was interrupted and whose frame does not stand. Before it is set up the register holds its
/// context, or that of what it has awaited. Afterwards it may be that of the function jumped to next, whose parent it is
/// then: what the torn frame had of it tells, if no handler's frame lies over it.
static uintptr_t context_at_edge(const struct lab_registers *r, const struct lab_rule *rule, struct window *w,
                                 const struct lab_edge *edge) {
  uintptr_t slot = edge->cfa + (uintptr_t)lab_saved_fp(rule->fp) - 8, page = 0;
  if (edge->state != LAB_FRAME_IS_GONE || rule->kind != LAB_RULE_FP) return r->context;
  if (!can_read_below(w, slot) || !can_read_context(r->context, &page)) return r->context;
  return word(r->context) == word(slot) && word(slot) != 0 ? word(slot) : r->context;
}
#endif

/// The async context of the frame that `r` and `rule` describe; 0 if it is not an async function's.
static inline uintptr_t async_context(const struct lab_registers *r, const struct lab_rule *rule, struct window *w,
                                      bool framed, bool leaf, const struct lab_edge *edge) {
#if LAB_RETURNS_BY_REGISTER
  if (edge->state != LAB_FRAME_STANDS || (leaf && edge->context_is_due))
    return leaf && (rule->flags & LAB_RULE_ASYNC) ? context_at_edge(r, rule, w, edge) : 0;
#endif
  if (leaf && (rule->flags & LAB_RULE_ASYNC) && rule->kind == LAB_RULE_NONE) return r->context;
  // All else has been popped: only fp is left of the frame, and what is below lies in the red zone, where there is one.
  bool is_last = LAB_RED_ZONE > 0 && leaf && r->fp == r->sp && rule->kind == LAB_RULE_FP;
  if (framed && ((rule->flags & LAB_RULE_ASYNC) || word(r->fp) >> 60 == 1) &&
      (is_last ? can_read_below(w, r->fp - 8) : can_read(w, r->fp - 8)))
    return word(r->fp - 8);
  if (!(rule->flags & LAB_RULE_ASYNC) || rule->kind != LAB_RULE_SP) return 0;
  // Before the frame is set up the register holds it. After it is torn down the register holds that of the function
  // jumped to next, but the torn frame is still there, just below the stack pointer.
  if (LAB_RETURNS_BY_REGISTER || rule->flags & LAB_RULE_PROLOGUE) return r->context;
  uintptr_t slot = r->sp - 16;
  return rule->offset == 8 && can_read_below(w, slot) ? word(slot) : r->context;
}

/// The same by copies, for the walk has few registers, and most frames are neither the innermost nor an async function's.
static __attribute__((noinline)) uintptr_t rare_context(struct lab_registers r, struct lab_rule rule, struct window w,
                                                        bool framed, bool leaf, struct lab_edge edge) {
  return async_context(&r, &rule, &w, framed, leaf, &edge);
}

/// What a frame that was interrupted has of itself, and the rule that it then goes by; apart, for the same reason.
static __attribute__((noinline)) struct lab_edge rare_edge(struct lab_modules *modules, struct lab_registers r,
                                                           struct lab_rule *rule) {
  return lab_edge_at(modules, &r, rule);
}

/// Whether a return address is the first of a function, so that no call left it there: makecontext does, and other
/// makers of coroutines, below the outermost function of a new stack.
static bool was_put_there(struct lab_modules *modules, uintptr_t pc) {
  struct lab_rule before = lab_find_rule(modules, pc - 1), at = lab_find_rule(modules, pc);
  return before.kind == LAB_RULE_NONE && lab_rule_is_initial(at);
}

#if LAB_RETURNS_BY_REGISTER
/// Goes to the caller of the frame at `cfa`. False if the stack ends here, or cannot be followed.
static inline __attribute__((always_inline)) bool leave(struct lab_registers *r, struct lab_rule rule, uintptr_t cfa,
                                                        const struct lab_edge *edge, bool exact, struct window *w) {
  bool stands = lab_frame_stands(edge);
  bool has_return = stands ? lab_saved_return(rule.fp) == 0 : edge->has_return;
  bool has_fp = stands ? lab_saved_fp(rule.fp) == 0 : edge->has_fp;
  bool has_context = stands ? rule.context == 0 : edge->has_context;
  // A function that was interrupted may have no frame at all; one that has called another has its return address in it.
  if (exact ? cfa < r->sp : cfa <= r->sp || has_return) return false;
  uintptr_t return_slot = cfa + (uintptr_t)lab_saved_return(rule.fp), fp_slot = cfa + (uintptr_t)lab_saved_fp(rule.fp);
  uintptr_t context_slot = cfa + (uintptr_t)(intptr_t)rule.context;
  if ((!has_return && !can_read(w, return_slot)) || (!has_fp && !can_read(w, fp_slot))) return false;
  r->pc = lab_return_address(has_return ? r->link : word(return_slot));
  if (!has_fp) r->fp = word(fp_slot) & ~LAB_ASYNC_FRAME_BIT;
  if (!has_context && can_read(w, context_slot)) r->context = word(context_slot);
  // The stub that has a call's slot filled in pushes the return address before anything of the callee is.
  r->sp = !has_return && return_slot >= cfa ? return_slot + 8 : cfa;
  return true;
}
#else
/// Goes to the caller of the frame at `cfa`. False if the stack cannot be followed.
static inline __attribute__((always_inline)) bool leave(struct lab_registers *r, struct lab_rule rule, uintptr_t cfa,
                                                        const struct lab_edge *edge, bool exact, struct window *w) {
  (void)edge;
  (void)exact;
  if (cfa <= r->sp || !can_read(w, cfa - 8)) return false;
  r->pc = word(cfa - 8);
  // A slot below sp has been popped already: epilogues keep the rule, and the register holds the caller's value.
  uintptr_t fp_slot = rule.kind == LAB_RULE_REALIGN ? r->fp : cfa + (uintptr_t)(intptr_t)rule.fp;
  if ((rule.kind == LAB_RULE_REALIGN || rule.fp) && fp_slot >= r->sp) {
    if (!can_read(w, fp_slot)) return false;
    r->fp = word(fp_slot) & ~LAB_ASYNC_FRAME_BIT;
  }
  uintptr_t context_slot = cfa + (uintptr_t)(intptr_t)rule.context;
  if (rule.context && context_slot >= r->sp) {
    if (!can_read(w, context_slot)) return false;
    r->context = word(context_slot);
  }
  r->sp = cfa;
  return true;
}
#endif

static inline __attribute__((always_inline)) void walk(struct lab_registers r, int leaf_is_exact,
                                                       struct trail *trail) {
  struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  struct window w = window_at(r.sp);
  // Beyond a frame that nothing describes sp is only known to be higher, until a frame pointer says where.
  bool exact = true, leaf = true, sp_is_vague = false;
  while (true) {
    if (!lab_is_hidden(r.pc)) {
      // Interrupted instructions are written as they are or as what comes after a call, whichever is asked for.
      uintptr_t pc = trail->count == 0 && leaf_is_exact ? r.pc - !exact : r.pc + exact;
      if (!add(trail, pc)) return;
    }
    if (!modules) return;
    struct lab_rule rule = lab_find_rule(modules, exact ? r.pc : r.pc - 1);
    if (LAB_RETURNS_BY_REGISTER && !exact && rule.kind == LAB_RULE_NONE && lab_returns_from_signal(r.pc))
      rule.kind = LAB_RULE_SIGNAL;
    struct lab_edge edge = {0};
    if (LAB_UNLIKELY(exact)) {
      struct lab_rule seen = rule;
      edge = rare_edge(modules, r, &seen);
      rule = seen;
    }
    int kind = (int)rule.kind;

    bool framed = (kind == LAB_RULE_FP || kind == LAB_RULE_NONE) && r.fp >= r.sp && can_read(&w, r.fp);
    uintptr_t context = 0;
    if (LAB_UNLIKELY(exact || rule.flags & LAB_RULE_ASYNC || (framed && word(r.fp) >> 60 == 1)))
      context = rare_context(r, rule, w, framed, leaf, edge);
    if (LAB_UNLIKELY(context != 0)) {
      bool entered = leaf && (rule.flags & LAB_RULE_PROLOGUE || edge.context_is_due);
      if (walk_contexts(modules, context, r.pc, entered, trail)) return;
    }

    uintptr_t cfa = 0;
    switch (kind) {
    case LAB_RULE_SP: cfa = r.sp + (uintptr_t)(intptr_t)rule.offset; break;
    case LAB_RULE_FP: cfa = r.fp + (uintptr_t)(intptr_t)rule.offset; break;
    case LAB_RULE_PLT: cfa = r.sp + 8 + ((r.pc & 15) >= (uintptr_t)rule.offset ? 8 : 0); break;
    case LAB_RULE_REALIGN: {
      uintptr_t slot = r.fp + (uintptr_t)(intptr_t)rule.offset;
      if (slot >= r.sp && can_read(&w, slot)) cfa = word(slot);
      break;
    }
    case LAB_RULE_ROOT: trail->flags |= LAB_WALK_ROOT; return;
    case LAB_RULE_SIGNAL: {
      // The kernel has pushed it; the code below it may run on another stack.
      const ucontext_t *interrupted = lab_interrupted_context(r.sp);
      uintptr_t first, last;
      lab_registers_extent(interrupted, &first, &last);
      if (!can_read(&w, last) || !can_read(&w, first)) return;
      r = lab_registers_of(interrupted);
      w = window_at(r.sp);
      exact = true;
      leaf = false;
      continue;
    }
    default: break;
    }

    if (LAB_RETURNS_BY_REGISTER && sp_is_vague && kind == LAB_RULE_SP && lab_saved_fp(rule.fp) != 0)
      cfa = r.fp - (uintptr_t)lab_saved_fp(rule.fp);
    if (!lab_frame_stands(&edge)) cfa = edge.cfa;
    if (kind == LAB_RULE_NONE && lab_frame_stands(&edge)) {
      // No unwind information: trust the frame pointer if it leads up the stack and back into code.
      if (!exact && was_put_there(modules, r.pc)) {
        trail->flags |= LAB_WALK_ROOT;
        return;
      }
      trail->flags |= LAB_WALK_FELL_BACK;
      if (!framed || !can_read(&w, r.fp + 8)) return;
      uintptr_t caller = lab_return_address(word(r.fp + 8));
      if (!lab_find_module(modules, caller - 1)) return;
      cfa = r.fp + 16;
      r.fp = word(r.fp) & ~LAB_ASYNC_FRAME_BIT;
      r.pc = caller;
      r.sp = cfa;
      sp_is_vague = true;
    } else if (leave(&r, rule, cfa, &edge, exact, &w)) {
      sp_is_vague = false;
    } else {
      return;
    }
    exact = leaf = false;
    // No code lies so low: the stack ends here, or was misread.
    if (r.pc < LAB_LEFT_OUT) {
      if (r.pc == 0) trail->flags |= LAB_WALK_ROOT;
      return;
    }
  }
}

struct lab_walk lab_walk_suspended(uintptr_t resume, uintptr_t context, uintptr_t *pcs, int max) {
  struct trail trail = {pcs, max, 0, 0};
  bool goes_on = add(&trail, resume + 1);
  while (goes_on && context != 0 && (context & 7) == 0) {
    uintptr_t parent = word(context), caller = word(context + 8);
    // The outermost one's ends the task. A continuation's own context says again where its task goes on.
    bool is_said = trail.count == 1 && caller == resume;
    if (parent != 0 && !is_said) goes_on = add(&trail, caller + 1);
    context = parent;
  }
  int depth = LAB_LIKELY(trail.count <= max) ? trail.count : cut(&trail, 0);
  return (struct lab_walk){depth, trail.flags | LAB_WALK_ASYNC};
}

struct lab_walk lab_walk_stack(struct lab_registers r, uintptr_t *pcs, int max, int leaf_is_exact) {
  struct trail trail = {pcs, max, 0, 0};
  walk(r, leaf_is_exact, &trail);
  if (LAB_LIKELY(trail.count <= max)) return (struct lab_walk){trail.count, trail.flags};
  struct trail whole = trail; // so that the other may live in registers
  const struct lab_thread *thread = lab_self.thread;
  int depth = cut(&whole, thread == NULL ? 0 : (uintptr_t)thread->start);
  return (struct lab_walk){depth, whole.flags};
}
#endif
