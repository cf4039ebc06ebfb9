#include "db/promise.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/progress.h"
#include "db/reading.h"

enum { PIECE = 1 << 20 };

static const char first_line[] = "-- siantre-dump ";

/* Read all of it, and let the end mark be proven. */
static int
prove(const struct sql_source *s, struct endmark *e, struct progress *progress, uint64_t *plain)
{
	char *buf = malloc(PIECE);
	uint64_t done = 0;
	size_t len = 1;
	int rc = buf != NULL ? s->rewind(s->ctx) : EX_OSERR;

	while (rc == 0 && len > 0) {
		rc = s->read(s->ctx, buf, PIECE, &len);
		/* What is wrong is said at the end, once the file was seen to be whole. */
		if (rc == 0)
			endmark_add(e, buf, len);
		*plain += len;
		progress_add(progress, s->done(s->ctx) - done);
		done = s->done(s->ctx);
	}
	free(buf);
	if (rc == 0 && endmark_finish(e) != 0) {
		warnx("%s: %s", s->name, endmark_error(e));
		if (strncmp(endmark_error(e), "no end mark", 11) == 0)
			hintx("--foreign takes dumps of other tools, which have none");
		rc = endmark_exit(e);
	}
	return rc;
}

static int
read_own(const struct sql_source *s, bool quiet, struct promise *p)
{
	struct endmark *e = endmark_new();
	struct progress *progress;
	int rc;

	if (e == NULL)
		return EX_OSERR;
	p->plain = 0;
	progress = progress_start("proving", s->size, quiet);
	rc = prove(s, e, progress, &p->plain);
	progress_end(progress);
	if (rc == 0)
		rc = marktail_read(s, p->plain, &p->mark);
	/* As many, unless the file was changed between the two readings. */
	for (size_t i = 0; rc == 0 && i < p->mark.tables.len && i < endmark_tables(e); i++)
		p->mark.tables.items[i].offset = endmark_table(e, i)->offset;
	p->whole = true;
	endmark_free(e);
	return rc;
}

/* The rules for dumps that are loaded whole: nobody else looks at all of this one. */
static int
read_foreign(const struct sql_source *s, bool quiet, struct promise *p)
{
	struct reading_options o = {.foreign = true,
	    .server = token_reader,
	    .progress = progress_start("proving", s->size, quiet)};
	struct reading *r = NULL;
	int rc = reading_pass(s, &o, &r);

	progress_end(o.progress);
	reading_free(r);
	p->plain = s->size;
	return rc;
}

/* Whether siantre-dump wrote it. */
static int
look(const struct sql_source *s, bool *own)
{
	char buf[sizeof(first_line) - 1];
	struct sql_stream *stream = NULL;
	size_t len = 1, done = 0;
	int rc = s->straight ? s->open(s->ctx, 0, &stream) : s->rewind(s->ctx);

	for (; rc == 0 && len > 0 && done < sizeof(buf); done += len)
		rc = s->straight ? s->next(stream, buf + done, sizeof(buf) - done, &len)
				 : s->read(s->ctx, buf + done, sizeof(buf) - done, &len);
	s->close(stream);
	*own = done == sizeof(buf) && memcmp(buf, first_line, sizeof(buf)) == 0;
	return rc;
}

int
promise_read(const struct sql_source *s, bool foreign, bool quiet, struct promise *p)
{
	bool own = true;
	int rc = foreign ? look(s, &own) : 0;

	*p = (struct promise){.own = own};
	if (rc != 0)
		return rc;
	if (!own)
		return read_foreign(s, quiet, p);
	p->plain = s->plain;
	if (!s->straight)
		return read_own(s, quiet, p);
	rc = marktail_read(s, s->plain, &p->mark);
	if (rc == 0 && !p->mark.offsets && p->mark.tables.len > 0) {
		marktail_free(&p->mark);
		rc = read_own(s, quiet, p);
	}
	return rc;
}
