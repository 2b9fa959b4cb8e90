// Whether the runtime is laid out as it is known to be: the one guard before every private offset.
//
// C, because a leak scan asks while all threads stand still. Async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "runtime/layout.h"

enum { KNOWN_VERSION = 1 };

// The runtime's own, for debuggers. Weak and not looked up, so that they are found in a static build too.
extern const uint32_t _swift_concurrency_debug_internal_layout_version __attribute__((weak));
extern const uint32_t _swift_concurrency_debug_asyncTaskSize __attribute__((weak));
extern const uintptr_t _swift_concurrency_debug_asyncTaskMetadata __attribute__((weak));
extern const uintptr_t _swift_concurrency_debug_asyncTaskSlabMetadata __attribute__((weak));

static bool has_known_version(void) {
  return &_swift_concurrency_debug_internal_layout_version != NULL && &_swift_concurrency_debug_asyncTaskSize != NULL &&
         _swift_concurrency_debug_internal_layout_version == KNOWN_VERSION;
}

bool lab_runtime_knows_locals(void) {
  return has_known_version() && _swift_concurrency_debug_asyncTaskSize == LAB_TASK_LOCALS_SIZE;
}

static lab_task_layout program;
static bool has_program;
static intptr_t dispatch_storage = INTPTR_MAX;

void lab_runtime_use_program(lab_task_layout tasks, intptr_t storage) {
  program = tasks;
  has_program = true;
  dispatch_storage = storage;
}

intptr_t lab_runtime_dispatch_storage(void) { return dispatch_storage; }

static lab_task_layout own(void) {
  bool is_there = has_known_version() && &_swift_concurrency_debug_asyncTaskMetadata != NULL &&
                  &_swift_concurrency_debug_asyncTaskSlabMetadata != NULL;
  if (!is_there) return (lab_task_layout){0};
  return (lab_task_layout){_swift_concurrency_debug_asyncTaskSize, _swift_concurrency_debug_asyncTaskMetadata,
                           _swift_concurrency_debug_asyncTaskSlabMetadata};
}

lab_task_layout lab_runtime_tasks(void) {
  lab_task_layout tasks = has_program ? program : own();
  bool is_sensible = tasks.size > LAB_TASK_STATUS && tasks.size <= 4096 && tasks.size % 8 == 0;
  return is_sensible ? tasks : (lab_task_layout){0};
}
#endif
