// The C half's functions where the C half is in another image, or nowhere. Weak: where it is in this one, its own are
// taken.
#include "lab_engine.h"

static const struct lab_engine *reached;

void lab_engine_reach(const struct lab_engine *engine) { reached = engine; }

__attribute__((weak)) int lab_engine_is_present(void) { return reached != 0; }

/// Where there is no C half nothing is recorded.
__attribute__((weak)) uint32_t lab_trace_is_active;

#define LAB_CALL(result, name, parameters, arguments, absent) \
  __attribute__((weak)) result name parameters { return reached ? reached->name arguments : absent; }
#include "lab_calls.def"
