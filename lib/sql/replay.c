#include "sql/replay.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sysexits.h>

enum { PIECE = 256 << 10 };

#define NEAR ((uint64_t)4 << 20) /* as far, reading on is quicker than to begin again */

struct replay {
	const struct sql_source *source;
	struct sql_stream *stream;
	struct lex *lex;
	char *buf;
	uint64_t end;
	uint64_t read;  /* the next byte that the stream gives */
	uint64_t seen;  /* statements that begin before this are gone */
	uint64_t after; /* statements that begin before this are passed over */
	bool ended;
};

static int
begin(struct replay *r, const struct lex_state *from)
{
	r->source->close(r->stream);
	r->stream = NULL;
	lex_free(r->lex);
	if ((r->lex = lex_new(LEX_LIMIT)) == NULL)
		return EX_OSERR;
	lex_resume(r->lex, from);
	r->read = r->seen = r->after = from->offset;
	r->ended = false;
	return r->source->open(r->source->ctx, from->offset, &r->stream);
}

int
replay_open(const struct sql_source *source, const struct lex_state *from, uint64_t end,
    struct replay **out)
{
	struct replay *r = calloc(1, sizeof(*r));
	int rc = EX_OSERR;

	if (r == NULL || (r->buf = malloc(PIECE)) == NULL) {
		warn("%s", source->name);
	} else {
		r->source = source;
		r->end = end;
		rc = begin(r, from);
	}
	if (rc != 0) {
		replay_free(r);
		r = NULL;
	}
	*out = r;
	return rc;
}

int
replay_move(struct replay *r, const struct lex_state *to, uint64_t end)
{
	r->end = end;
	if (r->ended || to->offset < r->seen || to->offset > r->read + NEAR)
		return begin(r, to);
	r->after = to->offset;
	return 0;
}

static int
wrong(const struct replay *r)
{
	uint64_t line, column;
	const char *what = lex_error(r->lex, &line, &column);

	warnx("%s:%ju:%ju: %s", r->source->name, (uintmax_t)line, (uintmax_t)column, what);
	return EX_DATAERR;
}

int
replay_next(struct replay *r, struct lex_statement *s)
{
	enum lex_kind kind;
	size_t len;
	int rc;

	for (;;) {
		kind = lex_next(r->lex, s);
		if (kind == LEX_ERROR)
			return wrong(r);
		if (kind == LEX_STATEMENT) {
			r->seen = s->offset + 1;
			if (s->offset >= r->end)
				break;
			if (s->offset >= r->after)
				return 0;
			continue;
		}
		if (r->ended || r->read >= r->end)
			break;
		rc = r->source->next(r->stream, r->buf,
		    r->end - r->read < PIECE ? (size_t)(r->end - r->read) : PIECE, &len);
		if (rc != 0)
			return rc;
		r->read += len;
		r->ended = len == 0;
		if (r->ended)
			lex_end(r->lex);
		else if (lex_add(r->lex, r->buf, len) != 0)
			return EX_OSERR;
	}
	*s = (struct lex_statement){0};
	return 0;
}

void
replay_free(struct replay *r)
{
	if (r == NULL)
		return;
	r->source->close(r->stream);
	lex_free(r->lex);
	free(r->buf);
	free(r);
}
