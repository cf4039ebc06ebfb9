#ifndef BASE_SIG_H
#define BASE_SIG_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/**
 * sig_setup(void):
 * Ignore SIGPIPE (writes then fail with EPIPE); make SIGTERM, SIGINT and SIGHUP set a flag
 * (SIGHUP stays ignored where nohup(1) has seen to that), and SIGUSR1 ask for a line of
 * progress.  Once a stop was asked for, the handler arms an
 * alarm that interrupts blocking calls every second, so that a signal that comes just before
 * a read is not lost.  Call it once, before any thread starts.
 */
void sig_setup(void);

/**
 * sig_stop(void):
 * Return the number of the signal that asked this process to stop, or 0.
 */
int sig_stop(void);

/**
 * sig_progress(void):
 * Return true once for each SIGUSR1.
 */
bool sig_progress(void);

/**
 * sig_block_thread(void):
 * Block all of the above in the calling thread: worker threads call it first, so that
 * signals reach the main thread.
 */
void sig_block_thread(void);

/**
 * sig_thread(stop):
 * sig_block_thread(), for a thread that has a stop of its own as well: sig_stop() is not 0 in it
 * once ${*stop} is true, and calls that block it can be interrupted by sig_wake().
 */
void sig_thread(const atomic_bool *stop);

/**
 * sig_wake(thread):
 * Interrupt a call that blocks ${thread}, which has called sig_thread().  One that is just about
 * to begin is missed: wake it again until it has ended.
 */
void sig_wake(pthread_t thread);

/**
 * sig_exit(code):
 * If a signal asked for a stop, die of that signal; otherwise return ${code}.  The last call
 * of main(), after everything half-made was removed.
 */
int sig_exit(int code);

#endif
