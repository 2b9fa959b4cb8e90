// C because a signal handler asks: async-signal-safe, reads code and calls the kernel to probe the pages it lies in.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "unwind/edges.h"

#if LAB_RETURNS_BY_REGISTER

/// Instructions looked at in either direction: prologues and epilogues have a dozen, with others between them.
enum { AHEAD = 96, BEHIND = 48 };

/// The instructions around an address that can be read: from `first` up to `end`.
struct stretch {
  const uint32_t *first, *at, *end;
};

static struct stretch stretch_around(uintptr_t pc) {
  uintptr_t page = pc & ~(LAB_PAGE - 1), first = pc - BEHIND * 4, end = pc + AHEAD * 4;
  if (first < page && !lab_page_is_readable(page - LAB_PAGE)) first = page;
  if (end > page + LAB_PAGE && !lab_page_is_readable(page + LAB_PAGE)) end = page + LAB_PAGE;
  return (struct stretch){(const uint32_t *)first, (const uint32_t *)pc, (const uint32_t *)end};
}

/// What lies ahead, up to where the way can no longer be told.
struct ahead {
  uintptr_t sp, fp; ///< as they will be there
  bool saves_fp, saves_link, saves_context, restores_fp, restores_link, restores_context;
  bool saves_own_context; ///< in an async function's place for it, before any branch
  bool is_straight;
};

/// Where an eight-byte store of a general register, or of two, goes: 0 if it does not go to the frame.
static uintptr_t stored_at(const struct ahead *a, uint32_t w, uintptr_t *end) {
  uintptr_t base = a64_base(w) == A64_SP ? a->sp : a64_base(w) == A64_FP ? a->fp : 0;
  *end = 0;
  if (base == 0) return 0;
  if ((w & 0xffc00000) == 0xf9000000) base += (uintptr_t)(w >> 10 & 0xfff) * 8;
  else if ((w & 0xffe00c00) == 0xf8000000) base += (uintptr_t)a64_signed(w >> 12 & 0x1ff, 9);
  else if ((w & 0xffc00000) == 0xa9000000) base += (uintptr_t)a64_pair_offset(w);
  else return 0;
  *end = base + ((w & 0xffc00000) == 0xa9000000 ? 16 : 8);
  return base;
}

/// Has an instruction that is no branch done.
static void look_at(struct ahead *a, uint32_t w) {
  uintptr_t end, start = stored_at(a, w, &end);
  int64_t amount;
  if (a->is_straight && start <= a->fp - 8 && end >= a->fp) a->saves_own_context = true;
  a->saves_fp |= a64_saves(w, A64_FP);
  a->saves_link |= a64_saves(w, A64_LINK);
  a->saves_context |= a64_saves(w, LAB_DWARF_CONTEXT);
  a->restores_fp |= a64_restores(w, A64_FP);
  a->restores_link |= a64_restores(w, A64_LINK);
  a->restores_context |= a64_restores(w, LAB_DWARF_CONTEXT);
  a->sp += (uintptr_t)a64_sp_move(w);
  if (a64_is_sum(w, A64_SP, A64_FP, &amount)) a->sp = a->fp + (uintptr_t)amount;
  if (a64_is_sum(w, A64_FP, A64_SP, &amount)) a->fp = a->sp + (uintptr_t)amount;
}

static bool is_same_frame(struct lab_rule a, struct lab_rule b) {
  return a.kind == b.kind && a.offset == b.offset && a.fp == b.fp && a.context == b.context;
}

/// The frame is gone: sp will be the CFA where the function is left, and the registers are the caller's but for those
/// that are still to be restored.
static struct lab_edge gone(const struct ahead *a) {
  return (struct lab_edge){.state = LAB_FRAME_IS_GONE, .cfa = a->sp, .has_fp = !a->restores_fp, .has_return = true,
                           .has_context = !a->restores_context};
}

/// The frame will stand at an instruction that has a rule for it.
static struct lab_edge due(const struct ahead *a, struct lab_rule standing, struct lab_rule *rule) {
  uintptr_t base = standing.kind == LAB_RULE_FP ? a->fp : a->sp;
  *rule = standing;
  rule->flags |= LAB_RULE_PROLOGUE;
  return (struct lab_edge){.state = LAB_FRAME_IS_DUE, .cfa = base + (uintptr_t)(intptr_t)standing.offset,
                           .has_fp = a->saves_fp || lab_saved_fp(standing.fp) == 0,
                           .has_return = a->saves_link || lab_saved_return(standing.fp) == 0,
                           .has_context = a->saves_context || standing.context == 0};
}

/// Whether the way to here restored the return address, in the same block. `pushed`: what was pushed on it instead, by the
/// first entry of a linkage table.
static bool has_restored(const struct stretch *s, uintptr_t *pushed) {
  *pushed = 0;
  for (const uint32_t *at = s->at - 1; at >= s->first && !a64_ends_block(*at); at--) {
    if (a64_restores(*at, A64_LINK)) return true;
    if (!a64_saves(*at, A64_LINK)) continue;
    *pushed = (uintptr_t)-a64_sp_move(*at);
    return false;
  }
  return false;
}

/// Of a branch that cannot be followed. A jump to a function, or to where no frame stands, leaves this one: the return
/// address has to be in its register by then.
static struct lab_edge edge_of_branch(struct lab_modules *modules, const struct stretch *s, const struct ahead *a,
                                      const uint32_t *branch, struct lab_rule rule) {
  struct lab_edge stands = {.context_is_due = a->saves_own_context};
  uintptr_t pushed;
  if (a->restores_link || a->saves_link) return stands;
  bool restored = has_restored(s, &pushed), is_known = rule.kind != LAB_RULE_NONE, leaves = restored;
  // Jumps by x16 and x17 are those of linkage tables.
  if (!is_known && a64_is_br(*branch)) leaves |= a64_base(*branch) == 16 || a64_base(*branch) == 17;
  if (is_known && a64_is_b(*branch) && rule.kind == LAB_RULE_FP) {
    struct lab_rule there = lab_find_rule(modules, a64_branch_target(*branch, (uintptr_t)branch));
    leaves |= there.kind == LAB_RULE_NONE || lab_rule_is_initial(there);
  }
  if (!leaves) return stands;
  struct lab_edge edge = gone(a);
  if (!restored) edge.cfa += pushed;
  return edge;
}

struct lab_edge lab_edge_at(struct lab_modules *modules, const struct lab_registers *r, struct lab_rule *rule) {
  struct ahead a = {.sp = r->sp, .fp = r->fp, .is_straight = true};
  if ((r->pc & 3) != 0 || rule->kind == LAB_RULE_ROOT || rule->kind == LAB_RULE_SIGNAL) return (struct lab_edge){0};
  struct stretch s = stretch_around(r->pc);
  bool is_initial = lab_rule_is_initial(*rule);
  for (const uint32_t *at = s.at; at < s.end; at++) {
    if (is_initial && at != s.at) {
      struct lab_rule next = lab_find_rule(modules, (uintptr_t)at);
      bool is_frame = next.kind == LAB_RULE_FP || next.kind == LAB_RULE_SP;
      if (is_frame && !is_same_frame(next, *rule)) return due(&a, next, rule);
    }
    if (a64_is_ret(*at)) {
      if (!a.restores_link && !a.saves_link) return gone(&a);
      break;
    }
    if (a64_is_b(*at) || a64_is_br(*at)) return edge_of_branch(modules, &s, &a, at, *rule);
    if (a64_is_call(*at) || a64_is_trap(*at)) break;
    if (a64_is_conditional(*at)) a.is_straight = false;
    else look_at(&a, *at);
    // Nothing describes the frame that is about to be made, so that its size is not known.
    if (rule->kind == LAB_RULE_NONE && a.saves_link)
      return (struct lab_edge){.state = LAB_FRAME_IS_DUE, .cfa = r->sp, .has_fp = true, .has_return = true,
                               .has_context = true};
  }
  return (struct lab_edge){.context_is_due = a.saves_own_context};
}

bool lab_runs_straight(uintptr_t start, uintptr_t pc) {
  if (pc < start || pc - start > BEHIND * 4 || (start & 3) != 0) return false;
  if ((start & ~(LAB_PAGE - 1)) != (pc & ~(LAB_PAGE - 1)) && !lab_page_is_readable(start & ~(LAB_PAGE - 1))) return false;
  for (const uint32_t *at = (const uint32_t *)start; (uintptr_t)at < pc; at++)
    if (a64_ends_block(*at)) return false;
  return true;
}

bool lab_returns_from_signal(uintptr_t pc) {
  enum { MOV_X8_SIGRETURN = 0xd2801168 };
  uintptr_t page = pc & ~(LAB_PAGE - 1);
  if ((pc & 3) != 0 || pc < LAB_PAGE || (pc & (LAB_PAGE - 1)) > LAB_PAGE - 8 || !lab_page_is_readable(page)) return false;
  const uint32_t *code = (const uint32_t *)pc;
  return code[0] == MOV_X8_SIGRETURN && code[1] == A64_SVC;
}
#endif
#endif
