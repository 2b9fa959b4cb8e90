// The C half of the profiler, as its Swift half calls it.
#pragma once
#include "lab_cpu.h"
#include "lab_engine.h"
#include "lab_environment.h"
#include "lab_heap.h"
#include "lab_labels.h"
#include "lab_leaks.h"
#include "lab_losses.h"
#include "lab_memory.h"
#include "lab_platform.h"
#include "lab_runtime.h"
#include "lab_sessions.h"
#include "lab_unwind.h"
