#ifndef SHIP_TROUBLE_H
#define SHIP_TROUBLE_H

#include <stdbool.h>

/*
 * What went wrong with a program that moves files, from its exit status and its words.  rsync,
 * ssh and rclone have few codes of their own, and the words of the far end's system calls come
 * through them: those of the C locale, in which we start them.
 */
struct trouble {
	int code;         /* the exit code that our caller gets */
	bool passing;     /* it may go by itself: worth another try */
	bool differently; /* rsync: worth another try as simply as it can be asked for */
	const char *hint; /* what mends it, or NULL */
	char line[256];   /* the line that says it, fit for a terminal */
};

/**
 * trouble_judge(program, status, said, out):
 * Fill ${*out} from the end of ${program} ("rsync", "ssh", "rclone") with ${status} (not 0, as a
 * shell has it) after it said ${said} on stderr.
 */
void trouble_judge(const char *program, int status, const char *said, struct trouble *out);

#endif
