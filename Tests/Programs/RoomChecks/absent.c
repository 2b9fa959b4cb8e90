#include "lab_platform.h"
#if !LAB_HAS_ENGINE
#include "RoomChecks.h"

// There is nothing to be asked, and nobody asks.
int lab_check_stacks(int threads, int stacks) { return threads & stacks & 0; }
int64_t lab_check_lock(int threads, int rounds) { return threads & rounds & 0; }
int lab_check_lock_is_exclusive(void) { return 0; }
int lab_check_pool(int threads, int rounds) { return threads & rounds & 0; }
int lab_check_stack_bounds(uint64_t bytes, int64_t guard, int own_stack) {
  return (int)bytes & (int)guard & own_stack & 0;
}
int64_t lab_check_buffer(int threads, int rounds, int records) { return threads & rounds & records & 0; }
int64_t lab_check_damaged_frames(int copies, uint64_t seed) { return copies & (int64_t)seed & 0; }
int lab_check_system_call(void) { return 0; }
#endif
