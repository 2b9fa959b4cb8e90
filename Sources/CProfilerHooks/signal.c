// C because it is a signal handler. Everything it calls is async-signal-safe.
#include "include/lab_signal.h"
#include "cpu.h"
#include <errno.h>
#include <stddef.h>

static _Atomic(void (*)(siginfo_t *, void *)) on_request;

static void on_sigprof(int signal, siginfo_t *info, void *context) {
  (void)signal;
  int saved = errno;
  if (info->si_code == SI_TIMER) {
    lab_cpu_on_signal(info, context);
  } else if (info->si_code == SI_TKILL) {
    void (*action)(siginfo_t *, void *) = atomic_load(&on_request);
    if (action) action(info, context);
  }
  errno = saved;
}

void lab_signal_on_request(void (*action)(siginfo_t *, void *)) { atomic_store(&on_request, action); }

int lab_signal_is_ours(void) {
  struct sigaction current;
  return sigaction(SIGPROF, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) &&
         current.sa_sigaction == on_sigprof;
}

int lab_signal_install(void) {
  struct sigaction current;
  if (sigaction(SIGPROF, NULL, &current) != 0) return -1;
  if (lab_signal_is_ours()) return 0;
  if ((current.sa_flags & SA_SIGINFO) || (current.sa_handler != SIG_DFL && current.sa_handler != SIG_IGN)) return -1;
  // Everything is blocked meanwhile: another handler that jumped away would leave a record half written.
  struct sigaction ours = {.sa_sigaction = on_sigprof, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  return sigaction(SIGPROF, &ours, NULL);
}
