// Whether functions of the C library may be interposed: not beside a sanitizer, which does so itself.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LAB_INTERPOSES 0
#endif
#endif
#ifndef LAB_INTERPOSES
#define LAB_INTERPOSES 1
#endif
