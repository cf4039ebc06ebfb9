#include "ship/rclone_run.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/sig.h"
#include "ship/deposit.h"

void
rclone_begin(const struct far *f, struct words *w, const char *verb)
{
	const struct transfer_options *o = f->transfer.options;

	words_add(w, "rclone");
	words_add(w, "%s", verb);
	/* Tries are ours; what is asked of a terminal would wait for ever. */
	words_add(w, "--retries=1");
	words_add(w, "--low-level-retries=3");
	words_add(w, "--ask-password=false");
	words_add(w, "--sftp-disable-hashcheck");
	words_add(w, "--timeout=%" PRId64 "s", o->timeout);
	words_add(w, "--contimeout=%" PRId64 "s", o->timeout < 30 ? o->timeout : 30);
	if (o->bwlimit > 0)
		words_add(w, "--bwlimit=%" PRIu64 "B", o->bwlimit);
	if (o->rclone_config != NULL)
		words_add(w, "--config=%s", o->rclone_config);
}

void
rclone_there(const struct far *f, struct words *w, const char *at)
{
	const char *path = f->remote->path;
	size_t len = strlen(path);

	if (at == NULL)
		words_add(w, "%s", path);
	else
		words_add(
		    w, "%s%s%s", path, strchr(":/", path[len - 1]) != NULL ? "" : "/", at);
}

int
rclone_run_with(struct far *f, const char *doing, struct words *w, struct deposit *d)
{
	struct transfer_run r = {.doing = doing, .argv = w->list};
	int rc = EX_OSERR;

	if (d != NULL) {
		r.feed = deposit_feed;
		r.ctx = d;
		r.flags = TRANSFER_ONCE;
	}
	if (!w->failed)
		rc = transfer_run(&f->transfer, &r);
	words_free(w);
	return rc;
}

int
rclone_run(struct far *f, const char *doing, struct words *w)
{
	return rclone_run_with(f, doing, w, NULL);
}

int
rclone_ask(struct far *f, const char *doing, struct words *w)
{
	struct transfer_run r = {.doing = doing, .argv = w->list, .flags = TRANSFER_SILENT};
	int rc = w->failed ? EX_OSERR : transfer_run(&f->transfer, &r);

	if (rc != 0 && rc != EX_CONFIG && !w->failed && sig_stop() == 0) {
		/* Said again, for people. */
		r.flags = 0;
		rc = transfer_run(&f->transfer, &r);
	}
	words_free(w);
	return rc;
}
