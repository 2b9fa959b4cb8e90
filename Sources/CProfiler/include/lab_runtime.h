// What is known of the Swift runtime that it does not promise: the offsets in tasks,
// labels and dispatch's queues, in one place. Used only where the
// runtime says that it is laid out so: see runtime/layout.c.
#pragma once
#include <pthread.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

/// Where a task keeps what. Layout version 1. Source: Swift, include/swift/ABI/Task.h, AsyncTask; TaskLocal.h, Item.
enum {
  LAB_TASK_FLAGS = 32,           ///< uint32_t, lab_task_flags
  LAB_TASK_ID_LOW = 36,          ///< uint32_t, the lower half of its number, which no other task ever gets
  LAB_TASK_RESUME_FUNCTION = 56, ///< of the innermost function of a suspended task, where it goes on
  LAB_TASK_RESUME_CONTEXT = 64,  ///< and its context, which begins with its caller's and where that goes on
  LAB_TASK_EXCLUSIVITY = 80,     ///< what the library is given when the task gets a thread, and when it leaves it
  LAB_TASK_STATUS = 96,          ///< lab_task_status; its lowest byte is the priority
  LAB_TASK_RECORDS = 104,        ///< what is to be told when it is cancelled and what it depends on, a list
  LAB_TASK_STACK = 112,          ///< what it has used of its stack last, and the first piece of that
  LAB_TASK_LOCALS = 136,         ///< its innermost task-local item
  LAB_TASK_ID_HIGH = 144,        ///< uint32_t, the upper half of its number
  LAB_TASK_DEPENDENCY = 160,     ///< a record of what it waits for, if its status says that there is one
  LAB_TASK_LOCK = 168,           ///< the C library's, the last of the record, which is aligned to 16
  /// The size of a task for which that is so: 208 bytes on x86_64, 224 on arm64, where that lock is larger.
  LAB_TASK_LOCALS_SIZE = (LAB_TASK_LOCK + (int)sizeof(pthread_mutex_t) + 15) / 16 * 16,
};

/// Source: Swift, include/swift/ABI/MetadataValues.h, JobFlags.
enum lab_task_flags {
  LAB_TASK_IS_CHILD = 1 << 24,       ///< 16 bytes follow the task's own record
  LAB_TASK_IS_FUTURE = 1 << 25,      ///< then: who waits, the result's type, the error, the result
  LAB_TASK_IS_GROUP_CHILD = 1 << 26, ///< before these 8 bytes
};
enum { LAB_TASK_CHILD_BYTES = 16, LAB_TASK_GROUP_CHILD_BYTES = 8 };
/// Of what follows the record of a child: its parent, and the next of the parent's children.
enum { LAB_CHILD_PARENT = 0, LAB_CHILD_NEXT = 8 };
/// Of a future, from its beginning: who waits, a list that goes on at LAB_TASK_NEXT_WAITING in each of these tasks.
enum {
  LAB_FUTURE_WAITING = 0,
  LAB_FUTURE_TYPE = 8,
  LAB_FUTURE_ERROR = 16,
  LAB_FUTURE_RESULT = 24,
  LAB_TASK_NEXT_WAITING = 16,
};

/// Source: Swift, stdlib/public/Concurrency/TaskPrivate.h, ActiveTaskStatus.
enum lab_task_status {
  LAB_TASK_IS_CANCELLED = 0x100,
  LAB_TASK_RECORDS_ARE_LOCKED = 0x200,
  LAB_TASK_IS_COMPLETE = 0x2000,
  LAB_TASK_HAS_DEPENDENCY = 0x4000,
  LAB_TASK_PREFERS_EXECUTOR = 0x8000,
};

/// A job that is no task: what it is, in the lowest byte of its flags, and the function that does it. Source: Swift,
/// include/swift/ABI/Task.h, Job; MetadataValues.h, JobKind.
enum { LAB_JOB_FUNCTION = 56, LAB_JOB_RESUMES = 195 };

/// An entry of a task's list of records: its kind in the lowest byte, and the next. Source: Swift,
/// include/swift/ABI/TaskStatus.h, TaskStatusRecord; MetadataValues.h, TaskStatusRecordKind.
enum {
  LAB_RECORD_KIND = 0,
  LAB_RECORD_NEXT = 8,
  LAB_RECORD_CHILDREN = 16,  ///< of a child or of a group: the first child, a list
  LAB_RECORD_LAST_CHILD = 24, ///< and the last of a group; behind a child's record, the child again
  LAB_RECORD_OF_CHILD = 1,
  LAB_RECORD_OF_GROUP = 2,
  LAB_RECORD_ON_CANCEL = 3,
  LAB_RECORD_ON_ESCALATION = 4,
  LAB_RECORD_OF_EXECUTOR = 5, ///< which the task prefers: behind a flag its identity, and what implements it
  LAB_RECORD_EXECUTOR = 24,
  LAB_RECORD_IMPLEMENTATION = 32,
};

/// What a task waits for. Source: Swift, include/swift/ABI/TaskStatus.h, TaskDependencyStatusRecord.
enum {
  LAB_DEPENDENCY_ON = 16,   ///< a task, a group, a continuation; or an executor, null for the common one
  LAB_DEPENDENCY_KIND = 32, ///< uint32_t, enum lab_task_reason up to LAB_TASK_AWAITS_EXECUTOR
  LAB_DEPENDENCY_BYTES = 48, ///< the last word is the task that waits
};

/// What a new task shall be like, a list. Source: Swift, include/swift/ABI/TaskOptions.h; MetadataValues.h.
enum { LAB_OPTION_KIND = 0, LAB_OPTION_NEXT = 8, LAB_OPTION_NAME = 16, LAB_OPTION_IS_NAME = 7 };

/// A piece of a task's stack: the next one, how many bytes it has, how many of them are in use, and where they begin.
/// Source: Swift, stdlib/public/runtime/StackAllocator.h, Slab.
enum { LAB_SLAB_NEXT = 8, LAB_SLAB_CAPACITY = 16, LAB_SLAB_USED = 20, LAB_SLAB_HEADER = 32 };

/// What an ExecutorTrackingInfo begins with: the executor's identity and what implements it. Source: Swift,
/// stdlib/public/Concurrency/Actor.cpp.
enum { LAB_TRACKED_IDENTITY = 0, LAB_TRACKED_IMPLEMENTATION = 8 };

/// A queue of libdispatch: the queue on which its work is done, its state, its label; and in the state the id of the
/// thread that drains it. Source: swift-corelibs-libdispatch, src/queue_internal.h, src/shims/lock.h.
enum { LAB_QUEUE_TARGET = 24, LAB_QUEUE_STATE = 56, LAB_QUEUE_LABEL = 72, LAB_QUEUE_BYTES = 80 };
enum { LAB_QUEUE_OWNER = 0x3fffffff };

/// What a thread that waits for its turn on a queue has on its stack, a dispatch_sync_context_s: itself, the queue, the
/// word on which it sleeps, its id. Source: the same, src/queue_internal.h.
enum { LAB_SYNC_SELF = 40, LAB_SYNC_QUEUE = 56, LAB_SYNC_EVENT = 96, LAB_SYNC_WAITER = 100 };

/// How the runtime lays out tasks.
typedef struct lab_task_layout {
  uint32_t size;       ///< bytes of a task's own record
  uintptr_t mark;      ///< the first word of a task
  uintptr_t slab_mark; ///< the first word of a piece of a task's stack
} lab_task_layout;

/// All zero if the layout is not the known one: then nothing above may be used.
lab_task_layout lab_runtime_tasks(void);

/// For a program that has a Swift library of its own, beside that of this code: how its runtime lays out tasks, and
/// where __dispatch_tsd lies in the thread-local storage of the program; INTPTR_MAX if that is not known. Before a
/// scan.
void lab_runtime_use_program(lab_task_layout tasks, intptr_t dispatch_storage);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
