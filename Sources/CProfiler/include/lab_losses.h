// What the profilers could not take in as they should: counted where it happens, told in the profiles' comments.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

enum lab_loss {
#define LAB_LOSS(engine, name, sentence) LAB_LOSS_##engine##_##name,
#include "lab_losses.def"
  LAB_LOSSES
};

/// How much was lost since the engine's last start. Async-signal-safe.
uint64_t lab_loss_count(enum lab_loss loss);
/// The engine that counts it, and what to say of it after the count.
const char *lab_loss_engine(enum lab_loss loss);
const char *lab_loss_sentence(enum lab_loss loss);

#pragma GCC visibility pop
