// The recording of contention.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/start_order.h"
#include "waits/session.h"
#include <stdlib.h>
#include <string.h>

static void forget(void) {
  lab_wakeups_forget();
  lab_wait_buckets_clear(LAB_WAIT_BY_HOLDER);
  lab_wait_buckets_clear(LAB_WAIT_BY_WAITER);
  lab_locks_begin();
}

static struct lab_waits_session session = {
    .kind = "mutex", .engine = LAB_ENGINE(mutex), .active = &lab_mutex_active, .forget = forget, .rate = 1};

lab_waits_status lab_mutex_start(uint64_t fraction) { return lab_waits_start(&session, fraction, false); }
void lab_mutex_stop(void) { lab_waits_stop(&session); }
uint32_t lab_mutex_session(void) { return LAB_LOAD(&lab_mutex_active); }
uint64_t lab_mutex_fraction(void) { return LAB_LOAD(&session.rate); }
const char *lab_mutex_begin(long fraction) { return lab_waits_begin(&session, fraction); }

// MARK: - The environment

static char asked_view[32];

const char *lab_mutex_asked_view(void) { return asked_view; }

/// Before the environment is the program's again.
__attribute__((constructor(LAB_STARTS_WAITS))) static void read_view(void) {
  const char *view = getenv("LAB_MUTEX_VIEW");
  if (view != NULL && strlen(view) < sizeof asked_view) strcpy(asked_view, view);
}
#endif
