#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

/**
 * spool_make(folder):
 * Return the descriptor of a new file without a name in ${folder} (0600), which goes away with it, or
 * -1 with errno set.
 */
int spool_make(const char *folder);

/**
 * spool_fd(in, name, out):
 * Copy what is left of ${in} into a file without a name (0600, in $TMPDIR or /var/tmp), so that
 * it can be read twice: first to prove it, then to use it.  ${*out} is its descriptor at the
 * first byte; the file goes away with it.  ${name} is for messages.  Return 0, or the exit code
 * after reporting: EX_IOERR for reading and for a full disk (with the folder and a hint),
 * EX_CANTCREAT where no file can be made, EX_OSERR without memory, 1 after a stop signal (silently).
 */
int spool_fd(int in, const char *name, int *out);

#endif
