#ifndef SET_RECIPIENTS_H
#define SET_RECIPIENTS_H

/*
 * For whom backups are encrypted: the value of ENCRYPT_TO.  Recipients with commas between, each
 * of them age1..., the line of an ssh public key (whose own blanks and comment are fine), or the
 * absolute path of a file of recipients, which age(1) reads.
 */

/**
 * recipients_judge(text):
 * Return what is wrong with ${text}, which is not empty, for a message "KEY: what" that shows
 * nothing of it; NULL where it can be.  Whether age takes them is for age to say.
 */
const char *recipients_judge(const char *text);

/**
 * recipients_arguments(text):
 * Return the arguments, "age" itself first, up to a NULL, with which age encrypts for ${text},
 * which recipients_judge() had nothing against.  One block for the caller to free; NULL after
 * reporting.
 */
char **recipients_arguments(const char *text);

#endif
