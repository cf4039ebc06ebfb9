#include "unit.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/sig.h"

static const int stops[] = {SIGTERM, SIGINT, SIGHUP};

START_TEST(stops_are_noted)
{
	sig_setup();
	ck_assert_int_eq(sig_stop(), 0);
	raise(stops[_i]);
	ck_assert_int_eq(sig_stop(), stops[_i]);
	/* The first one counts. */
	raise(SIGINT);
	raise(SIGTERM);
	ck_assert_int_eq(sig_stop(), stops[_i]);
}
END_TEST

/* Whoever started us may have blocked them. */
START_TEST(blocked_before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sig_setup();
	raise(stops[_i]);
	ck_assert_int_eq(sig_stop(), stops[_i]);
}
END_TEST

START_TEST(nohup)
{
	signal(SIGHUP, SIG_IGN);
	sig_setup();
	raise(SIGHUP);
	ck_assert_int_eq(sig_stop(), 0);
}
END_TEST

START_TEST(broken_pipes)
{
	int p[2];

	signal(SIGPIPE, SIG_DFL);
	sig_setup();
	ck_assert_int_eq(pipe(p), 0);
	close(p[0]);
	ck_assert_int_eq(write(p[1], "a", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

START_TEST(progress_once)
{
	sig_setup();
	ck_assert(!sig_progress());
	raise(SIGUSR1);
	raise(SIGUSR1);
	ck_assert(sig_progress());
	ck_assert(!sig_progress());
	raise(SIGUSR1);
	ck_assert(sig_progress());
	ck_assert_int_eq(sig_stop(), 0);
}
END_TEST

/* The alarm comes again and again, but only after a stop. */
START_TEST(alarms)
{
	int i;

	sig_setup();
	ck_assert_uint_eq(alarm(0), 0);
	raise(SIGTERM);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pause(), -1);
	ck_assert_uint_ne(alarm(0), 0);
}
END_TEST

static sem_t started, finish;

static void *
worker(void *mask)
{
	sig_block_thread();
	pthread_sigmask(SIG_BLOCK, NULL, mask);
	sem_post(&started);
	sem_wait(&finish);
	return NULL;
}

START_TEST(threads)
{
	static const int blocked[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM};
	pthread_t thread;
	sigset_t mask;
	size_t i;

	sem_init(&started, 0, 0);
	sem_init(&finish, 0, 0);
	sig_setup();
	ck_assert_int_eq(pthread_create(&thread, NULL, worker, &mask), 0);
	while (sem_wait(&started) == -1)
		continue;
	for (i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
		ck_assert_int_eq(sigismember(&mask, blocked[i]), 1);
	ck_assert_int_eq(sigismember(&mask, SIGSEGV), 0);
	/* The main thread still hears them. */
	kill(getpid(), SIGTERM);
	ck_assert_int_eq(sig_stop(), SIGTERM);
	sem_post(&finish);
	pthread_join(thread, NULL);
}
END_TEST

static atomic_bool own_stop;

static void *
wait_for_ever(void *ctx)
{
	sig_thread(&own_stop);
	sem_post(&started);
	do
		pause();
	while (sig_stop() == 0);
	*(int *)ctx = errno;
	return NULL;
}

/* A thread's own stop is no other's. */
START_TEST(threads_that_are_woken)
{
	pthread_t thread;
	int error = 0;

	sem_init(&started, 0, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_ever, &error), 0);
	sem_wait(&started);
	own_stop = true;
	ck_assert_int_eq(sig_stop(), 0);
	do {
		sig_wake(thread);
		usleep(1000);
	} while (pthread_tryjoin_np(thread, NULL) != 0);
	ck_assert_int_eq(error, EINTR);
	ck_assert_int_eq(sig_stop(), 0);
	ck_assert_int_eq(sig_exit(74), 74);
}
END_TEST

START_TEST(exits)
{
	pid_t pid;

	if ((pid = fork()) == 0) {
		sig_setup();
		_exit(sig_exit(74));
	}
	ck_assert_int_eq(unit_wait(pid), 74);
	if ((pid = fork()) == 0) {
		sig_setup();
		raise(stops[_i]);
		_exit(sig_exit(74));
	}
	ck_assert_int_eq(unit_wait(pid), 128 + stops[_i]);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("sig");

	tcase_add_loop_test(t, stops_are_noted, 0, 3);
	tcase_add_loop_test(t, blocked_before, 0, 3);
	tcase_add_test(t, nohup);
	tcase_add_test(t, broken_pipes);
	tcase_add_test(t, progress_once);
	tcase_add_test(t, alarms);
	tcase_add_test(t, threads);
	tcase_add_test(t, threads_that_are_woken);
	tcase_add_loop_test(t, exits, 0, 3);
	return unit_main(t);
}
