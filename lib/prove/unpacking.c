#include "prove/unpacking.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/ordered.h"
#include "base/sig.h"
#include "base/spool.h"
#include "base/worker.h"
#include "gz/output.h"
#include "prove/packnote.h"
#include "sql/endmark.h"

struct work {
	const struct unpacking *u;
	struct gz_unpacking gz;
	struct endmark *endmark; /* NULL: not required */
};

int
unpacking_range(const char *text, struct unpacking *u)
{
	const char *colon = strchr(text, ':');
	char *from;
	int rc;

	if (colon == NULL || (from = strndup(text, (size_t)(colon - text))) == NULL)
		return -1;
	rc = num_size(from, &u->from);
	free(from);
	u->length = UINT64_MAX;
	if (rc == 0 && colon[1] != '\0')
		rc = num_size(colon + 1, &u->length);
	u->what = GZ_RANGE;
	return rc;
}

static int
no_endmark(const struct work *w)
{
	warnx("%s: %s", w->gz.name, endmark_error(w->endmark));
	return endmark_exit(w->endmark);
}

static int
look(void *ctx, const void *buf, size_t len)
{
	struct work *w = ctx;

	if (sig_stop() != 0)
		return 1;
	if (w->endmark != NULL && endmark_add(w->endmark, buf, len) == -1)
		return no_endmark(w);
	return 0;
}

static int
unpack(void *ctx, void *result, struct progress *progress)
{
	struct work *w = ctx;
	struct gz_totals *t = result;
	int rc;

	w->gz.progress = progress;
	rc = gz_unpack(&w->gz, &t->packed, &t->plain);
	if (rc == 0 && w->endmark != NULL && endmark_finish(w->endmark) == -1)
		rc = no_endmark(w);
	return rc;
}

/* Open the file; of a pipe that has to be read here and there, a copy. */
static int
open_file(struct work *w)
{
	struct gz_unpacking *gz = &w->gz;
	struct stat st;
	int fd = -1, rc;

	gz->name = w->u->file != NULL ? w->u->file : "stdin";
	gz->fd = STDIN_FILENO;
	if (w->u->file != NULL && (gz->fd = open(w->u->file, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("open %s", w->u->file);
		return EX_IOERR;
	}
	if (w->u->what == GZ_ALL || (fstat(gz->fd, &st) == 0 && S_ISREG(st.st_mode)))
		return 0;
	rc = spool_fd(gz->fd, gz->name, &fd);
	if (w->u->file != NULL)
		io_close(&gz->fd);
	gz->fd = fd;
	return rc;
}

/* The index that was named; for a range the one beside the file. */
static int
open_index(struct work *w, char **beside)
{
	const char *name = w->u->index;

	if (name == NULL && w->u->what == GZ_RANGE && w->u->file != NULL) {
		if (asprintf(beside, "%s.idx", w->u->file) == -1) {
			*beside = NULL;
			warn("%s", w->u->file);
			return EX_OSERR;
		}
		name = *beside;
	}
	if (name == NULL)
		return 0;
	w->gz.index_name = name;
	if ((w->gz.index = open(name, O_RDONLY | O_CLOEXEC)) != -1)
		return 0;
	warn("open %s", name);
	return EX_IOERR;
}

static int
unpack_apart(struct work *w, struct gz_totals *t)
{
	const struct worker_task task = {.work = unpack,
	    .ctx = w,
	    .result_size = sizeof(*t),
	    .keep = {w->gz.fd, output_fd(w->gz.out), w->gz.index, -1},
	    .name = w->gz.name};
	unsigned locks = SANDBOX_ALL;
	struct progress *progress =
	    progress_start(w->u->output != NULL ? w->u->output : w->gz.name, 0, w->u->quiet);
	int rc = worker_run(&task, progress, t, &locks);

	progress_end(progress);
	if (w->u->verbose)
		worker_tell_locks(locks);
	return rc;
}

int
unpacking_run(const struct unpacking *u)
{
	struct work w = {.u = u,
	    .gz = {.fd = -1,
		.index = -1,
		.jobs = ordered_jobs(u->jobs, GZ_JOBS_MAX),
		.what = u->what,
		.from = u->from,
		.length = u->length,
		.look = look}};
	struct gz_totals totals = {0};
	char *beside = NULL;
	int kept, rc;

	w.gz.ctx = &w;
	if ((rc = open_file(&w)) != 0 || (rc = open_index(&w, &beside)) != 0 ||
	    (rc = output_open(u->output, u->replace, &w.gz.out)) != 0)
		goto out;
	if (u->require_end && (w.endmark = endmark_new()) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	rc = unpack_apart(&w, &totals);
	if (rc == 0 || (u->what == GZ_SALVAGE && rc == EX_DATAERR && totals.plain > 0)) {
		kept = output_commit(w.gz.out);
		w.gz.out = NULL;
		rc = kept != 0 ? kept : rc;
	}
	if (rc == 0 && u->verbose)
		packnote_say(w.gz.name, &totals);
out:
	output_abort(w.gz.out);
	endmark_free(w.endmark);
	free(beside);
	io_close(&w.gz.index);
	if (w.gz.fd != STDIN_FILENO)
		io_close(&w.gz.fd);
	return rc;
}
