// The edges of frames, where calls leave the return address in a register.
//
// A frame is described by what holds between a function's prologue and its epilogue. Compilers that describe no more (for
// it is all that an exception needs: it is thrown by calls) have one row for the whole prologue, none for epilogues, and a
// sample falls into either. What stands of the frame there only the instructions tell: what they will still save has not
// been saved yet, and what they will not restore before they return has been restored. Technique: Apple's unwinders of
// compact encodings do so for x86_64 (lldb, UnwindAssembly); forwards, since all instructions are of one size.
#pragma once
#include "unwind/unwind.h"
#pragma GCC visibility push(hidden)

enum lab_frame_state {
  LAB_FRAME_STANDS, ///< as the rule says
  LAB_FRAME_IS_DUE, ///< the prologue is under way
  LAB_FRAME_IS_GONE, ///< the epilogue is, or there is no frame on this way through the function
};

/// What an interrupted function has of its frame.
struct lab_edge {
  enum lab_frame_state state;
  // Of a frame that does not stand:
  uintptr_t cfa;
  bool has_fp, has_return, has_context; ///< the register holds the caller's; else it is where the rule says
  // Of one that does, and is an async function's:
  bool context_is_due; ///< the place for its context does not hold it yet
};

/// Whether the frame is as the rule says. Always, where the tables tell of edges.
static inline bool lab_frame_stands(const struct lab_edge *edge) {
  return !LAB_RETURNS_BY_REGISTER || edge->state == LAB_FRAME_STANDS;
}

#if LAB_RETURNS_BY_REGISTER
/// Looks at the instructions around r->pc, which was interrupted. Where the frame is due `rule` becomes the one that it
/// will have. Async-signal-safe; reads code that can be read.
struct lab_edge lab_edge_at(struct lab_modules *modules, const struct lab_registers *r, struct lab_rule *rule);

/// Whether the code from `start` to `pc` runs straight through, so that whoever is at `pc` began at `start`.
bool lab_runs_straight(uintptr_t start, uintptr_t pc);

/// Whether a handler that returns to `pc` returns to what it interrupted. No table describes that code everywhere.
bool lab_returns_from_signal(uintptr_t pc);
#else
// Tables tell of all other edges there; of async functions' not quite.
static inline struct lab_edge lab_edge_at(struct lab_modules *modules, const struct lab_registers *r,
                                          struct lab_rule *rule) {
  (void)modules;
  struct lab_edge edge = {0};
  if (!(rule->flags & LAB_RULE_ASYNC) || rule->kind != LAB_RULE_FP) return edge;
  if (lab_frame_pointer_is_back((const uint8_t *)r->pc)) {
    *rule = (struct lab_rule){.kind = LAB_RULE_SP, .offset = 8, .flags = LAB_RULE_ASYNC};
    return edge;
  }
  uintptr_t last = (r->pc + LAB_STORE_REACH) & ~(LAB_PAGE - 1);
  bool is_readable = last == (r->pc & ~(LAB_PAGE - 1)) || lab_page_is_readable(last);
  edge.context_is_due = is_readable && lab_context_is_due((const uint8_t *)r->pc);
  return edge;
}
static inline bool lab_runs_straight(uintptr_t start, uintptr_t pc) { return pc - start < 64; }
static inline bool lab_returns_from_signal(uintptr_t pc) { return (void)pc, false; }
#endif

#pragma GCC visibility pop
