// The C half's functions where the C half is in another image, or nowhere. Weak: where it is in this one, its own are
// taken.
#include "lab_engine.h"

#if defined(__linux__) && defined(__x86_64__) && defined(__GLIBC__) && !defined(LAB_NO_ENGINE)

int lab_engine_is_present(void) { return 1; }

static const struct lab_engine *reached;

void lab_engine_reach(const struct lab_engine *engine) { reached = engine; }

#define LAB_CALL(result, name, parameters, arguments) \
  __attribute__((weak)) result name parameters { return reached->name arguments; }
#include "lab_calls.def"

#else

int lab_engine_is_present(void) { return 0; }

void lab_engine_reach(const struct lab_engine *engine) { (void)engine; }

// Zero of whatever type, none included.
#pragma GCC diagnostic ignored "-Wvoid-ptr-dereference"
static const _Alignas(16) char zeros[512];
#define LAB_CALL(result, name, parameters, arguments) \
  __attribute__((weak)) result name parameters { \
    _Static_assert(sizeof(result) <= sizeof zeros, "more zeros are needed"); \
    return *(result *)zeros; \
  }
#include "lab_calls.def"

#endif
