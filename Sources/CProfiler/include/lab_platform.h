// Whether the C half knows this platform.
#pragma once
#ifdef __linux__
#include <features.h>
#endif

/// 1 on Linux with GNU's C library on an architecture that has a file in `base/`; 0 elsewhere, and where LAB_NO_ENGINE
/// asks for it: then the hooks compile to nothing, and calls of them answer as if the profiler refused.
#if defined(__linux__) && defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__)) && !defined(LAB_NO_ENGINE)
#define LAB_HAS_ENGINE 1
#else
#define LAB_HAS_ENGINE 0
#endif
