// What C programs do with locks and Swift ones cannot say, and whether it came out as it does without a profiler.
#pragma once

/// Each is 1 if all was as the standard has it, else 0.
int lock_recursive(void);
int lock_error_checking(void);
int lock_robust(void);
int lock_priority_inheriting(void);
int lock_timed_out(void);
int lock_cancelled(void);
int lock_destroyed(void);
int lock_forked(void);
int lock_signalled(void);
int lock_crowded(int threads);

/// Forks a child, which has a thread wait for a lock and ends; how that ended, 0 if all was well.
int lock_in_child(void);
