// The architecture: registers, frame layouts, instructions. One file each; HACKING.md
// tells what a port needs.
#pragma once
#include "lab_platform.h"

#if defined(__x86_64__)
#include "base/arch_x86_64.h"
#elif defined(__aarch64__)
#include "base/arch_aarch64.h"
#endif
