#include "db/script.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "sql/ddl.h"

#define STOOD "-- stood at "

int
script_add(struct buf *b, const struct lex_statement *s)
{
	char delimiter[16], *text = strndup(s->text, s->len);

	if (text == NULL) {
		warn("script");
		return EX_OSERR;
	}
	if (memchr(s->text, ';', s->len) == NULL)
		strlcpy(delimiter, ";", sizeof(delimiter));
	else
		ddl_delimiter(text, delimiter);
	buf_printf(b, "DELIMITER %s\n" STOOD "%" PRIu64 ":%" PRIu64 "\n", delimiter, s->line,
	    s->column);
	buf_add(b, s->text, s->len);
	/* On a line of its own: the text may end in a comment. */
	buf_printf(b, "\n%s\nDELIMITER ;\n", delimiter);
	free(text);
	return buf_string(b) != NULL ? 0 : EX_OSERR;
}

/* The line in front of ${s} may say where it stood. */
static void
find_place(const char *text, struct lex_statement *s)
{
	const char *line = text + s->offset, *end = line;

	if (s->offset == 0)
		return;
	for (line--; line > text && line[-1] != '\n'; line--)
		;
	if ((size_t)(end - line) > sizeof(STOOD) &&
	    strncmp(line, STOOD, sizeof(STOOD) - 1) == 0)
		sscanf(line + sizeof(STOOD) - 1, "%" SCNu64 ":%" SCNu64, &s->line, &s->column);
}

int
script_run(struct send *send, const char *text, size_t len, bool foreign)
{
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;
	enum lex_kind kind;
	uint64_t line, column;
	const char *what;
	int rc;

	if (l == NULL || lex_add(l, text, len) != 0) {
		lex_free(l);
		return EX_OSERR;
	}
	lex_end(l);
	rc = send_begin(send, foreign);
	while (rc == 0 && (kind = lex_next(l, &s)) != LEX_MORE) {
		if (kind == LEX_STATEMENT) {
			find_place(text, &s);
			rc = send_statement(send, &s);
		} else {
			what = lex_error(l, &line, &column);
			warnx("%s:%" PRIu64 ":%" PRIu64 ": %s", send->name, line, column, what);
			rc = EX_DATAERR;
		}
	}
	if (rc == 0)
		rc = send_end(send);
	lex_free(l);
	return rc;
}
