// C because Swift cannot define a variable under a name of its runtime's.
#include "include/UnknownLayoutVersion.h"

const uint32_t _swift_concurrency_debug_internal_layout_version = 1000;
