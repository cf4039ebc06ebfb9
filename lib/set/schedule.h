#ifndef SET_SCHEDULE_H
#define SET_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

/*
 * When the jobs run, as the timers and the cron lines that we install have it.  Whoever gives a
 * timer other hours keeps them to himself: asking systemd takes rights and time that a report does
 * not have.
 */

/**
 * schedule_next(job, now):
 * Return the next time after ${now} at which ${job} is to start, by the local clock, in seconds
 * since 1970; -1 for a job that has no hour of its own.
 */
int64_t schedule_next(const char *job, int64_t now);

#endif
