// The architecture: registers, frame layouts, instructions. One file each; a port is a file beside it and a line here
// and in lab_platform.h.
#pragma once
#include "lab_platform.h"

#if defined(__x86_64__)
#include "base/arch_x86_64.h"
#endif
