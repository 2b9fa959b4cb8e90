// What of the C half the Swift half may call, for one that is in another image.
#include "lab_engine.h"

const struct lab_engine lab_engine = {
#define LAB_CALL(result, name, parameters, arguments) .name = name,
#include "lab_calls.def"
};
