// The names of the system calls in which threads wait. C, because their numbers are the C library's macros.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_threads.h"
#include <stddef.h>
#include <sys/syscall.h>

#define NAMED(call) \
  case SYS_##call: return #call;

const char *lab_thread_call_name(int call) {
  switch (call) {
    // For a time, or another thread.
    NAMED(nanosleep) NAMED(clock_nanosleep) NAMED(futex) NAMED(sched_yield)
    // For signals and processes.
    NAMED(rt_sigsuspend) NAMED(rt_sigtimedwait) NAMED(wait4) NAMED(waitid)
    // For one of several descriptors.
    NAMED(ppoll) NAMED(pselect6) NAMED(epoll_pwait) NAMED(io_getevents)
    // For one.
    NAMED(read) NAMED(readv) NAMED(pread64) NAMED(preadv) NAMED(recvfrom) NAMED(recvmsg) NAMED(recvmmsg)
    NAMED(write) NAMED(writev) NAMED(pwrite64) NAMED(pwritev) NAMED(sendto) NAMED(sendmsg) NAMED(sendmmsg)
    NAMED(accept) NAMED(accept4) NAMED(connect) NAMED(sendfile) NAMED(splice) NAMED(ioctl)
    // For a disk.
    NAMED(openat) NAMED(fsync) NAMED(fdatasync) NAMED(flock) NAMED(fcntl)
    // For other processes by what they share.
    NAMED(msgrcv) NAMED(msgsnd) NAMED(semop) NAMED(semtimedop) NAMED(mq_timedreceive) NAMED(mq_timedsend)
    // For memory.
    NAMED(mmap) NAMED(munmap) NAMED(mprotect) NAMED(madvise)
#ifdef SYS_poll // What newer architectures have no numbers for.
    NAMED(poll) NAMED(select) NAMED(epoll_wait) NAMED(pause) NAMED(open)
#endif
#ifdef SYS_epoll_pwait2
    NAMED(epoll_pwait2)
#endif
#ifdef SYS_io_uring_enter
    NAMED(io_uring_enter)
#endif
#ifdef SYS_futex_waitv
    NAMED(futex_waitv)
#endif
  default: return NULL;
  }
}
#endif
