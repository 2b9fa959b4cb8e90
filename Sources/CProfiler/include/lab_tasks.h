// The table of tasks: which live, who made them, what each is at; and a look at it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Life

typedef enum lab_tasks_status {
  LAB_TASKS_OK = 0,
  LAB_TASKS_ALREADY_RUNNING,
  LAB_TASKS_SANITIZER,      ///< the hooks are compiled out beside a sanitizer
  LAB_TASKS_NO_CONCURRENCY, ///< the program has no library of Swift's concurrency that calls can be seen of
  LAB_TASKS_UNKNOWN_LAYOUT, ///< it has one that lays out its tasks in an unknown way
  LAB_TASKS_NO_MEMORY,
  LAB_TASKS_UNSUPPORTED, ///< there is no C half on this platform
} lab_tasks_status;

/// Begins to follow tasks: those made from now on, and older ones as they are met. Not async-signal-safe.
lab_tasks_status lab_tasks_start(void);
/// Begins to follow tasks for whoever asks who waits for whom; nothing if that has begun, or if tasks cannot be
/// followed: then it is about threads alone. `from_start`: nothing of the program has run. Not async-signal-safe.
void lab_waitfor_start(bool from_start);
void lab_waitfor_stop(void);
/// Why it refused, in words; null if it did not.
const char *lab_tasks_reason(lab_tasks_status status);
/// Stops, and forgets all tasks. Waits for nobody: a thread inside a hook finishes on its own.
void lab_tasks_stop(void);
/// The number of the session that runs, 0 if none. Async-signal-safe.
uint32_t lab_tasks_session(void);
/// Whether tasks are followed, for whoever it is: this profile, or another one.
bool lab_tasks_are_followed(void);
/// When it was started, in nanoseconds since the epoch.
int64_t lab_tasks_began_at(void);
/// What the environment asks to be shown of tasks, LAB_TASK_VIEW; "" if it does not say.
const char *lab_tasks_asked_view(void);

// MARK: - What a task is at

enum lab_task_state {
  LAB_TASK_IS_NONE = 0,
  LAB_TASK_IS_MADE,     ///< and has not been given to an executor
  LAB_TASK_IS_RUNNABLE, ///< waits for its executor
  LAB_TASK_IS_RUNNING,
  LAB_TASK_IS_NESTING, ///< on its thread another task runs that it began at once
  LAB_TASK_IS_WAITING,
  LAB_TASK_STATES,
};

/// What a task waits for. As the runtime numbers what tasks depend on, as far as it does.
enum lab_task_reason {
  LAB_TASK_AWAITS_NOTHING = 0, ///< known; if runnable: the common executor
  LAB_TASK_AWAITS_TASK = 1,
  LAB_TASK_AWAITS_CONTINUATION = 2,
  LAB_TASK_AWAITS_GROUP = 3,
  LAB_TASK_AWAITS_EXECUTOR = 4, ///< an actor's, or one of the program's
};

/// How the table came to know a task.
enum lab_task_origin {
  LAB_TASK_WAS_MADE, ///< it saw who made it
  LAB_TASK_WAS_OLDER, ///< it is older than the session
  LAB_TASK_OF_RUNTIME, ///< made inside the runtime during the session
};

/// A task at one moment.
typedef struct lab_task_copy {
  uint64_t id, parent;     ///< parent 0: made by no task, or by one that is not known
  uint64_t awaited;        ///< the id of the task that it waits for, 0 if none
  uintptr_t address;
  uint64_t state_nanoseconds; ///< how long it has been in its state
  uint64_t age_nanoseconds;   ///< how long ago it was made, or met
  const char *name;        ///< null if it has none; lives for ever
  uint32_t creation;       ///< for lab_tasks_creation_frames
  uint32_t labels;         ///< its label set, 0 if none
  int32_t tid;             ///< the thread on which it runs, or ran last; 0: none yet
  uint32_t frames;         ///< of its stack, from `first_frame` on in the collection's frames; leaf first
  size_t first_frame;
  uint8_t state, reason, origin, priority;
  bool is_cancelled;
  bool leaf_is_exact;      ///< whether the first frame is an interrupted instruction; else all are return addresses
  bool is_cut;             ///< whether its stack is longer, or could not be read to its end
  bool moved;              ///< whether it changed whenever it was looked at: then it has no stack
  bool lasted;             ///< whether nothing became of it until everything was copied
  /// The task, group or continuation that it waits for, or the executor: an actor's address, or another object's and
  /// what implements it. 0: none.
  uintptr_t waits_at, implementation;
  uintptr_t group;         ///< the group that it is a child of, 0 if of none
  uint64_t word;           ///< of its record, and the record's number: for lab_tasks_collect alone
  uint32_t record;
} lab_task_copy;

/// What the kernel says that a thread does.
enum lab_thread_activity {
  LAB_THREAD_IS_UNKNOWN = 0,
  LAB_THREAD_RUNS, ///< or waits for a processor
  LAB_THREAD_WAITS,
};

/// Words of memory that are copied before and from the address on which a thread sleeps.
enum { LAB_SLEEP_WORDS_BEFORE = 24, LAB_SLEEP_WORDS_FROM = 16 };

/// How a thread sleeps, as it told the kernel: until somebody wakes it; the same with a mask of wakers; until it owns the
/// word, which has its owner's id.
enum lab_sleep_kind { LAB_SLEEPS_PLAINLY, LAB_SLEEPS_WITH_MASK, LAB_SLEEPS_TO_OWN };

/// What a thread sleeps on in the kernel: the arguments of futex(2), and what lies there.
typedef struct lab_thread_sleep {
  uintptr_t address;       ///< 0: it does not sleep on a word, and nothing below is known but what it works for
  uintptr_t stack_pointer;
  uint32_t kind;           ///< enum lab_sleep_kind
  uint32_t expected;       ///< what the word was to be
  bool is_limited;         ///< whether it ends by itself, at a time
  uint8_t words_before, words_from; ///< how many could be read, next to the address
  uint32_t before[LAB_SLEEP_WORDS_BEFORE], from[LAB_SLEEP_WORDS_FROM]; ///< the last of the first lies below the address
  uint64_t switches;       ///< how often it has left a processor
  uint64_t voluntary;      ///< of these, of its own accord
  /// If it waits for its turn on a queue of libdispatch: which, who drains it (0: nobody), its label.
  uintptr_t queue;
  int32_t queue_owner;
  char queue_label[64];
  /// The executor that the runtime says this thread works for; 0: the common one, or not known.
  uintptr_t executor, implementation;
} lab_thread_sleep;

/// A thread at one moment.
typedef struct lab_thread_copy {
  int32_t tid;
  uint32_t labels;
  uint64_t task;           ///< the id of the innermost task on it, 0 if none
  int32_t call;            ///< the number of the system call that it waits in; -1: none, or not known
  uint32_t frames;
  size_t first_frame;
  uint8_t activity;        ///< enum lab_thread_activity
  bool answered;           ///< whether it told where it is; else it has no stack
  bool slept;              ///< whether it slept on the same word all the while, from the first look to the second
  lab_thread_sleep sleeps[2]; ///< before everything else was copied, and afterwards
  uint64_t slept_nanoseconds; ///< for how long, at least; 0 if not known
  uintptr_t refused;       ///< the word that it wants to own, and the kernel says that its owner waits for it; 0: none
  uint32_t refused_word;   ///< what it holds: the owner's id
  uint64_t woken;          ///< when a signal for the profiler came to it last, by lab_now: for lab_tasks_collect alone
  bool rests;              ///< whether it sleeps in the profiler: likewise
  uintptr_t tracking;      ///< where the runtime has what it works for: for lab_tasks_collect alone; 0: not known
} lab_thread_copy;

/// Counts since the start; `made` has the tasks that were met and not seen made, too. Each is right, but tasks come and
/// go while they are read one after the other.
typedef struct lab_task_counts {
  uint64_t made, met, ended, live;
} lab_task_counts;

typedef struct lab_task_collection {
  lab_task_copy *tasks;
  size_t count, capacity;
  lab_thread_copy *threads;
  size_t thread_count, thread_capacity;
  uintptr_t *frames;
  size_t frame_count, frame_capacity;
  uint64_t collect_nanoseconds; ///< how long it took
  uint64_t longest_pause_nanoseconds; ///< for which a thread was kept from its work, to tell where it is
  lab_task_counts counts;  ///< of the moment at which the tasks had been copied
  bool cannot_read;        ///< whether the kernel forbids to look at suspended tasks: they have no stacks
  int32_t main_queue_owners[2]; ///< who drains the main queue, before and after; 0: nobody, or not known
  uintptr_t main_executor; ///< the main actor's, if any task waits for another executor than an actor; else 0
} lab_task_collection;

/// Frames of a task's or a thread's stack at most.
enum { LAB_TASK_MOST_FRAMES = 512 };

/// Copies the tasks that live now, and the program's threads, with their stacks. The program runs on; a thread is
/// interrupted for as long as it takes to walk its stack. Takes no lock of the program's or the runtime's, and
/// allocates by mmap only. False if there is no memory. While tasks are not followed there are none in it.
///
/// `asks_waits`: whether to tell as well what threads sleep on and for how long, and what has lasted: that was so at one
/// moment for all of them, between two looks at the threads. `tracking`: where in its storage of a thread Swift's
/// concurrency library has what the thread works for; negative: not known. Not async-signal-safe.
bool lab_tasks_collect(lab_task_collection *out, bool asks_waits, intptr_t tracking);
void lab_tasks_collection_free(lab_task_collection *collection);

/// Writes the return addresses of the stack that made a task, leaf first, and below them those that made its parent and
/// so on; returns how many there are, at most `capacity`.
size_t lab_tasks_creation_frames(uint32_t creation, uintptr_t *pcs, size_t capacity);

/// An address in Swift's concurrency library, whose symbols tell where that is; 0 in a program without it.
uintptr_t lab_tasks_library(void);

/// The counts of now; none of what lives if no session runs.
lab_task_counts lab_tasks_counts(void);

/// How many tasks are in each state, by its number, while others come and go: a look at each record, and at no stack.
void lab_tasks_count_states(uint64_t counts[LAB_TASK_STATES]);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
