// The bodies of the hooks before what waits for something else than a lock.
//
// A semaphore is tried first. Of the rest, whether it waits is not known before, nor told by how long it takes: a read
// of much that is there takes as long. The kernel counts how often a thread has given up the processor of its own
// accord, and is asked before and after.
//
// C, because these are libc's functions; they call the real ones. Most are async-signal-safe, and stay so. A thread
// that is cancelled in one leaves no trace.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "waits/waits.h"

#if LAB_INTERPOSES
#include <errno.h>
#include <sys/resource.h>

/// How often this thread has waited in the kernel.
static long voluntary_switches(void) {
  struct rusage usage;
  return lab_system_call(SYS_getrusage, RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

/// A call that surely waits.
#define WAITS(result, reason, call)                           \
  uint64_t began = lab_block_begins();                        \
  result returned = lab_real.call;                            \
  if (began != 0) {                                           \
    struct lab_registers registers = lab_registers_here();    \
    lab_block_ends(began, reason, &registers);                \
  }                                                           \
  return returned

/// A call that may.
#define MAY_WAIT(result, reason, call)                        \
  uint64_t began = lab_block_begins();                        \
  if (began == 0) return lab_real.call;                       \
  long switches = voluntary_switches();                       \
  result returned = lab_real.call;                            \
  if (voluntary_switches() != switches) {                     \
    struct lab_registers registers = lab_registers_here();    \
    lab_block_ends(began, reason, &registers);                \
  }                                                           \
  return returned

#define SEMAPHORE(call)                                              \
  if (lab_block_begins() == 0) return lab_real.call;                 \
  int error = errno;                                                 \
  if (sem_trywait(semaphore) == 0) return 0;                         \
  errno = error;                                                     \
  WAITS(int, LAB_WAIT_ON_SEMAPHORE, call)

int LAB_BODY(sem_wait)(sem_t *semaphore) { SEMAPHORE(sem_wait(semaphore)); }
int LAB_BODY(sem_timedwait)(sem_t *semaphore, const struct timespec *limit) {
  SEMAPHORE(sem_timedwait(semaphore, limit));
}
int LAB_BODY(sem_clockwait)(sem_t *semaphore, clockid_t clock, const struct timespec *limit) {
  SEMAPHORE(sem_clockwait(semaphore, clock, limit));
}

int LAB_BODY(nanosleep)(const struct timespec *time, struct timespec *rest) {
  WAITS(int, LAB_WAIT_ON_TIME, nanosleep(time, rest));
}
int LAB_BODY(clock_nanosleep)(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest) {
  WAITS(int, LAB_WAIT_ON_TIME, clock_nanosleep(clock, flags, time, rest));
}
int LAB_BODY(usleep)(useconds_t microseconds) {
  WAITS(int, LAB_WAIT_ON_TIME, usleep(microseconds));
}
unsigned LAB_BODY(sleep)(unsigned seconds) {
  WAITS(unsigned, LAB_WAIT_ON_TIME, sleep(seconds));
}
int LAB_BODY(pthread_join)(pthread_t thread, void **result) {
  MAY_WAIT(int, LAB_WAIT_ON_THREAD, pthread_join(thread, result));
}
pid_t LAB_BODY(waitpid)(pid_t process, int *status, int options) {
  MAY_WAIT(pid_t, LAB_WAIT_ON_PROCESS, waitpid(process, status, options));
}
int LAB_BODY(poll)(struct pollfd *files, nfds_t count, int limit) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, poll(files, count, limit));
}
int LAB_BODY(ppoll)(struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, ppoll(files, count, limit, mask));
}
int LAB_BODY(select)(int count, fd_set *reads, fd_set *writes, fd_set *exceptions, struct timeval *limit) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, select(count, reads, writes, exceptions, limit));
}
int LAB_BODY(pselect)(int count, fd_set *reads, fd_set *writes, fd_set *exceptions, const struct timespec *limit,
                      const sigset_t *mask) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, pselect(count, reads, writes, exceptions, limit, mask));
}
int LAB_BODY(epoll_wait)(int file, struct epoll_event *events, int count, int limit) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, epoll_wait(file, events, count, limit));
}
int LAB_BODY(epoll_pwait)(int file, struct epoll_event *events, int count, int limit, const sigset_t *mask) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, epoll_pwait(file, events, count, limit, mask));
}
int LAB_BODY(epoll_pwait2)(int file, struct epoll_event *events, int count, const struct timespec *limit,
                           const sigset_t *mask) {
  MAY_WAIT(int, LAB_WAIT_ON_POLL, epoll_pwait2(file, events, count, limit, mask));
}
ssize_t LAB_BODY(read)(int file, void *bytes, size_t count) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, read(file, bytes, count));
}
ssize_t LAB_BODY(pread)(int file, void *bytes, size_t count, off_t offset) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, pread(file, bytes, count, offset));
}
ssize_t LAB_BODY(pread64)(int file, void *bytes, size_t count, off64_t offset) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, pread64(file, bytes, count, offset));
}
ssize_t LAB_BODY(readv)(int file, const struct iovec *parts, int count) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, readv(file, parts, count));
}
ssize_t LAB_BODY(recv)(int file, void *bytes, size_t count, int flags) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, recv(file, bytes, count, flags));
}
ssize_t LAB_BODY(recvfrom)(int file, void *bytes, size_t count, int flags, __SOCKADDR_ARG address, socklen_t *size) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, recvfrom(file, bytes, count, flags, address, size));
}
ssize_t LAB_BODY(recvmsg)(int file, struct msghdr *message, int flags) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_READ, recvmsg(file, message, flags));
}
int LAB_BODY(accept)(int file, __SOCKADDR_ARG address, socklen_t *size) {
  MAY_WAIT(int, LAB_WAIT_ON_READ, accept(file, address, size));
}
int LAB_BODY(accept4)(int file, __SOCKADDR_ARG address, socklen_t *size, int flags) {
  MAY_WAIT(int, LAB_WAIT_ON_READ, accept4(file, address, size, flags));
}
ssize_t LAB_BODY(write)(int file, const void *bytes, size_t count) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, write(file, bytes, count));
}
ssize_t LAB_BODY(pwrite)(int file, const void *bytes, size_t count, off_t offset) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, pwrite(file, bytes, count, offset));
}
ssize_t LAB_BODY(pwrite64)(int file, const void *bytes, size_t count, off64_t offset) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, pwrite64(file, bytes, count, offset));
}
ssize_t LAB_BODY(writev)(int file, const struct iovec *parts, int count) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, writev(file, parts, count));
}
ssize_t LAB_BODY(send)(int file, const void *bytes, size_t count, int flags) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, send(file, bytes, count, flags));
}
ssize_t LAB_BODY(sendto)(int file, const void *bytes, size_t count, int flags, __CONST_SOCKADDR_ARG address,
                         socklen_t size) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, sendto(file, bytes, count, flags, address, size));
}
ssize_t LAB_BODY(sendmsg)(int file, const struct msghdr *message, int flags) {
  MAY_WAIT(ssize_t, LAB_WAIT_ON_WRITE, sendmsg(file, message, flags));
}
int LAB_BODY(connect)(int file, __CONST_SOCKADDR_ARG address, socklen_t size) {
  MAY_WAIT(int, LAB_WAIT_ON_WRITE, connect(file, address, size));
}
int LAB_BODY(fsync)(int file) {
  MAY_WAIT(int, LAB_WAIT_ON_WRITE, fsync(file));
}
int LAB_BODY(fdatasync)(int file) {
  MAY_WAIT(int, LAB_WAIT_ON_WRITE, fdatasync(file));
}
#endif
#endif
