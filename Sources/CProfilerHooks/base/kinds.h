// A bit for each kind of profile that C knows.
#pragma once

enum lab_kind_number {
#define LAB_KIND(name, variable, rate_variable, usual, highest, at_crash, begin) LAB_KIND_##name,
#include "base/kinds.def"
#undef LAB_KIND
  LAB_KINDS
};

/// The engine that bears the name of that kind, in a mask of engines. Kinds that another's engine makes (allocs and leaks
/// are made by heap's) have a bit as well, which nobody switches on.
#define LAB_ENGINE(name) (1u << LAB_KIND_##name)
/// In such a mask: always, whatever runs.
#define LAB_ALWAYS (1u << 31)
