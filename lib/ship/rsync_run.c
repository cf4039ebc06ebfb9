#include "ship/rsync_run.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ship/shell.h"

void
rsync_begin(const struct far *f, struct words *w)
{
	const struct transfer_options *o = f->transfer.options;
	struct words ssh = {0};
	struct buf line = {0};

	words_add(w, "rsync");
	words_add(w, "-rt");
	words_add(w, "--no-human-readable");
	words_add(w, "--timeout=%" PRId64, o->timeout);
	words_add(w, "--partial-dir=" FAR_RSYNC_PARTIAL);
	if (o->bwlimit > 0) /* in KiB, and 0 would be no limit */
		words_add(w, "--bwlimit=%" PRIu64, o->bwlimit < 1024 ? 1 : o->bwlimit / 1024);
	if (f->remote->kind == REMOTE_DAEMON) {
		words_add(w, "--no-motd");
		words_add(w, "--contimeout=%" PRId64, o->timeout < 30 ? o->timeout : 30);
		if (o->password_file != NULL)
			words_add(w, "--password-file=%s", o->password_file);
		return;
	}
	shell_ssh(f, &ssh);
	for (size_t i = 0; i < ssh.count; i++) {
		/* rsync cuts this at blanks, unless they stand between quotes. */
		buf_printf(&line, "%s'%s'", i > 0 ? " " : "", ssh.list[i]);
		if (strchr(ssh.list[i], '\'') != NULL) {
			warnx("%s: a quote in the path of a key is more than rsync can take",
			    ssh.list[i]);
			w->failed = 1;
		}
	}
	if (buf_string(&line) != NULL)
		words_add(w, "--rsh=%s", line.data);
	w->failed |= ssh.failed || line.failed;
	buf_free(&line);
	words_free(&ssh);
}

void
rsync_there(const struct far *f, struct words *w, const char *at)
{
	const char *host = f->remote->host;

	words_add(w, "%s%s%s%s%s/", host != NULL ? host : "", host != NULL ? ":" : "",
	    f->remote->path, at != NULL ? "/" : "", at != NULL ? at : "");
}

/* Whether ${w} sends to a daemon: its last operand is one, whatever options follow. */
static bool
sends(const struct words *w)
{
	size_t i = w->count;

	while (i > 0 && *w->list[i - 1] == '-')
		i--;
	return i > 0 && strncmp(w->list[i - 1], "rsync://", 8) == 0;
}

int
rsync_run(struct far *f, const char *doing, struct words *w, struct words *differently)
{
	const struct transfer_run r = {.doing = doing,
	    .argv = w->list,
	    .flags = sends(w) ? TRANSFER_WATCH : 0,
	    .differently = differently != NULL ? differently->list : NULL};
	int rc = EX_OSERR;

	if (!w->failed && (differently == NULL || !differently->failed))
		rc = transfer_run(&f->transfer, &r);
	words_free(w);
	if (differently != NULL)
		words_free(differently);
	return rc;
}
