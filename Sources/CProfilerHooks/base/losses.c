// How much was lost, by kind of loss.
//
// C, because it is counted in hooks and handlers.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/losses.h"
#include <string.h>

_Atomic uint64_t lab_losses[LAB_LOSSES];

uint64_t lab_loss_count(enum lab_loss loss) { return LAB_LOAD(&lab_losses[loss]); }

void lab_losses_forget(const char *engine) {
  for (int loss = 0; loss < LAB_LOSSES; loss++)
    if (strcmp(lab_loss_engine(loss), engine) == 0) LAB_STORE(&lab_losses[loss], 0);
}
#endif
