#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

/**
 * landlock_shut(folder, readable):
 * Take from this process, for good, every right on files that Landlock knows of, and where it
 * can the right to use the network and to signal other processes.  What lies below the
 * descriptor ${folder} (-1: nothing) is left out, and the files ${readable} (a list up to NULL;
 * those that are not there do not matter) can be read.  Return 1; 0 where the kernel has no
 * Landlock, or one that cannot do this; -1 with errno set.
 */
int landlock_shut(int folder, const char *const *readable);

#endif
