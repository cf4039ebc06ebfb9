#ifndef NOTIFY_SECRET_H
#define NOTIFY_SECRET_H

#include <stddef.h>

/*
 * Passwords and tokens: one file each, $CREDENTIALS_DIRECTORY/NAME or siantre_NAME there (systemd;
 * a blank file is none), else /etc/siantre/secrets/NAME, which nobody but its owner, root or this
 * user, may read.  They are wiped behind their use, and never shown.
 */
#define SECRET_FOLDER "/siantre/secrets"
#define SECRET_MAX 4096
#define SECRET_REASON 256

/**
 * secret_name(text):
 * Return the length of the secret's name that begins ${text} (small letters, digits, dashes), or
 * 0 where there is none.
 */
size_t secret_name(const char *text);

/**
 * secret_path(name, out, size):
 * Write where the secret ${name} is, or should be, into ${out} of ${size} bytes; return ${out}.
 */
const char *secret_path(const char *name, char *out, size_t size);

/**
 * secret_read(name, out, reason):
 * Read the secret ${name}, one line, without blanks around it; ${*out} is the caller's
 * (secret_free).  Return 0, EX_NOINPUT where there is no such file, or EX_CONFIG where it is
 * not private, empty, or not one line; ${reason} says so.
 */
int secret_read(const char *name, char **out, char reason[SECRET_REASON]);

/**
 * secret_hide(text, secret):
 * Overwrite each ${secret} (of four bytes or more) in ${text} with stars: for what another side
 * said.
 */
void secret_hide(char *text, const char *secret);

/**
 * secret_free(secret):
 * Wipe and free it.  NULL is fine.
 */
void secret_free(char *secret);

#endif
