// The C half's functions where the C half is in another image. Weak: where it is in this one, its own are taken.
#include "lab_engine.h"

static const struct lab_engine *reached;

void lab_engine_reach(const struct lab_engine *engine) { reached = engine; }

#define LAB_CALL(result, name, parameters, arguments) \
  __attribute__((weak)) result name parameters { return reached->name arguments; }
#include "lab_calls.def"
