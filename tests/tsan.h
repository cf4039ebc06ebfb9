#ifndef TESTS_TSAN_H
#define TESTS_TSAN_H

#include <errno.h>
#include <pthread.h>
#include <time.h>

/*
 * ThreadSanitizer does not see pthread_clockjoin_np(): what a thread did would seem to race with
 * what comes after its end.  This is the same of calls that it knows; included in front of the
 * modules that join so.
 */
static inline int
tsan_clockjoin(pthread_t thread, void **result, clockid_t clock, const struct timespec *until)
{
	const struct timespec nap = {0, 1000000};
	struct timespec now;
	int error;

	while ((error = pthread_tryjoin_np(thread, result)) == EBUSY) {
		clock_gettime(clock, &now);
		if (now.tv_sec > until->tv_sec ||
		    (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec))
			return ETIMEDOUT;
		nanosleep(&nap, NULL);
	}
	return error;
}

#define pthread_clockjoin_np tsan_clockjoin

#endif
