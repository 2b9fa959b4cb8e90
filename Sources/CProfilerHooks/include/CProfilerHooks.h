// The C half of the profiler: only what must run inside a signal handler, an allocation or a lock call.
#pragma once
#include "lab_cpu.h"
#include "lab_environment.h"
#include "lab_heap.h"
#include "lab_labels.h"
#include "lab_leaks.h"
#include "lab_loaded_images.h"
#include "lab_sessions.h"
#include "lab_signal.h"
#include "lab_threads.h"
#include "lab_unwind.h"
