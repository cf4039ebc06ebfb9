#include "db/reading.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "sql/lex.h"

enum { PIECE = 1 << 20, TAIL = 256 };

struct reading {
	const struct reading_options *o;
	const struct sql_source *source;
	struct lex *lex;
	struct guard *guard;
	struct parts *parts;
	struct endmark *endmark; /* NULL for a dump of other tools */
	const char *tool;        /* which one wrote it, where that is seen */
	char tail[TAIL];         /* the last bytes */
	size_t tail_len;
	size_t largest;
	uint64_t largest_line;
	uint64_t largest_column;
	char wrong[700]; /* the first thing wrong with the text; empty: nothing */
};

/* Fill ${buf} unless the end comes first. */
static int
fill(const struct sql_source *s, char *buf, size_t *len)
{
	size_t n = 1;
	int rc = 0;

	for (*len = 0; rc == 0 && n > 0 && *len < PIECE; *len += n)
		rc = s->read(s->ctx, buf + *len, PIECE - *len, &n);
	return rc;
}

/* The first bytes say who wrote the dump, and so how it is proven. */
static int
begin(struct reading *r, const char *buf, size_t len)
{
	static const char own[] = "-- siantre-dump ";
	static const char *const heads[] = {"-- MariaDB dump", "-- MySQL dump"};
	static const char *const tools[] = {"mariadb-dump", "mysqldump"};
	const char *at;

	if (!r->o->foreign ||
	    (len >= sizeof(own) - 1 && memcmp(buf, own, sizeof(own) - 1) == 0))
		return (r->endmark = endmark_new()) != NULL ? 0 : EX_OSERR;
	for (size_t i = 0; i < 2 && r->tool == NULL; i++) {
		/* MariaDB's may have a line about a sandbox in front. */
		at = memmem(buf, len < TAIL ? len : TAIL, heads[i], strlen(heads[i]));
		if (at != NULL && (at == buf || at[-1] == '\n'))
			r->tool = tools[i];
	}
	return 0;
}

static void
keep_tail(struct reading *r, const char *buf, size_t len)
{
	size_t n = len < TAIL ? len : TAIL, old = r->tail_len;

	if (old + n > TAIL) {
		memmove(r->tail, r->tail + (old + n - TAIL), TAIL - n);
		old = TAIL - n;
	}
	memcpy(r->tail + old, buf + (len - n), n);
	r->tail_len = old + n;
}

/* Pull the statements that are whole by now.  Return 0 or an exit code; set wrong. */
static int
pull(struct reading *r)
{
	const char *name = r->source->name, *what;
	struct lex_statement s;
	enum lex_kind kind;
	uint64_t line, column;

	while ((kind = lex_next(r->lex, &s)) == LEX_STATEMENT) {
		if (guard_check(r->guard, &s) != 0) {
			if (guard_code(r->guard) != EX_DATAERR)
				return guard_report(r->guard, &s, name);
			snprintf(r->wrong, sizeof(r->wrong), "%s:%ju:%ju: %s", name,
			    (uintmax_t)s.line, (uintmax_t)s.column, guard_error(r->guard));
			return 0;
		}
		if (parts_add(r->parts, &s, &r->o->server, guard_query(r->guard)) != 0)
			return EX_OSERR;
		if (s.len > r->largest) {
			r->largest = s.len;
			r->largest_line = s.line;
			r->largest_column = s.column;
		}
	}
	if (kind == LEX_ERROR) {
		what = lex_error(r->lex, &line, &column);
		snprintf(r->wrong, sizeof(r->wrong), "%s:%ju:%ju: %s", name, (uintmax_t)line,
		    (uintmax_t)column, what);
	}
	return 0;
}

/* All bytes were read: is it a whole dump? */
static int
proven(struct reading *r)
{
	static const char footer[] = "\n-- Dump completed";
	const char *name = r->source->name;

	if (r->endmark != NULL && endmark_finish(r->endmark) != 0) {
		warnx("%s: %s", name, endmark_error(r->endmark));
		if (!r->o->foreign &&
		    strncmp(endmark_error(r->endmark), "no end mark", 11) == 0)
			hintx("--foreign loads dumps of other tools, which have none");
		return endmark_exit(r->endmark);
	}
	if (*r->wrong != '\0') {
		warnx("%s", r->wrong);
		return EX_DATAERR;
	}
	if (r->endmark == NULL && r->tool != NULL &&
	    memmem(r->tail, r->tail_len, footer, sizeof(footer) - 1) == NULL) {
		warnx("%s: cut short: it begins as a dump of %s and does not end as one", name,
		    r->tool);
		return EX_DATAERR;
	}
	if (r->endmark == NULL && r->parts->epochs_len == 0) {
		warnx("%s: no statement in it", name);
		return EX_DATAERR;
	}
	return 0;
}

static int
read_all(struct reading *r)
{
	char *buf = malloc(PIECE);
	uint64_t done = 0;
	bool first = true;
	size_t len;
	int rc = EX_OSERR;

	if (buf == NULL) {
		warn("%s", r->source->name);
		return EX_OSERR;
	}
	for (;; first = false) {
		rc = fill(r->source, buf, &len);
		if (rc == 0 && first)
			rc = begin(r, buf, len);
		if (rc != 0 || len == 0)
			break;
		if (r->endmark != NULL && endmark_add(r->endmark, buf, len) != 0)
			break; /* reported by proven() */
		if (r->endmark == NULL)
			keep_tail(r, buf, len);
		if (*r->wrong == '\0') {
			rc = lex_add(r->lex, buf, len) == 0 ? pull(r) : EX_OSERR;
			if (rc != 0)
				break;
		}
		progress_add(r->o->progress, r->source->done(r->source->ctx) - done);
		done = r->source->done(r->source->ctx);
	}
	if (rc == 0 && *r->wrong == '\0') {
		lex_end(r->lex);
		rc = pull(r);
	}
	free(buf);
	return rc == 0 ? proven(r) : rc;
}

int
reading_pass(const struct sql_source *s, const struct reading_options *o, struct reading **out)
{
	struct reading *r = calloc(1, sizeof(*r));
	int rc = EX_OSERR;

	*out = NULL;
	if (r == NULL) {
		warn("%s", s->name);
		return EX_OSERR;
	}
	r->o = o;
	r->source = s;
	r->lex = lex_new(LEX_LIMIT);
	r->guard = guard_new(o->target, o->fixed, &o->server);
	r->parts = parts_new(o->target);
	if (r->lex == NULL || r->guard == NULL || r->parts == NULL)
		goto out;
	rc = s->rewind(s->ctx);
	if (rc == 0)
		rc = read_all(r);
out:
	lex_free(r->lex);
	r->lex = NULL;
	if (rc == 0)
		*out = r;
	else
		reading_free(r);
	return rc;
}

const struct endmark *
reading_endmark(const struct reading *r)
{
	return r->endmark;
}

const struct guard *
reading_guard(const struct reading *r)
{
	return r->guard;
}

const struct parts *
reading_parts(const struct reading *r)
{
	return r->parts;
}

size_t
reading_largest(const struct reading *r, uint64_t *line, uint64_t *column)
{
	*line = r->largest_line;
	*column = r->largest_column;
	return r->largest;
}

void
reading_free(struct reading *r)
{
	if (r == NULL)
		return;
	guard_free(r->guard);
	parts_free(r->parts);
	endmark_free(r->endmark);
	free(r);
}
