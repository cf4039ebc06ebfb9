#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "base/sig.h"

/*
 * Between a look at sig_stop() and the read that follows, a signal can come that the read will
 * never hear of.  So the first stop signal starts an alarm, and each alarm starts the next:
 * a read that missed the signal is interrupted within a second, looks at the flag, and ends.
 * Handlers are set without SA_RESTART for that reason; only SIGUSR1, which asks nobody to
 * hurry, has it.
 */
static atomic_int stop;
static atomic_bool progress;
/* The model: see base/json.c. */
static _Thread_local const atomic_bool *thread_stop __attribute__((tls_model("initial-exec")));

#define WAKE SIGURG /* harmless where nobody has a handler for it */

static void
on_stop(int signo)
{
	int none = 0;

	/* The first signal is the one to die of. */
	atomic_compare_exchange_strong(&stop, &none, signo);
	alarm(1);
}

static void
on_alarm(int signo)
{
	(void)signo;
	alarm(1);
}

static void
on_progress(int signo)
{
	(void)signo;
	atomic_store(&progress, true);
}

static void
handle(int signo, void (*handler)(int), int flags)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

/* The signals that belong to the main thread. */
static void
ours(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGALRM);
	sigaddset(set, SIGUSR1);
}

void
sig_setup(void)
{
	struct sigaction old = {.sa_handler = SIG_DFL};
	sigset_t set;

	handle(SIGPIPE, SIG_IGN, 0);
	handle(SIGALRM, on_alarm, 0);
	handle(SIGUSR1, on_progress, SA_RESTART);
	handle(SIGTERM, on_stop, 0);
	handle(SIGINT, on_stop, 0);
	sigaction(SIGHUP, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		handle(SIGHUP, on_stop, 0);
	/* Whoever started us may have blocked them. */
	ours(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int
sig_stop(void)
{
	int signo = atomic_load(&stop);

	if (signo == 0 && thread_stop != NULL && atomic_load(thread_stop))
		signo = WAKE;
	return signo;
}

bool
sig_progress(void)
{
	/* The plain load first: this stands in hot loops. */
	return atomic_load_explicit(&progress, memory_order_relaxed) &&
	       atomic_exchange(&progress, false);
}

void
sig_block_thread(void)
{
	sigset_t set;

	ours(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void
on_wake(int signo)
{
	(void)signo;
}

void
sig_thread(const atomic_bool *own)
{
	sigset_t set;

	sig_block_thread();
	thread_stop = own;
	handle(WAKE, on_wake, 0);
	sigemptyset(&set);
	sigaddset(&set, WAKE);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void
sig_wake(pthread_t thread)
{
	pthread_kill(thread, WAKE);
}

int
sig_exit(int code)
{
	sigset_t set;
	int signo = sig_stop();

	if (signo == 0)
		return code;
	alarm(0);
	handle(signo, SIG_DFL, 0);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(signo);
	return 128 + signo;
}
