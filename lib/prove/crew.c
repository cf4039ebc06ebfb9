#include "prove/crew.h"

#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/worker.h"
#include "set/decrypt.h"

#define TICK_MS 100 /* between two looks at the progress */

/* A file that was added and not yet told of. */
struct job {
	struct worker *worker; /* NULL: it never started */
	bool busy;
	struct proof *proof;
	struct buf said;
	struct job *next;
};

struct crew {
	unsigned size;
	unsigned busy;
	unsigned locks;
	struct progress *progress;
	struct job *first, **last; /* in the order in which they were added */
	struct pollfd *wait;
};

struct crew *
crew_new(unsigned size, struct progress *progress)
{
	struct crew *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->wait = calloc(size, sizeof(*c->wait))) == NULL) {
		warn("start %u processes", size);
		free(c);
		return NULL;
	}
	c->size = size;
	c->locks = SANDBOX_ALL;
	c->progress = progress;
	c->last = &c->first;
	return c;
}

/* What a worker needs to know; it has a copy. */
struct errand {
	int fd;
	const char *name;
	const struct prove_options *options;
};

static int
prove(void *ctx, void *result, struct progress *progress)
{
	const struct errand *e = ctx;

	return prove_fd(e->fd, e->name, e->options, progress, result);
}

/* Take what the first of the line have left, as far as they are done. */
static void
tell(struct crew *c)
{
	struct job *job;
	unsigned locks;
	int rc;

	while ((job = c->first) != NULL && !job->busy) {
		if (job->said.len > 0)
			(void)io_write(STDERR_FILENO, job->said.data, job->said.len);
		rc = EX_OSERR;
		if (job->worker != NULL) {
			rc = worker_end(job->worker, job->proof, &locks);
			c->locks &= locks;
		}
		prove_check(job->proof, rc);
		if ((c->first = job->next) == NULL)
			c->last = &c->first;
		buf_free(&job->said);
		free(job);
	}
}

/* Wait until one of them ends, or for a tick. */
static void
step(struct crew *c)
{
	nfds_t n = 0;

	for (struct job *job = c->first; job != NULL; job = job->next)
		if (job->busy)
			c->wait[n++] =
			    (struct pollfd){.fd = worker_fd(job->worker), .events = POLLIN};
	(void)poll(c->wait, n, TICK_MS);
	for (struct job *job = c->first; job != NULL; job = job->next) {
		if (!job->busy)
			continue;
		job->busy = worker_take(job->worker, &job->said);
		c->busy -= !job->busy;
		progress_add(c->progress, worker_done(job->worker));
		if (job->busy)
			worker_pass_stop(job->worker);
	}
	tell(c);
}

void
crew_add(
    struct crew *c, int fd, const char *name, const struct prove_options *o, struct proof *p)
{
	struct errand errand = {fd, name, o};
	const struct worker_task task = {.work = prove,
	    .ctx = &errand,
	    .result_size = sizeof(*p),
	    .keep = {fd, o->index, -1, -1},
	    .name = name};
	struct job *job;

	/* Until it is known, it is not proven. */
	*p = (struct proof){.code = 1};
	while (c->busy == c->size)
		step(c);
	if ((job = calloc(1, sizeof(*job))) == NULL) {
		warn("%s", name);
		prove_check(p, EX_OSERR);
		return;
	}
	job->proof = p;
	job->worker = worker_start(&task);
	job->busy = job->worker != NULL;
	c->busy += job->busy;
	*c->last = job;
	c->last = &job->next;
}

void
crew_add_inner(struct crew *c, int fd, const char *name, const char *inner, bool proven,
    const struct prove_options *o, struct proof *p)
{
	int plain = -1, rc;

	*p = (struct proof){.code = 1, .kind = KIND_AGE};
	/* Whoever was added before is told of before, and one plain copy at a time takes room. */
	crew_wait(c);
	rc = decrypt_fd(fd, name, o->identity, proven, &plain);
	if (rc == 0)
		crew_add(c, plain, inner, o, p);
	else {
		strlcpy(p->message, "cannot be decrypted", sizeof(p->message));
		prove_check(p, rc);
	}
	io_close(&plain);
}

void
crew_wait(struct crew *c)
{
	while (c->busy > 0)
		step(c);
	tell(c);
}

unsigned
crew_locks(const struct crew *c)
{
	return c->locks;
}

void
crew_free(struct crew *c)
{
	if (c == NULL)
		return;
	crew_wait(c);
	free(c->wait);
	free(c);
}
