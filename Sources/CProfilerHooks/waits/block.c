// The recording of waits of every kind.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "waits/session.h"

static void forget(void) { lab_wait_buckets_clear(LAB_WAIT_BLOCKED); }

static struct lab_waits_session session = {
    .kind = "block", .engine = LAB_ENGINE(block), .active = &lab_block_active, .forget = forget, .rate = 1};

lab_waits_status lab_block_start(uint64_t nanoseconds) { return lab_waits_start(&session, nanoseconds, false); }
void lab_block_stop(void) { lab_waits_stop(&session); }
uint32_t lab_block_session(void) { return LAB_LOAD(&lab_block_active); }
uint64_t lab_block_rate(void) { return LAB_LOAD(&session.rate); }
const char *lab_block_begin(long nanoseconds) { return lab_waits_begin(&session, nanoseconds); }
#endif
