#ifndef SET_DECRYPT_H
#define SET_DECRYPT_H

#include <stdbool.h>

/*
 * What age(1) has encrypted, opened with an identity file (--identity).
 *
 * age hands out each chunk of 64 KiB once it is authentic, and says only at the end that the file
 * is whole.  So all of it goes into a file without a name first (base/spool.h), and nobody sees
 * a byte before age has ended well.  Nothing is on the disk then but under that one descriptor.
 */

/**
 * decrypt_ready(identity):
 * Check that there is an age, and that the file ${identity} is there and private.  Return 0, or
 * EX_CONFIG after reporting.
 */
int decrypt_ready(const char *identity);

/**
 * decrypt_asks(identity):
 * Return whether the file ${identity} has a passphrase, which age asks for on the terminal.
 */
bool decrypt_asks(const char *identity);

/**
 * decrypt_needed(fd, name):
 * Return whether the regular file ${fd} begins as an encrypted one does, armour or not, or its
 * ${name} says that it is one.
 */
bool decrypt_needed(int fd, const char *name);

/**
 * decrypt_name(name):
 * Return ${name} without its ".age", for the caller to free, or NULL after reporting.
 */
char *decrypt_name(const char *name);

/**
 * decrypt_fd(fd, name, identity, proven, out):
 * Let ${*out} be what is in the encrypted regular file ${fd}, at its first byte; ${fd} stays the
 * caller's, its position changes.  Return 0, or the exit code after reporting: EX_CONFIG where
 * ${identity} is NULL or is no identity file, EX_DATAERR where the file is damaged or cut, or
 * ${identity} opens nothing: that may be damage too, but not where the digest of the file is
 * ${proven}, so that it is EX_CONFIG then; what spool_fd() has; 1 after a stop signal (silently).
 */
int decrypt_fd(int fd, const char *name, const char *identity, bool proven, int *out);

/**
 * decrypt_open(folder, name, identity, out):
 * Open ${folder}/${name}, or where only ${name}.age is there, what is in that.  Return 0, or the
 * exit code: EX_NOINPUT silently where neither is there, EX_IOERR after reporting, or those of
 * decrypt_fd().
 */
int decrypt_open(const char *folder, const char *name, const char *identity, int *out);

#endif
