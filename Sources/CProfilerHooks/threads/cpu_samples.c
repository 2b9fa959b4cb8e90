// C, because it is read in a handler.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/cpu_samples.h"

_Atomic(lab_cpu_sampled) lab_cpu_samples;
#endif
