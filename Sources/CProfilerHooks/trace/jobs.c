// Work that is no task: continuations that are resumed by a job, and objects that are destroyed on their actor, an
// isolated deinit. The latter is done at once if the actor is free, else by a job later: either way by a function that is
// handed over with the object, and that is taken the place of.
//
// C, because it runs inside the runtime. It calls the writer only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "hooks/hooks.h"
#include "trace/trace.h"
#include <stdio.h>

LAB_HIDE_THIS_FILE

/// A name for the job: whose object it destroys. Types are few, and stay where they are.
static uint32_t name_of(uintptr_t type) {
  enum { BYTES = LAB_TRACE_TYPE_BYTES + 16 };
  char text[BYTES], name[LAB_TRACE_TYPE_BYTES + 1];
  uint32_t known = lab_trace_name_at(type);
  if (known != 0) return known;
  name[lab_trace_type_name(type, name)] = 0;
  int count = snprintf(text, sizeof text, "deinit of %s", *name ? name : "an object");
  return lab_trace_name_for(type, text, (size_t)count);
}

void lab_trace_job(bool begins, uintptr_t job, uintptr_t type, struct lab_executor executor, uint64_t ticks) {
  if (!lab_trace_is_on() || !lab_enter()) return;
  if (LAB_UNLIKELY(!LAB_LOAD(&lab_trace_counts_cycles))) ticks = lab_now();
  lab_trace_write(ticks, (struct lab_trace_fields_of){
                             .kind = begins ? LAB_TRACE_KIND_JOB_RUNS : LAB_TRACE_KIND_JOB_ENDS,
                             .other = job,
                             .executor = begins && executor.identity != 0 ? lab_trace_executor(executor, false) : 0,
                             .index = begins && type != 0 ? name_of(type) : 0});
  lab_leave();
}

// MARK: - Objects that are being destroyed

typedef LAB_SWIFT_CALL void (*destroying)(void *object);

/// By object, who destroys it. One that finds no place is destroyed untold.
enum { PLACES = 4096, TRIES = 16 };
static struct destroyed {
  _Atomic uintptr_t object; ///< 0: free; TAKEN: being filled in
  destroying work;
  struct lab_executor executor;
} places[PLACES];
static const uintptr_t TAKEN = 1;

static uint32_t first_place(uintptr_t object) { return (uint32_t)((object * 0x9E3779B97F4A7C15ull) >> 40); }

static bool note(uintptr_t object, destroying work, struct lab_executor executor) {
  for (uint32_t i = 0; i < TRIES; i++) {
    struct destroyed *place = &places[(first_place(object) + i) & (PLACES - 1)];
    uintptr_t none = 0;
    if (!atomic_compare_exchange_strong(&place->object, &none, TAKEN)) continue;
    place->work = work;
    place->executor = executor;
    LAB_RELEASE(&place->object, object);
    return true;
  }
  return false;
}

#if LAB_INTERPOSES
static LAB_SWIFT_CALL void destroy(void *object) {
  struct destroyed found = {0};
  for (uint32_t i = 0; i < TRIES; i++) {
    struct destroyed *place = &places[(first_place((uintptr_t)object) + i) & (PLACES - 1)];
    if (LAB_ACQUIRE(&place->object) != (uintptr_t)object) continue;
    found.work = place->work;
    found.executor = place->executor;
    LAB_RELEASE(&place->object, 0);
    break;
  }
  uintptr_t type = *(const uintptr_t *)object;
  lab_trace_job(true, (uintptr_t)object, type, found.executor, lab_ticks());
  found.work(object);
  lab_trace_job(false, (uintptr_t)object, type, found.executor, lab_ticks());
}

void LAB_BODY(swift_task_deinitOnExecutor)(void *object, destroying work, uintptr_t executor, uintptr_t implementation,
                                           size_t flags) {
  if (lab_trace_is_on() && note((uintptr_t)object, work, (struct lab_executor){executor, implementation})) work = destroy;
  lab_real.swift_task_deinitOnExecutor(object, work, executor, implementation, flags);
}
#endif
#endif
