#ifndef SET_WEBCONF_H
#define SET_WEBCONF_H

#include <stddef.h>

/*
 * web_config.conf of the job "files": the web server's files one behind the other, each behind a
 * line "# ---- PATH".
 */
struct webconf;

struct webconf_file {
	const char *path;
	const char *text;
	size_t len;
};

/**
 * webconf_read(folder, name, identity, out):
 * Read the file ${folder}/${name} as decrypt_open() has it; ${*out} is the caller's
 * (webconf_free).  Return 0, or the exit code after reporting: that of decrypt_open() (silently
 * EX_NOINPUT where it is not there), EX_IOERR, EX_DATAERR for one without such a line or with a
 * name that is not absolute or climbs.
 */
int webconf_read(
    const char *folder, const char *name, const char *identity, struct webconf **out);

/**
 * webconf_file(w, i, f):
 * Fill ${*f} with the ${i}th file, owned by ${w}, but for the blank line that the job puts
 * behind it.  Return 0, or -1 behind the last.
 */
int webconf_file(const struct webconf *w, size_t i, struct webconf_file *f);

/**
 * webconf_free(w):
 * NULL is fine.
 */
void webconf_free(struct webconf *w);

#endif
