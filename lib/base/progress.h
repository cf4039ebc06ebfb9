#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One line on stderr, redrawn a few times a second: bytes, rate, and where the total is known
 * a bar and the time left.  Drawn only on a terminal and unless quiet; SIGUSR1 prints one line
 * at any time.
 */
struct progress;

/**
 * progress_start(what, total, quiet):
 * ${what} is the name in front ("siantre", "app_files.tar.gz"); it is copied.  ${total} in
 * bytes, 0 where it is not known.  Return it, or NULL without memory: all calls accept NULL.
 */
struct progress *progress_start(const char *what, uint64_t total, bool quiet);

/**
 * progress_count(bytes):
 * Return one that draws nothing and only adds to ${*bytes}, for a process whose parent draws;
 * NULL after reporting that there is no memory.
 */
struct progress *progress_count(_Atomic uint64_t *bytes);

/**
 * progress_add(p, bytes):
 * Count ${bytes} more, and draw when it is time.  Cheap; main thread only, but for one that draws
 * nothing.
 */
void progress_add(struct progress *p, uint64_t bytes);

/**
 * progress_note(p, text):
 * Set the text behind the figures ("queues, 3 of 12 tables").
 */
void progress_note(struct progress *p, const char *text);

/**
 * progress_end(p):
 * Wipe the line and free ${p}.
 */
void progress_end(struct progress *p);

#endif
