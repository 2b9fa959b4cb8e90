// C, because it is read in hooks.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/blocked_calls.h"

_Atomic(lab_blocked_call) lab_blocked_calls;
#endif
