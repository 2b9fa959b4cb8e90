// What is different beside a sanitizer.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LAB_INTERPOSES 0
#endif
#if __has_feature(thread_sanitizer)
void __tsan_acquire(void *address);
void __tsan_release(void *address);
/// Tells ThreadSanitizer what our own locks order.
#define LAB_TELL_ACQUIRED(lock) __tsan_acquire(lock)
#define LAB_TELL_RELEASED(lock) __tsan_release(lock)
#endif
#endif

/// Whether functions of the C library are hooked: not beside a sanitizer, which does so itself.
#ifndef LAB_INTERPOSES
#define LAB_INTERPOSES 1
#endif
#ifndef LAB_TELL_ACQUIRED
#define LAB_TELL_ACQUIRED(lock) ((void)(lock))
#define LAB_TELL_RELEASED(lock) ((void)(lock))
#endif
