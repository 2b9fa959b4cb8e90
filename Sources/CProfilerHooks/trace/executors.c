// Executors, by number: which they are, and what the runtime calls them.
//
// Whoever meets a new one numbers it, without waiting for anybody; what it is the keeper's thread finds out.
//
// C, because hooks number them.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "hooks/hooks.h"
#include "lab_memory.h"
#include "trace/trace.h"

LAB_HIDE_THIS_FILE

extern LAB_SWIFT_CALL struct lab_executor swift_task_getMainExecutor(void) __attribute__((weak));

enum { EXECUTORS = 1 << 16, SLOTS = EXECUTORS * 2 };
/// Number 1 stands for those that found no place.
enum { OTHERS = 1, FIRST = 2 };
struct executor {
  _Atomic uintptr_t identity; ///< 0: this number is not filled in yet. Stored behind the others, and read before them
  uintptr_t implementation, type;
  bool is_of_tasks;
};
static struct executor *executors;
/// Numbers, by hash; 0: none.
static _Atomic uint32_t *slots;
static _Atomic uint32_t executor_count = FIRST;
static uint32_t executors_written;
static _Atomic uintptr_t main_identity;

/// The type of an actor may be another's that has had its address.
static uintptr_t type_of(struct lab_executor executor) {
  return executor.implementation == 0 ? *(const uintptr_t *)executor.identity : executor.implementation;
}

uint32_t lab_trace_executor(struct lab_executor executor, bool is_of_tasks) {
  static __thread struct {
    uintptr_t identity, type;
    uint32_t number, session;
  } last __attribute__((tls_model("initial-exec")));
  uintptr_t type = type_of(executor);
  uint32_t session = lab_trace_session();
  if (LAB_LIKELY(last.identity == executor.identity && last.type == type && last.session == session)) return last.number;
  if (LAB_UNLIKELY(executor.implementation != 0 && LAB_LOAD(&main_identity) == 0 && swift_task_getMainExecutor != NULL))
    LAB_STORE(&main_identity, swift_task_getMainExecutor().identity);
  uint64_t hash = (executor.identity ^ type * 31) * 0x9E3779B97F4A7C15ull;
  uint32_t number = OTHERS;
  for (uint32_t i = 0; i < 64; i++) {
    _Atomic uint32_t *slot = &slots[(hash >> 40 ^ hash >> 20) + i & (SLOTS - 1)];
    uint32_t found = LAB_ACQUIRE(slot), none = 0;
    if (found == 0) {
      uint32_t made = LAB_LOAD(&executor_count);
      if (made >= EXECUTORS) break;
      made = atomic_fetch_add(&executor_count, 1);
      if (made >= EXECUTORS) break;
      executors[made].implementation = executor.implementation;
      executors[made].type = type;
      executors[made].is_of_tasks = is_of_tasks;
      LAB_RELEASE(&executors[made].identity, executor.identity);
      // Whoever finds the number in its slot finds what it stands for.
      if (atomic_compare_exchange_strong(slot, &none, made)) {
        number = made;
        break;
      }
      found = none;
    }
    if (LAB_LOAD(&executors[found].identity) == executor.identity && executors[found].type == type) {
      number = found;
      break;
    }
  }
  last.identity = executor.identity;
  last.type = type;
  last.number = number;
  last.session = session;
  return number;
}

/// The name of a class, by its metadata: that is where its description lies, and in that is a relative reference to its
/// name. Source: Swift, include/swift/ABI/Metadata.h, TargetClassMetadata, TargetTypeContextDescriptor.
size_t lab_trace_type_name(uintptr_t type, char name[LAB_TRACE_TYPE_BYTES]) {
  enum { DESCRIPTION = 40, NAME = 8 };
  uintptr_t description;
  int32_t distance;
  if (!lab_read_memory(type + DESCRIPTION, &description, sizeof description) || description == 0 ||
      !lab_read_memory(description + NAME, &distance, sizeof distance))
    return 0;
  uintptr_t text = description + NAME + (uintptr_t)(intptr_t)distance;
  // Texts end anywhere, and what is behind them may not be there.
  for (size_t count = 0; count < LAB_TRACE_TYPE_BYTES; count++) {
    if (!lab_read_memory(text + count, &name[count], 1)) return 0;
    if (name[count] == 0) return count;
  }
  return LAB_TRACE_TYPE_BYTES;
}

static bool put_executor(uint32_t number) {
  const struct executor *found = &executors[number];
  struct lab_executor executor = {.identity = LAB_LOAD(&found->identity), .implementation = found->implementation};
  uint8_t bytes[LAB_TRACE_TYPE_BYTES + 40], *to = bytes;
  char name[LAB_TRACE_TYPE_BYTES];
  uintptr_t type = found->type;
  bool is_main = executor.implementation != 0 && executor.identity == LAB_LOAD(&main_identity);
  if (executor.implementation != 0 && !lab_read_memory(executor.identity, &type, sizeof type)) type = 0;
  size_t count = is_main ? 0 : lab_trace_type_name(type, name);
  enum lab_trace_executor_kind kind = is_main                       ? LAB_TRACE_EXECUTOR_MAIN
                                      : found->is_of_tasks           ? LAB_TRACE_EXECUTOR_TASK
                                      : executor.implementation != 0 ? LAB_TRACE_EXECUTOR_SERIAL
                                                                     : LAB_TRACE_EXECUTOR_ACTOR;
  to = lab_trace_put(lab_trace_put(lab_trace_put(to, number), kind), executor.identity);
  to = lab_trace_put_bytes(to, name, count);
  return lab_trace_put_entry(LAB_TRACE_EXECUTOR, bytes, (size_t)(to - bytes));
}

void lab_trace_executors_write(void) {
  uint32_t end = LAB_LOAD(&executor_count);
  // Numbers are given before they are filled in.
  for (end = end < EXECUTORS ? end : EXECUTORS; executors_written < end; executors_written++)
    if (LAB_ACQUIRE(&executors[executors_written].identity) == 0 || !put_executor(executors_written)) return;
}

bool lab_trace_executors_begin(void) {
  if (executors == NULL) executors = lab_own_map(EXECUTORS * sizeof *executors);
  if (slots == NULL) slots = lab_own_map(SLOTS * sizeof *slots);
  if (executors == NULL || slots == NULL) return false;
  for (int i = 0; i < SLOTS; i++) LAB_STORE(&slots[i], 0);
  for (uint32_t i = 0, end = LAB_LOAD(&executor_count); i < end && i < EXECUTORS; i++) LAB_STORE(&executors[i].identity, 0);
  LAB_STORE(&executor_count, FIRST);
  executors_written = FIRST;
  return true;
}
#endif
