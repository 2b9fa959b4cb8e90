// C because it runs inside the signal handler and inside malloc: async-signal-safe throughout, calls nothing.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "threads/thread.h"
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
/// Returns the new depth, or 0 if the first hop already leads nowhere.
static int walk_contexts(struct lab_modules *modules, uintptr_t context, uintptr_t pc, bool entered, uintptr_t *pcs,
                         int depth, int max, int *flags) {
  uintptr_t page = 0;
  int start = depth;
  // At the entry of a resume function the register still holds the context of what was awaited.
  if (entered && can_read_context(context, &page) && pc - word(context + 8) < 64) context = word(context);
  while (can_read_context(context, &page)) {
    uintptr_t parent = word(context), resume = word(context + 8);
    if (parent == 0) {
      // The outermost context: its resume function ends the task.
      *flags |= LAB_WALK_ROOT | LAB_WALK_ASYNC;
      return depth;
    }
    if (!is_resume_point(modules, resume)) break;
    if (depth == max) {
      *flags |= LAB_WALK_TRUNCATED | LAB_WALK_ASYNC;
      return depth;
    }
    // As after a call, one past the start: the lookup goes back by one.
    pcs[depth++] = resume + 1;
    context = parent;
  }
  if (depth == start) return 0;
  *flags |= LAB_WALK_ASYNC;
  return depth;
}

/// The async context of the frame that `r` and `rule` describe; 0 if it is not an async function's.
static uintptr_t async_context(const struct lab_registers *r, const struct lab_rule *rule, struct window *w,
                               bool framed, bool leaf) {
  if (leaf && (rule->flags & LAB_RULE_ASYNC) && rule->kind == LAB_RULE_NONE) return r->context;
  if (framed && ((rule->flags & LAB_RULE_ASYNC) || word(r->fp) >> 60 == 1) && can_read(w, r->fp - 8))
    return word(r->fp - 8);
  if (!(rule->flags & LAB_RULE_ASYNC) || rule->kind != LAB_RULE_SP) return 0;
  // Before the frame is set up the register holds it. After it is torn down the register holds that of the function
  // jumped to next, but the torn frame is still there, just below the stack pointer.
  if (rule->flags & LAB_RULE_PROLOGUE) return r->context;
  uintptr_t slot = r->sp - 16;
  bool readable = (r->sp & (LAB_PAGE - 1)) >= 16 || lab_page_is_readable(slot & ~(LAB_PAGE - 1));
  return rule->offset == 8 && readable ? word(slot) : r->context;
}

/// Whether a return address is the first of a function, so that no call left it there: makecontext does, and other
/// makers of coroutines, below the outermost function of a new stack.
static bool was_put_there(struct lab_modules *modules, uintptr_t pc) {
  struct lab_rule before = lab_find_rule(modules, pc - 1), at = lab_find_rule(modules, pc);
  return before.kind == LAB_RULE_NONE && at.kind == LAB_RULE_SP && at.offset == 8;
}

struct lab_walk lab_walk_stack(struct lab_registers r, uintptr_t *pcs, int max, int leaf_is_exact) {
  struct lab_walk walk = {0, 0};
  struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  struct window w = window_at(r.sp);
  bool exact = true, leaf = true;
  while (true) {
    if (!lab_is_hidden(r.pc)) {
      if (walk.depth == max) {
        walk.flags |= LAB_WALK_TRUNCATED;
        return walk;
      }
      if (walk.depth == 0 && leaf_is_exact) pcs[walk.depth++] = exact ? r.pc : r.pc - 1;
      else pcs[walk.depth++] = exact ? r.pc + 1 : r.pc;
    }
    if (!modules) return walk;
    struct lab_rule rule = lab_find_rule(modules, exact ? r.pc : r.pc - 1);
    int kind = (int)rule.kind;

    bool framed = (kind == LAB_RULE_FP || kind == LAB_RULE_NONE) && r.fp >= r.sp && can_read(&w, r.fp);
    uintptr_t context = async_context(&r, &rule, &w, framed, leaf);
    if (context) {
      bool entered = leaf && (rule.flags & LAB_RULE_PROLOGUE);
      int depth = walk_contexts(modules, context, r.pc, entered, pcs, walk.depth, max, &walk.flags);
      if (walk.flags & LAB_WALK_ASYNC) {
        walk.depth = depth;
        return walk;
      }
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
    case LAB_RULE_ROOT: walk.flags |= LAB_WALK_ROOT; return walk;
    case LAB_RULE_SIGNAL: {
      // sp points at the ucontext that the kernel pushed; the code below it may run on another stack.
      const ucontext_t *interrupted = (const ucontext_t *)r.sp;
      uintptr_t first, last;
      lab_registers_extent(interrupted, &first, &last);
      if (!can_read(&w, last) || !can_read(&w, first)) return walk;
      r = lab_registers_of(interrupted);
      w = window_at(r.sp);
      exact = true;
      leaf = false;
      continue;
    }
    default: break;
    }

    if (kind == LAB_RULE_NONE) {
      // No unwind information: trust the frame pointer if it leads up the stack and back into code.
      if (!exact && was_put_there(modules, r.pc)) {
        walk.flags |= LAB_WALK_ROOT;
        return walk;
      }
      walk.flags |= LAB_WALK_FELL_BACK;
      if (!framed || !can_read(&w, r.fp + 8)) return walk;
      uintptr_t caller = word(r.fp + 8);
      if (!lab_find_module(modules, caller - 1)) return walk;
      cfa = r.fp + 16;
      r.fp = word(r.fp) & ~LAB_ASYNC_FRAME_BIT;
      r.pc = caller;
    } else {
      if (cfa <= r.sp || !can_read(&w, cfa - 8)) return walk;
      r.pc = word(cfa - 8);
      // A slot below sp has been popped already: epilogues keep the rule, and the register holds the caller's value.
      uintptr_t fp_slot = kind == LAB_RULE_REALIGN ? r.fp : cfa + (uintptr_t)(intptr_t)rule.fp;
      if ((kind == LAB_RULE_REALIGN || rule.fp) && fp_slot >= r.sp) {
        if (!can_read(&w, fp_slot)) return walk;
        r.fp = word(fp_slot) & ~LAB_ASYNC_FRAME_BIT;
      }
      uintptr_t context_slot = cfa + (uintptr_t)(intptr_t)rule.context;
      if (rule.context && context_slot >= r.sp) {
        if (!can_read(&w, context_slot)) return walk;
        r.context = word(context_slot);
      }
    }
    r.sp = cfa;
    exact = leaf = false;
    if (r.pc == 0) {
      walk.flags |= LAB_WALK_ROOT;
      return walk;
    }
  }
}

LAB_HIDDEN int lab_unwind_here(uintptr_t *pcs, int max) {
  return lab_walk_stack(lab_registers_here(), pcs, max, 0).depth;
}
#endif
