// What of the C half the Swift half may call, for one that is in another image.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_engine.h"

const struct lab_engine lab_engine = {
#define LAB_CALL(result, name, parameters, arguments, absent) .name = name,
#include "lab_calls.def"
};

int lab_engine_is_present(void) { return 1; }
#endif
