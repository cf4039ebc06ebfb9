#include "db/partial.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/progress.h"
#include "sql/cursor.h"
#include "sql/excerpt.h"
#include "sql/gaps.h"
#include "sql/markwrite.h"
#include "db/promise.h"

enum { PIECE = 64 << 10 };

struct partial {
	const struct sql_source *base;
	struct partial_options o;
	struct promise promise; /* of the base */
	struct pick *pick;
	struct excerpt *excerpt;
	char delimiter[LEX_DELIMITER_MAX + 1]; /* where the excerpt ends */
	bool kept;                             /* … with a statement, and no newline yet */
	struct progress *progress;
	struct cursor cursor; /* in the base */
};

/* A statement that is not wanted, or rows, stand behind what was kept. */
static int
end_line(struct partial *p)
{
	const bool kept = p->kept;

	p->kept = false;
	return kept ? excerpt_text(p->excerpt, "\n", 1) : 0;
}

/* Statements that follow each other are one range, with the comments between them. */
static int
keep(struct partial *p, const struct lex_statement *s)
{
	const bool same = strcmp(s->delimiter, p->delimiter) == 0;
	const uint64_t end = s->offset + s->len + strlen(s->delimiter);
	char line[LEX_DELIMITER_MAX + 16];
	int rc;

	if (p->kept && same) {
		excerpt_extend(p->excerpt, end);
		return 0;
	}
	rc = end_line(p);
	if (rc == 0 && !same) {
		snprintf(line, sizeof(line), "DELIMITER %s\n", s->delimiter);
		snprintf(p->delimiter, sizeof(p->delimiter), "%s", s->delimiter);
		rc = excerpt_text(p->excerpt, line, strlen(line));
	}
	p->kept = true;
	return rc == 0 ? excerpt_range(p->excerpt, s->offset, end) : rc;
}

static int
pull(struct partial *p, struct lex *lex)
{
	struct lex_statement s;
	uint64_t line, column;
	enum lex_kind kind = LEX_MORE;
	bool wanted;
	int rc = 0;

	while (rc == 0 && (kind = lex_next(lex, &s)) == LEX_STATEMENT) {
		rc = pick_statement(p->pick, &s, &wanted);
		if (rc == 0)
			rc = wanted ? keep(p, &s) : end_line(p);
	}
	if (rc == 0 && kind == LEX_ERROR) {
		warnx("%s: %s", p->base->name, lex_error(lex, &line, &column));
		rc = EX_DATAERR;
	}
	return rc;
}

/* Take what is wanted from the statements between ${from} and ${to}, if that many are there. */
static int
walk(struct partial *p, uint64_t from, uint64_t to)
{
	const struct lex_state state = {
	    .offset = from, .line = 1, .column = 1, .delimiter = ";"};
	struct lex *lex = lex_new(LEX_LIMIT);
	char *buf = malloc(PIECE);
	size_t len = 1;
	int rc = EX_OSERR;

	if (lex == NULL || buf == NULL)
		goto out;
	lex_resume(lex, &state);
	rc = 0;
	while (rc == 0 && from < to && len > 0) {
		rc = cursor_read(&p->cursor, from, buf,
		    to - from < PIECE ? (size_t)(to - from) : PIECE, &len);
		if (rc == 0)
			rc = lex_add(lex, buf, len) == 0 ? pull(p, lex) : EX_OSERR;
		from += len;
		progress_add(p->progress, len);
	}
	if (rc == 0) {
		lex_end(lex);
		rc = pull(p, lex);
	}
	if (rc == 0)
		rc = end_line(p);
out:
	lex_free(lex);
	free(buf);
	return rc;
}

/* The rows of a table, as they stand, behind the line that says so. */
static int
keep_rows(struct partial *p, const struct endmark_table *t)
{
	struct buf line = {0};
	int rc = markwrite_rows(&line, t->database, t->table);

	if (rc == 0)
		rc = excerpt_text(p->excerpt, line.data, line.len);
	if (rc == 0)
		rc = excerpt_rows(p->excerpt, t->offset, t->offset + t->bytes);
	buf_free(&line);
	return rc;
}

static bool
wants(const struct partial *p, const struct endmark_table *t)
{
	return pick_table(p->pick, t->database, t->table);
}

/* The end mark of the part. */
static int
end(struct partial *p)
{
	const struct tablelist *l = &p->promise.mark.tables;
	char schema[HASH_HEX], digest[HASH_HEX];
	struct buf mark = {0};
	uint64_t rows = 0;
	size_t n = 0;
	int rc = excerpt_schema(p->excerpt, schema);

	for (size_t i = 0; rc == 0 && i < l->len; i++) {
		if (!wants(p, &l->items[i]))
			continue;
		rc = markwrite_table(&mark, &l->items[i]);
		rows += l->items[i].rows;
		n++;
	}
	if (rc == 0)
		rc = markwrite_end(&mark, n, rows, excerpt_size(p->excerpt), schema, digest);
	if (rc == 0)
		rc = excerpt_text(p->excerpt, mark.data, mark.len);
	buf_free(&mark);
	return rc;
}

/* From a dump with an end mark. */
static int
take_own(struct partial *p)
{
	static const char head[] = "-- siantre-dump 1\n";
	const struct tablelist *l = &p->promise.mark.tables;
	struct gaps *gaps = gaps_find(l, p->promise.mark.end.bytes, p->pick);
	const struct gap *g;
	int rc = gaps == NULL ? EX_OSERR : excerpt_text(p->excerpt, head, sizeof(head) - 1);

	for (size_t i = 0; rc == 0 && (g = gaps_next(gaps, i)) != NULL; i++) {
		if (g->wanted)
			rc = walk(p, g->from, g->to);
		if (rc == 0 && g->behind != NULL && wants(p, g->behind))
			rc = keep_rows(p, g->behind);
	}
	gaps_free(gaps);
	return rc;
}

/* The end mark's tables are all of one database, which the dump need not name then. */
static const char *
only_database(const struct tablelist *l)
{
	for (size_t i = 1; i < l->len; i++)
		if (strcmp(l->items[i].database, l->items[0].database) != 0)
			return NULL;
	return l->len > 0 ? l->items[0].database : NULL;
}

int
partial_open(
    const struct sql_source *base, const struct partial_options *o, struct partial **out)
{
	struct partial *p = calloc(1, sizeof(*p));
	char *name = NULL;
	int rc = EX_OSERR;

	*out = NULL;
	if (p == NULL || asprintf(&name, "%s (part)", base->name) < 0) {
		warn("%s", base->name);
		free(p);
		return EX_OSERR;
	}
	p->base = p->cursor.source = base;
	p->o = *o;
	strcpy(p->delimiter, ";");
	rc = promise_read(base, o->foreign, o->quiet, &p->promise);
	if (rc != 0)
		goto out;
	rc = EX_OSERR;
	p->pick = pick_new(&p->o.pick, only_database(&p->promise.mark.tables));
	p->excerpt = excerpt_new(base, name);
	if (p->pick == NULL || p->excerpt == NULL)
		goto out;
	p->progress = progress_start("looking", p->promise.plain, o->quiet);
	rc = p->promise.own ? take_own(p) : walk(p, 0, UINT64_MAX);
	cursor_close(&p->cursor);
	progress_end(p->progress);
	if (rc == 0)
		rc = pick_finish(p->pick, base->name);
	if (rc == 0 && p->promise.own)
		rc = end(p);
out:
	free(name);
	if (rc == 0)
		*out = p;
	else
		partial_free(p);
	return rc;
}

const struct sql_source *
partial_source(struct partial *p)
{
	return excerpt_source(p->excerpt);
}

const struct pick *
partial_pick(const struct partial *p)
{
	return p->pick;
}

const char *
partial_proof(const struct partial *p)
{
	const bool rows = !p->o.pick.no_data;

	if (!p->promise.own)
		return "without an end mark, nothing says that it is as it was";
	if (p->promise.whole)
		return "proven: all of the dump, by its end mark";
	if (p->base->proven)
		return rows ? "proven: rows by the end mark, definitions by the index"
			    : "proven: definitions by the index";
	return rows ? "proven: rows by the end mark; not proven: definitions (siantre-verify)"
		    : "not proven: definitions (siantre-verify)";
}

void
partial_free(struct partial *p)
{
	if (p == NULL)
		return;
	excerpt_free(p->excerpt);
	pick_free(p->pick);
	marktail_free(&p->promise.mark);
	free(p);
}
