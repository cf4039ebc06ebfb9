#ifndef SET_ENCRYPT_H
#define SET_ENCRYPT_H

#include "set/manifest.h"

/*
 * Backups that this machine cannot read again: age(1) encrypts what a job pipes through
 * `siantre-run --age FILE` for the recipients of ENCRYPT_TO.  The plain bytes are on no disk.
 *
 * Nobody without a key can look into the file later, so what has to be known of it is looked at
 * on the way: the digest of what age was given, and that siantre-pack has finished it.  A dump
 * that broke off never becomes a file.
 */

/**
 * encrypt_ready(recipients):
 * Try age with ${recipients}, the value of ENCRYPT_TO; empty needs nothing.  Return 0, or
 * EX_CONFIG after reporting.
 */
int encrypt_ready(const char *recipients);

/**
 * encrypt_try(recipients, why, size):
 * The same, with the reason in ${why} of ${size} bytes instead of a report: for check-config.
 */
int encrypt_try(const char *recipients, char *why, size_t size);

/**
 * encrypt_stdin(recipients, path):
 * Encrypt stdin into ${path}, NAME.age in the current folder, which appears whole or not at all;
 * one that is there is replaced.  A note tells both digests.  Where NAME is that of a gzip file,
 * a note of siantre-pack must tell of exactly these bytes.  Only in a job, which has
 * SIANTRE_NOTES.  Return 0, or the exit code after reporting: EX_USAGE for another name or no
 * job, EX_CONFIG without age, EX_DATAERR where stdin is empty or not what siantre-pack has
 * finished, EX_IOERR, EX_CANTCREAT, 1 where age fails or (silently) after a stop signal.
 */
int encrypt_stdin(const char *recipients, const char *path);

/**
 * encrypt_complete(recipients, m):
 * Check that where ${recipients} is not empty each file of ${m} was encrypted by
 * encrypt_stdin().  Return 0, or EX_CONFIG after reporting the first that was not.
 */
int encrypt_complete(const char *recipients, const struct manifest *m);

#endif
