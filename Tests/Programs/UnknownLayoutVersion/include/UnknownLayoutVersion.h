// Linked in, it stands before the variable of Swift's runtime that says how tasks are laid out.
#pragma once
#include <stdint.h>

extern const uint32_t _swift_concurrency_debug_internal_layout_version;
