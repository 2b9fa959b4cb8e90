// C11's atomics, with short names for what stands in nearly every line of the hooks.
#pragma once
#include "lab_platform.h"
#include <stdatomic.h>
#include <stdint.h>

#define LAB_LIKELY(x) __builtin_expect(!!(x), 1)
#define LAB_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Memory is as it is on x86_64 everywhere. There every load acquires, every store releases and every addition does both,
// whatever is asked for, and all that is here was written, measured and tested so: a switch that is read by LAB_LOAD may
// be all that tells a thread that the table it guards has been mapped. Where the processor orders less (aarch64) the same
// is asked for by name, at a nanosecond each. Two things it does not give, as little as x86_64 gives the second: that a
// store comes before the stores behind it, for which there is LAB_BEFORE_STORES, and before the loads behind it, for
// which the C11 operations without `_explicit` are used.
#if defined(__x86_64__)
#define LAB_ORDER_OF_LOADS memory_order_relaxed
#define LAB_ORDER_OF_STORES memory_order_relaxed
#define LAB_ORDER_OF_ADDITIONS memory_order_relaxed
#else
#define LAB_ORDER_OF_LOADS memory_order_acquire
#define LAB_ORDER_OF_STORES memory_order_release
#define LAB_ORDER_OF_ADDITIONS memory_order_acq_rel
#endif

/// One word, seen whole, in the order that x86_64 gives.
#define LAB_LOAD(p) atomic_load_explicit((p), LAB_ORDER_OF_LOADS)
#define LAB_STORE(p, v) atomic_store_explicit((p), (v), LAB_ORDER_OF_STORES)

/// Whoever sees a store behind this sees those before it. Nothing but an order for the compiler on x86_64.
#define LAB_BEFORE_STORES() atomic_thread_fence(memory_order_release)

/// What was written before the value was stored is seen by whoever loads it so.
#define LAB_ACQUIRE(p) atomic_load_explicit((p), memory_order_acquire)
#define LAB_RELEASE(p, v) atomic_store_explicit((p), (v), memory_order_release)

/// Adds to a figure that others add to.
static inline void lab_count(_Atomic uint64_t *counter, uint64_t n) {
  atomic_fetch_add_explicit(counter, n, LAB_ORDER_OF_ADDITIONS);
}
