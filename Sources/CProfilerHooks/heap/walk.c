// The stack of an allocation, walked only as far as it differs from the thread's last.
//
// Successive allocations of a thread share most of their callers. A thread therefore remembers the frames of its last
// walk, each with the node of the tree it led to. A new walk goes outwards only until it meets a remembered frame with
// the same registers. From there on the old walk would repeat itself, if the words it read on the stack still are what
// they were: comparing them costs a nanosecond a frame, where a step costs ten.
//
// C, because it runs inside malloc. It calls the unwinder and lab_own_map.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "heap/heap.h"
#include "runtime/extent.h"
#include "runtime/layout.h"
#include "stacks/stacks.h"
#include "threads/thread.h"
#include "unwind/unwind.h"

/// What a walk knows at a frame. The slots say where the words lie that lead to the next frame out, relative to that
/// one's sp: fp's and the return address's in the low half, as a rule has them, context's in the high half, 0 if the
/// register was not saved.
typedef struct frame {
  uintptr_t pc, sp, fp, context;
  uint32_t stack;
  uint32_t slots;
} frame;

static uintptr_t fp_slot(uint32_t slots) { return (uintptr_t)lab_saved_fp((int16_t)slots); }
static uintptr_t return_slot(uint32_t slots) { return (uintptr_t)lab_saved_return((int16_t)slots); }
static uintptr_t context_slot(uint32_t slots) { return (uintptr_t)(intptr_t)(int16_t)(slots >> 16); }

#define FRAMES (LAB_HEAP_MOST_FRAMES - LAB_HEAP_DEPTH)

/// The frames between the program's and where a walk begins, our hook and functions of Swift's runtime: the same few
/// ways in again and again, each with frames of the same sizes, so that return addresses where they are expected say it
/// all. Offsets count from the innermost sp.
#define WAY_FRAMES 6
typedef struct way_in {
  uintptr_t pc;
  struct {
    uintptr_t pc;
    int32_t sp, back; ///< `back`: where the address lies
  } outer[WAY_FRAMES];
  uint32_t count; ///< 0: none
  int32_t fp, context; ///< where the registers' values at the end lie; NOT_SAVED: still in the registers
  bool object; ///< whether it leads through swift_allocObject
} way_in;

#define NOT_SAVED INT32_MIN
/// A way in that reaches further is not gone by memory.
#define WAY_REACH 1024
#define WAYS 4

typedef struct memo {
  uint32_t life; ///< of its part of the pool, when it was the thread's
  const struct lab_modules *modules;
  uint64_t labels;
  way_in ways[WAYS];
  uint32_t next_way;
  uint32_t count;
  /// Whether the walk beyond frame 0 was left to lab_walk_stack, which does not say what it read.
  bool opaque;
  /// Outermost first.
  frame frames[FRAMES];
} memo;

/// The calling thread's, which it leaves to the next one that gets its part of the pool; null if there is no memory, or
/// if the thread is ending.
static memo *own_memo(void) {
  struct lab_thread *thread = lab_self.thread;
  if (LAB_UNLIKELY(thread == NULL)) return NULL;
  memo *m = thread->memo;
  if (LAB_UNLIKELY(m == NULL)) m = thread->memo = lab_own_map(sizeof *m);
  if (m != NULL && LAB_UNLIKELY(m->life != thread->lives)) {
    m->life = thread->lives;
    m->count = 0;
  }
  return m;
}

static struct lab_modules *modules_now(void) { return LAB_ACQUIRE(&lab_current_modules); }

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

enum outcome { STEPPED, ENDED, UNUSUAL };

/// One step out of `at`, if its rule is of the plain kinds; the whole stack up to `limit` can be read.
static inline __attribute__((always_inline)) enum outcome step(struct lab_modules *modules, frame *at, frame *outer,
                                                               uintptr_t limit) {
  struct lab_rule rule = lab_find_rule(modules, at->pc - 1);
  uintptr_t cfa;
  if (rule.kind == LAB_RULE_ROOT) return ENDED;
  if (rule.flags & LAB_RULE_ASYNC) return UNUSUAL;
  if (rule.kind == LAB_RULE_SP) {
    cfa = at->sp + (uintptr_t)(intptr_t)rule.offset;
  } else if (rule.kind == LAB_RULE_FP) {
    if (at->fp < at->sp || at->fp > limit - 16 || (at->fp & 7) || word(at->fp) >> 60) return UNUSUAL;
    cfa = at->fp + (uintptr_t)(intptr_t)rule.offset;
  } else {
    return UNUSUAL;
  }
  if (cfa < at->sp + 8 || cfa > limit || (cfa & 7)) return UNUSUAL;
  intptr_t fp = lab_saved_fp(rule.fp), back = lab_saved_return(rule.fp);
  if (fp >= 0 ? fp != 0 : cfa + (uintptr_t)fp < at->sp) return UNUSUAL;
  if (LAB_RETURNS_BY_REGISTER && (back >= 0 || cfa + (uintptr_t)back < at->sp)) return UNUSUAL;
  if (rule.context >= 0 ? rule.context != 0 : cfa + (uintptr_t)(intptr_t)rule.context < at->sp) return UNUSUAL;
  outer->pc = lab_return_address(word(cfa + (uintptr_t)back));
  outer->sp = cfa;
  outer->fp = fp ? word(cfa + (uintptr_t)fp) : at->fp;
  outer->context = rule.context ? word(cfa + (uintptr_t)(intptr_t)rule.context) : at->context;
  // One store: it is soon read back, and two would not be forwarded.
  at->slots = (uint16_t)rule.fp | (uint32_t)(uint16_t)rule.context << 16;
  return outer->pc == 0 ? ENDED : STEPPED;
}

/// Whether all that led from frame `from` outwards still is what it was. The register of the async context matters only
/// to the walker of opaque stacks, which looks for itself.
static inline bool hold_all(const frame *frames, uint32_t from) {
  uintptr_t differs = 0;
  for (uint32_t i = from; i > 0; i--) {
    const frame *outer = &frames[i - 1];
    uint32_t slots = frames[i].slots;
    differs |= lab_return_address(word(outer->sp + return_slot(slots))) ^ outer->pc;
    if (fp_slot(slots) != 0) differs |= word(outer->sp + fp_slot(slots)) ^ outer->fp;
  }
  return differs == 0;
}

/// Compares what led from frame `from` outwards; returns the outermost frame that still holds.
static uint32_t verify(const frame *frames, uint32_t from, bool opaque) {
  if (!opaque && hold_all(frames, from)) return 0;
  for (uint32_t i = from; i > 0; i--) {
    const frame *inner = &frames[i], *outer = &frames[i - 1];
    uint32_t slots = inner->slots;
    uintptr_t differs = lab_return_address(word(outer->sp + return_slot(slots))) ^ outer->pc;
    if (fp_slot(slots) != 0) differs |= word(outer->sp + fp_slot(slots)) ^ outer->fp;
    if (slots >> 16) differs |= word(outer->sp + context_slot(slots)) ^ outer->context;
    if (differs) return i;
  }
  return 0;
}

/// Where swift_slowAlloc and swift_allocObject lie: frames in them say nothing, but that a block is an object.
static struct lab_extent slow_alloc, alloc_object;
/// From the beginning of the one to the end of the other: most addresses lie in neither.
static struct lab_extent runtime;

static bool says_nothing(uintptr_t pc) {
  if (lab_lies_in(pc, runtime)) return lab_lies_in(pc, slow_alloc) || lab_lies_in(pc, alloc_object);
  return lab_is_hidden(pc);
}

void lab_heap_walk_open(void) {
  slow_alloc = lab_extent_of((void *)swift_slowAlloc);
  alloc_object = lab_extent_of((void *)swift_allocObject);
  if (slow_alloc.start == 0 || alloc_object.start == 0) return;
  runtime.start = slow_alloc.start < alloc_object.start ? slow_alloc.start : alloc_object.start;
  runtime.end = slow_alloc.end > alloc_object.end ? slow_alloc.end : alloc_object.end;
}

/// The stack from `at` on, by the walker that knows every kind of frame.
static __attribute__((noinline)) uint32_t stack_beyond(const frame *at, uint64_t labels) {
  uintptr_t pcs[LAB_HEAP_DEPTH];
  struct lab_registers r = {.pc = at->pc - 1, .sp = at->sp, .fp = at->fp, .context = at->context};
  struct lab_walk walk = lab_walk_stack(r, pcs, LAB_HEAP_DEPTH, 0);
  if (walk.flags & LAB_WALK_TRUNCATED) lab_lose(LAB_LOSS_heap_truncated, 1);
  int first = 0;
  while (first < walk.depth && says_nothing(pcs[first])) first++;
  return lab_stack_intern(&lab_stacks, labels, pcs + first, (size_t)(walk.depth - first));
}

/// Field by field, here and below: a wider copy would wait for the stores that have just been made.
static inline void begin(frame *at, const volatile struct lab_registers *from) {
  at->pc = from->pc;
  at->sp = from->sp;
  at->fp = from->fp;
  at->context = from->context;
}

/// The bucket for a thread that has no memory of its last walk.
static __attribute__((noinline)) uint32_t bucket_afresh(const struct lab_registers *from, uint64_t labels,
                                                        size_t size) {
  frame first, here, outer;
  begin(&first, from);
  here = first;
  bool object = false;
  while (modules_now() != NULL && lab_self.stack_hi != 0 && says_nothing(here.pc)) {
    if (lab_lies_in(here.pc, alloc_object)) object = true;
    if (step(modules_now(), &here, &outer, lab_self.stack_hi) != STEPPED) break;
    here = outer;
  }
  return lab_heap_bucket_intern(stack_beyond(&first, labels), object, size);
}

static inline void copy(frame *to, const frame *from) {
  const volatile frame *source = from;
  to->pc = source->pc;
  to->sp = source->sp;
  to->fp = source->fp;
  to->context = source->context;
  to->stack = source->stack;
  to->slots = source->slots;
}

static inline bool leads(const way_in *way, const frame *at) {
  if (way->count == 0 || way->pc != at->pc) return false;
  for (uint32_t i = 0; i < way->count; i++)
    if (lab_return_address(word(at->sp + (uintptr_t)(intptr_t)way->outer[i].back)) != way->outer[i].pc) return false;
  return true;
}

/// Learns the way that leads from `at` to the program, and goes it; false if it is an unusual one.
static __attribute__((noinline)) bool learn_way(memo *m, struct lab_modules *modules, frame *at, uintptr_t limit,
                                                bool *object) {
  way_in way = {.pc = at->pc, .fp = NOT_SAVED, .context = NOT_SAVED};
  uintptr_t base = at->sp;
  while (says_nothing(at->pc)) {
    frame outer;
    if (lab_lies_in(at->pc, alloc_object)) way.object = true;
    if (way.count == WAY_FRAMES || step(modules, at, &outer, limit) != STEPPED) return false;
    way.outer[way.count].pc = outer.pc;
    way.outer[way.count].back = (int32_t)(outer.sp + return_slot(at->slots) - base);
    way.outer[way.count++].sp = (int32_t)(outer.sp - base);
    if (fp_slot(at->slots) != 0) way.fp = (int32_t)(outer.sp + fp_slot(at->slots) - base);
    if (at->slots >> 16) way.context = (int32_t)(outer.sp + context_slot(at->slots) - base);
    *at = outer;
  }
  if (at->sp - base <= WAY_REACH) m->ways[m->next_way++ % WAYS] = way;
  *object = way.object;
  return true;
}

/// Goes from `at` to the program's innermost frame. `object`: whether through swift_allocObject.
static inline bool go_in(memo *m, struct lab_modules *modules, frame *at, uintptr_t limit, bool *object) {
  for (uint32_t i = 0; i < WAYS; i++) {
    const way_in *way = &m->ways[i];
    if (at->sp + WAY_REACH > limit || !leads(way, at)) continue;
    uintptr_t base = at->sp;
    at->pc = way->outer[way->count - 1].pc;
    at->sp = base + (uintptr_t)(intptr_t)way->outer[way->count - 1].sp;
    if (way->fp != NOT_SAVED) at->fp = word(base + (uintptr_t)(intptr_t)way->fp);
    if (way->context != NOT_SAVED) at->context = word(base + (uintptr_t)(intptr_t)way->context);
    *object = way->object;
    return true;
  }
  return learn_way(m, modules, at, limit, object);
}

static inline uint64_t key_of(const memo *m, const frame *at) { return lab_frame_key(m->modules, at->pc); }

/// Puts the new frames, [fresh, FRAMES), after the `known` ones that hold, and finds their stacks.
static inline uint32_t bucket_of(memo *m, uint32_t known, uint32_t fresh, bool object, size_t size) {
  frame *frames = m->frames;
  uint32_t stack = frames[known - 1].stack;
  for (; fresh < FRAMES; fresh++, known++) {
    if (!says_nothing(frames[fresh].pc)) stack = lab_stack_child(&lab_stacks, stack, key_of(m, &frames[fresh]));
    copy(&frames[known], &frames[fresh]);
    frames[known].stack = stack;
  }
  m->count = known;
  return lab_heap_bucket_intern(stack, object, size);
}

uint32_t lab_heap_bucket_from(const struct lab_registers *from, uint64_t labels, size_t size) {
  struct lab_modules *modules = modules_now();
  memo *m = own_memo();
  uintptr_t limit = lab_self.stack_hi;
  if (m == NULL || modules == NULL || from->sp < lab_self.stack_lo ||
      from->sp >= limit)
    return bucket_afresh(from, labels, size);
  if (m->modules != modules) {
    m->modules = modules;
    m->count = 0;
    for (uint32_t i = 0; i < WAYS; i++) m->ways[i].count = 0;
  }
  if (m->labels != labels) {
    m->labels = labels;
    m->count = 0;
  }

  // Frames [0, known) of the last walk may hold; the new ones are put down from the end of the array, innermost last.
  frame *frames = m->frames;
  uint32_t known = m->count, fresh = FRAMES - 1;
  begin(&frames[fresh], from);
  bool object = false;
  if (!go_in(m, modules, &frames[fresh], limit, &object)) {
    m->count = 0;
    return bucket_afresh(from, labels, size);
  }
  while (true) {
    frame *at = &frames[fresh];
    while (known > 0 && frames[known - 1].sp < at->sp) known--;
    const frame *met = &frames[known - 1];
    if (known > 0 && met->sp == at->sp && met->pc == at->pc && met->fp == at->fp && met->context == at->context) {
      uint32_t holds = verify(frames, known - 1, m->opaque);
      if (holds == 0 && (!m->opaque || stack_beyond(&frames[0], labels) == frames[0].stack)) {
        fresh++;
        break;
      }
      // Good as far as frame `holds`; from there the walk goes on.
      for (fresh++; known > holds;) copy(&frames[--fresh], &frames[--known]);
      at = &frames[fresh];
    }
    if (fresh <= known + 1) {
      m->count = 0;
      return bucket_afresh(from, labels, size);
    }
    enum outcome outcome = step(modules, at, at - 1, limit);
    if (outcome == STEPPED) {
      fresh--;
      continue;
    }
    m->opaque = outcome == UNUSUAL;
    at->stack = m->opaque ? stack_beyond(at, labels)
                          : lab_stack_child(&lab_stacks, lab_stack_root(&lab_stacks, labels), key_of(m, at));
    copy(&frames[0], at);
    known = 1;
    fresh++;
    break;
  }
  return bucket_of(m, known, fresh, object, size);
}
#endif
