// A thread's timer on its CPU clock. By bare system calls: older C libraries allocate in timer_create.
//
// C because its signals carry the entry's address. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/clock.h"
#include "base/system_call.h"
#include "cpu/cpu.h"
#include "threads/kernel_threads.h"
#include "threads/signal.h"
#include <errno.h>
#include <signal.h>

LAB_HIDE_THIS_FILE

struct lab_timer_rate lab_timer_rate;

static uint64_t random_phase(void) {
  static _Atomic uint64_t state;
  // SplitMix64 (Steele, Lea, Flood 2014), seeded by the clock.
  uint64_t z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u) + lab_now();
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return 1 + (z ^ (z >> 31)) % lab_timer_rate.period;
}

static uint64_t used_by(const struct lab_timer *entry) { return lab_thread_cpu_time(entry->tid); }

static void set_timer(const struct lab_timer *entry, bool on) {
  struct itimerspec spec = {0};
  if (on) {
    spec.it_value.tv_sec = (time_t)(entry->first_expiry / 1000000000u);
    spec.it_value.tv_nsec = (long)(entry->first_expiry % 1000000000u);
    spec.it_interval.tv_sec = (time_t)(lab_timer_rate.period / 1000000000u);
    spec.it_interval.tv_nsec = (long)(lab_timer_rate.period % 1000000000u);
  }
  lab_system_call(SYS_timer_settime, entry->timer, on ? TIMER_ABSTIME : 0, &spec, NULL);
}

/// Expiries that fall into the first `used` nanoseconds of the thread's CPU time, signalled or not.
static uint64_t expiries(const struct lab_timer *entry, uint64_t used) {
  return used < entry->first_expiry ? 0 : 1 + (used - entry->first_expiry) / lab_timer_rate.period;
}

/// What the kernel has not reported yet, since it looks at timers at its tick only.
static uint64_t owed(const struct lab_timer *entry, uint64_t used) {
  uint64_t expired = expiries(entry, used), reported = atomic_load(&entry->reported);
  return expired > reported ? expired - reported : 0;
}

static void start_timer(struct lab_timer *entry, uint64_t now) {
  // A random phase, so that threads shorter than a period are sampled as often as they deserve.
  entry->first_expiry = now + random_phase();
  entry->paused_at = now;
  atomic_store(&entry->reported, 0);
  atomic_store(&entry->carried, 0);
  if (lab_timer_rate.armed) set_timer(entry, true);
}

void lab_timer_pause(struct lab_timer *entry) {
  set_timer(entry, false);
  entry->paused_at = used_by(entry);
}

void lab_timer_resume(struct lab_timer *entry) {
  uint64_t now = used_by(entry);
  atomic_fetch_add(&entry->carried, owed(entry, entry->paused_at));
  entry->first_expiry += expiries(entry, entry->paused_at) * lab_timer_rate.period + now - entry->paused_at;
  atomic_store(&entry->reported, 0);
  set_timer(entry, true);
}

bool lab_timer_make(struct lab_timer *entry, bool from_birth) {
  struct sigevent event = {0};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event.sigev_value.sival_ptr = lab_signal_mark(lab_cpu_signals, (unsigned)lab_timer_rate.session, entry);
  event._sigev_un._tid = entry->tid;
  int timer;
  long error = lab_system_call(SYS_timer_create, lab_thread_clock(entry->tid), &event, &timer);
  // ESRCH, EINVAL: the thread has just ended. Anything else (EAGAIN: RLIMIT_SIGPENDING) is a loss to be told.
  if (error != 0 && error != -ESRCH && error != -EINVAL) {
    lab_lose(LAB_LOSS_cpu_no_timer, 1);
    atomic_store(&lab_cpu_counters.last_error, (int)-error);
  }
  if (error != 0) return false;
  entry->timer = timer;
  lab_count(&lab_cpu_counters.threads, 1);
  start_timer(entry, from_birth ? 0 : used_by(entry));
  return true;
}

void lab_timer_drop(struct lab_timer *entry) {
  if (entry->timer >= 0) lab_system_call(SYS_timer_delete, entry->timer);
  entry->timer = -1;
}

// An armed timer of a dead thread reads as disarmed; any other cannot be set any more.
bool lab_timer_is_dead(const struct lab_timer *entry) {
  struct itimerspec left = {0};
  if (entry->timer < 0) return false;
  if (!lab_timer_rate.armed) return lab_system_call(SYS_timer_settime, entry->timer, 0, &left, NULL) != 0;
  return lab_system_call(SYS_timer_gettime, entry->timer, &left) != 0 ||
         (left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
}

uint64_t lab_timer_owed(const struct lab_timer *entry) {
  if (entry->timer < 0) return 0;
  return owed(entry, lab_timer_rate.armed ? used_by(entry) : entry->paused_at) + LAB_LOAD(&entry->carried);
}
#endif
