// The bodies of the hooks before DispatchQueue.sync: to wait for a queue's turn is to wait for a lock, and to be done
// is to give it back.
//
// The work is wrapped, so that its begin and its end are seen. Whether there was something to wait for before it began,
// or only a busy processor, is seen by whether libdispatch had the thread sleep. Work that was submitted with `async`
// runs unseen: what others wait for it is told apart, for no stack is to be blamed.
//
// C, because these are libdispatch's functions; they call the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/hidden.h"
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "unwind/unwind.h"
#include "waits/held.h"
#include "waits/waits.h"

#if LAB_INTERPOSES
LAB_HIDE_THIS_FILE

/// How often a thread has slept for a library's futex, and whether it waits for its turn, which is told as a whole.
static __thread uint32_t sleeps __attribute__((tls_model("initial-exec")));
static __thread bool awaits_turn __attribute__((tls_model("initial-exec")));

long LAB_BODY(syscall)(long number, long a, long b, long c, long d, long e, long f) {
  int operation = (int)b & FUTEX_CMD_MASK;
  bool sleeping = number == SYS_futex && (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET);
  if (sleeping) sleeps++;
  uint64_t began = sleeping && !awaits_turn ? lab_block_begins() : 0;
  long result = lab_real.syscall(number, a, b, c, d, e, f);
  if (began != 0) {
    struct lab_registers registers = lab_registers_here();
    lab_block_ends(began, LAB_WAIT_ON_FUTEX, &registers);
  }
  return result;
}

/// Work for a queue, and what became of it.
struct turn {
  void *context;
  void (*function)(void *);
  const uint32_t *sleeps; ///< of the thread that waits
  uint32_t slept;         ///< how often it had slept before
  bool has_waited, is_done_elsewhere;
  uint64_t blocked;       ///< for how long, for the block profile
  struct lab_lock_wait wait;
  struct lab_unlocking unlocking;
  struct lab_wait_end end;
};

static void take_turn(void *argument) {
  struct turn *turn = argument;
  if (lab_wait_is_followed(&turn->wait)) {
    bool may = lab_enter();
    turn->end = lab_lock_leave(&turn->wait);
    if (may) lab_leave();
    turn->is_done_elsewhere = turn->sleeps != &sleeps;
    turn->has_waited = turn->is_done_elsewhere || *turn->sleeps != turn->slept;
    if (turn->has_waited && turn->wait.blocked != 0) turn->blocked = lab_now() - turn->wait.blocked;
    // What it does from here on is no wait; on another thread it is.
    if (turn->blocked > 0 && !turn->is_done_elsewhere) {
      struct lab_registers registers = lab_registers_here();
      lab_blocked_is_told(turn->wait.blocked, LAB_WAIT_ON_QUEUE, &registers);
    }
  }
  awaits_turn = false;
  lab_held_add(turn->wait.lock);
  turn->function(turn->context);
  lab_held_remove(turn->wait.lock);
  if (lab_lock_is_awaited(turn->wait.lock)) turn->unlocking = lab_unlock_begin(turn->wait.lock);
}

/// Counts what a turn was waited for, and what it made others wait.
static void count(const struct turn *turn, const struct lab_registers *from) {
  lab_unlock_end(&turn->unlocking, LAB_WAIT_ON_QUEUE, from);
  if (turn->blocked > 0 && turn->is_done_elsewhere) lab_blocked_is_told(turn->wait.blocked, LAB_WAIT_ON_QUEUE, from);
  if (!lab_wait_is_followed(&turn->wait) || !lab_enter()) return;
  if (turn->blocked > 0 && LAB_LOAD(&lab_block_active) != 0)
    lab_wait_record(LAB_WAIT_BLOCKED, LAB_WAIT_ON_QUEUE, turn->blocked, from);
  if (LAB_LOAD(&lab_mutex_active) == 0) {
    lab_leave();
    return;
  }
  if (turn->end.charged > 0) lab_wait_record(LAB_WAIT_BY_WAITER, LAB_WAIT_ON_QUEUE, turn->end.charged, from);
  else if (turn->has_waited) lab_wait_record_unseen(LAB_WAIT_ON_QUEUE, turn->end.rest, from);
  lab_leave();
}

static void queue_up(struct turn *turn, const void *queue) {
  turn->sleeps = &sleeps;
  turn->slept = sleeps;
  lab_wait_begin(&turn->wait, queue);
  awaits_turn = lab_wait_is_followed(&turn->wait);
}

#define TAKING_TURN(queue, argument, work, real)                        \
  struct turn turn = {.context = (argument), .function = (work)};       \
  queue_up(&turn, queue);                                               \
  real(queue, &turn, take_turn);                                        \
  awaits_turn = false;                                                  \
  struct lab_registers registers = lab_registers_here();                \
  count(&turn, &registers)

void LAB_BODY(dispatch_sync_f)(void *queue, void *context, void (*function)(void *)) {
  TAKING_TURN(queue, context, function, lab_real.dispatch_sync_f);
}

void LAB_BODY(dispatch_barrier_sync_f)(void *queue, void *context, void (*function)(void *)) {
  TAKING_TURN(queue, context, function, lab_real.dispatch_barrier_sync_f);
}

/// A block that libdispatch made around another one (DispatchWorkItem) says more than what is to be done: it is left to
/// libdispatch. Its code lies there.
static bool is_plain(const struct lab_block *block, const void *library_function) {
  struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  return modules != NULL && lab_find_module(modules, (uintptr_t)block->invoke) !=
                                lab_find_module(modules, (uintptr_t)library_function);
}

void LAB_BODY(dispatch_sync)(void *queue, struct lab_block *block) {
  if (!is_plain(block, (void *)lab_real.dispatch_sync)) return lab_real.dispatch_sync(queue, block);
  TAKING_TURN(queue, block, block->invoke, lab_real.dispatch_sync_f);
}

void LAB_BODY(dispatch_barrier_sync)(void *queue, struct lab_block *block) {
  if (!is_plain(block, (void *)lab_real.dispatch_barrier_sync)) return lab_real.dispatch_barrier_sync(queue, block);
  TAKING_TURN(queue, block, block->invoke, lab_real.dispatch_barrier_sync_f);
}
#endif
#endif
