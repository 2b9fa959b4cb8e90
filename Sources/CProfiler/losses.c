// What is told of losses.
#include "lab_losses.h"

static const struct {
  const char *engine, *sentence;
} losses[] = {
#define LAB_LOSS(engine, name, sentence) {#engine, sentence},
#include "lab_losses.def"
};

const char *lab_loss_engine(enum lab_loss loss) { return losses[loss].engine; }
const char *lab_loss_sentence(enum lab_loss loss) { return losses[loss].sentence; }
