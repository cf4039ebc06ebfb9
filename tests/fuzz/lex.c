/*
 * The lexer of SQL, and what reads its statements before anything is sent: the tokens, the guard,
 * the plan of parts, the taker-apart of CREATE TABLE.  However the bytes are pushed, and
 * wherever a lexer begins anew, the statements are the same; their tokens are those of a slow
 * reader that follows the server's own lexer byte by byte; and the sums of the plan are those of
 * the bytes that it points to.
 */
#include "fuzz.h"

#include <ctype.h>
#include <stdbool.h>

#include "sql/guard.h"
#include "sql/lex.h"
#include "db/parts.h"
#include "sql/statement.h"
#include "sql/strip.h"

enum { MOST = 600 }; /* statements that are looked at */

struct seen {
	struct lex_state state;
	size_t len;
	bool query;
};

static const struct token_server servers[] = {{101119, true, NULL}, {80036, false, NULL}};

/* As the server's lexer: a byte at a time, and only what a token is and where it ends. */
struct slow {
	const char *p, *end;
	const struct token_server *server;
	bool no_backslash, ansi_quotes, inside;
};

static bool
at(const struct slow *s, const char *text)
{
	return (size_t)(s->end - s->p) >= strlen(text) && memcmp(s->p, text, strlen(text)) == 0;
}

static void
to_end_of_comment(struct slow *s, bool nested)
{
	while (s->p < s->end) {
		if (at(s, "*/")) {
			s->p += 2;
			return;
		}
		if (nested && at(s, "/*")) {
			s->p += 2;
			to_end_of_comment(s, false);
		} else {
			s->p++;
		}
	}
}

static void
slow_comment(struct slow *s)
{
	char digits[7] = "";
	const bool own = at(s, "/*M!"), executable = own || at(s, "/*!");
	unsigned long version;
	size_t n = 0;

	s->p += own ? 4 : executable ? 3 : 2;
	if (!executable) {
		to_end_of_comment(s, false);
		return;
	}
	for (; n < 6 && s->p + n < s->end && isdigit((uint8_t)s->p[n]); n++)
		digits[n] = s->p[n];
	version = n >= 5 ? strtoul(digits, NULL, 10) : 0;
	if (version > s->server->version || (!s->server->mariadb && own) ||
	    (s->server->mariadb && !own && version >= 50700 && version <= 99999)) {
		to_end_of_comment(s, s->server->mariadb || !own);
		return;
	}
	s->p += n >= 5 ? n : 0;
	s->inside = true;
}

static void
slow_string(struct slow *s, char quote, bool escapes)
{
	for (s->p++; s->p < s->end; s->p++) {
		if (escapes && *s->p == '\\' && s->p + 1 < s->end)
			s->p++;
		else if (*s->p == quote && s->p + 1 < s->end && s->p[1] == quote)
			s->p++;
		else if (*s->p == quote) {
			s->p++;
			return;
		}
	}
}

/* Step behind the next token; return where it begins. */
static const char *
slow_next(struct slow *s)
{
	const char *from;

	for (;;) {
		if (s->p == s->end)
			return s->p;
		if (isspace((uint8_t)*s->p))
			s->p++;
		else if (at(s, "/*"))
			slow_comment(s);
		else if (s->inside && at(s, "*/")) {
			s->p += 2;
			s->inside = false;
		} else if (*s->p == '#' ||
			   (at(s, "--") && (s->end - s->p == 2 || (uint8_t)s->p[2] <= ' ' ||
					       s->p[2] == 0x7f))) {
			while (s->p < s->end && *s->p++ != '\n')
				;
		} else {
			break;
		}
	}
	from = s->p;
	if (*from == '\'')
		slow_string(s, '\'', !s->no_backslash);
	else if (*from == '"')
		slow_string(s, '"', !s->no_backslash && !s->ansi_quotes);
	else if (*from == '`')
		slow_string(s, '`', false);
	else
		do
			s->p++;
		while (s->p < s->end &&
		       (isalnum((uint8_t)*from) || *from == '_' || *from == '$' ||
			   (uint8_t)*from >= 0x80) &&
		       (isalnum((uint8_t)*s->p) || *s->p == '_' || *s->p == '$' ||
			   (uint8_t)*s->p >= 0x80));
	return from;
}

static void
compare_tokens(const struct lex_statement *s, const struct token_server *server)
{
	struct tokens fast = statement_tokens(s, server);
	struct slow slow = {.p = s->text,
	    .end = s->text + s->len,
	    .server = server,
	    .no_backslash = s->no_backslash,
	    .ansi_quotes = s->ansi_quotes};
	const char *from;
	struct token t;

	do {
		t = token_next(&fast);
		from = slow_next(&slow);
		REQUIRE(t.text == from && fast.p == slow.p);
		REQUIRE((t.kind == TOKEN_END) == (from == slow.end));
		REQUIRE(t.kind == TOKEN_END || t.len > 0);
	} while (t.kind != TOKEN_END);
}

/* Push from ${offset} on, ${step} at a time (0: some, in turn), and compare with what was seen. */
static void
again(const char *text, size_t len, size_t step, const struct seen *seen, size_t n,
    size_t first, enum lex_kind last, const char *error, uint64_t line, uint64_t column)
{
	static const size_t some[] = {1, 2, 3, 11, 12, 40, 5, 200};
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;
	struct lex_state state;
	enum lex_kind kind;
	uint64_t where[2];
	size_t now, turn = 0, i = first, at_byte = 0;

	REQUIRE(l != NULL);
	if (first > 0) {
		at_byte = (size_t)seen[first].state.offset;
		lex_resume(l, &seen[first].state);
	}
	for (bool ended = false;;) {
		while ((kind = lex_next(l, &s)) == LEX_STATEMENT) {
			REQUIRE(i < n || n == MOST);
			if (i == n)
				goto out;
			memset(&state, 0, sizeof(state));
			lex_state(&s, &state);
			REQUIRE(s.len == seen[i].len && state.offset == seen[i].state.offset &&
				state.line == seen[i].state.line &&
				state.column == seen[i].state.column &&
				state.no_backslash == seen[i].state.no_backslash &&
				state.ansi_quotes == seen[i].state.ansi_quotes &&
				strcmp(state.delimiter, seen[i].state.delimiter) == 0);
			REQUIRE(memcmp(s.text, text + s.offset, s.len) == 0);
			i++;
		}
		if (kind == LEX_ERROR || ended)
			break;
		now = step > 0 ? step : some[turn++ % 8];
		if (now > len - at_byte)
			now = len - at_byte;
		ended = now == 0;
		if (ended)
			lex_end(l);
		else
			REQUIRE(lex_add(l, text + at_byte, now) == 0);
		at_byte += now;
	}
	if (n < MOST) {
		REQUIRE(i == n && kind == last);
		if (kind == LEX_ERROR) {
			REQUIRE(strcmp(lex_error(l, &where[0], &where[1]), error) == 0);
			REQUIRE(where[0] == line && where[1] == column);
		}
	}
out:
	lex_free(l);
}

/* The sums of the plan are those of the statements at its places. */
static void
check_plan(const struct parts *p, const char *text, const struct seen *seen, size_t n)
{
	size_t part = 0, epoch = SIZE_MAX, rows = 0;
	uint64_t sum = 0, rest = 0;

	for (size_t i = 0; i < n; i++) {
		struct lex_statement s = {.text = text + seen[i].state.offset,
		    .len = seen[i].len,
		    .delimiter = seen[i].state.delimiter};

		if (epoch + 1 < p->epochs_len &&
		    p->epochs[epoch + 1].from.offset == seen[i].state.offset) {
			REQUIRE(epoch == SIZE_MAX || p->epochs[epoch].sum == rest);
			epoch++;
			rest = 0;
		}
		REQUIRE(epoch < p->epochs_len);
		if (part < p->parts_len && seen[i].state.offset >= p->parts[part].from.offset) {
			sum = parts_sum(sum, &s);
			rows++;
			if (seen[i].state.offset + s.len + strlen(s.delimiter) <
			    p->parts[part].end)
				continue;
			REQUIRE(sum == p->parts[part].sum);
			REQUIRE(p->parts[part].next.offset == 0 ||
				(i + 1 < n &&
				    p->parts[part].next.offset == seen[i + 1].state.offset));
			sum = 0;
			part++;
		} else {
			rest = parts_sum(rest, &s);
		}
	}
	REQUIRE(n == 0 || (part == p->parts_len && epoch == p->epochs_len - 1));
	REQUIRE(n == 0 || p->epochs[epoch].sum == rest);
	REQUIRE(rows <= n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seen seen[MOST];
	const char *text, *error = "";
	const struct token_server *server;
	struct guard *guard;
	struct parts *parts;
	struct lex_statement s;
	struct lex *l = lex_new(LEX_LIMIT), *lean = lex_new(0);
	struct strip strip;
	enum lex_kind kind, other = LEX_MORE;
	uint64_t line = 0, column = 0;
	size_t n = 0, planned = 0;
	bool good = true;
	char *copy;

	if (size == 0) {
		lex_free(l);
		lex_free(lean);
		return 0;
	}
	server = &servers[data[0] & 1];
	guard = guard_new("t", (data[0] & 2) != 0, server);
	parts = parts_new("t");
	text = (const char *)data + 1;
	size--;
	REQUIRE(l != NULL && lean != NULL && guard != NULL && parts != NULL);
	REQUIRE(lex_add(l, text, size) == 0);
	lex_end(l);
	while ((kind = lex_next(l, &s)) == LEX_STATEMENT && n < MOST) {
		memset(&seen[n], 0, sizeof(seen[n]));
		lex_state(&s, &seen[n].state);
		seen[n].len = s.len;
		copy = malloc(s.len); /* a byte read behind it is seen */
		REQUIRE(copy != NULL && memchr(s.text, '\0', s.len) == NULL);
		memcpy(copy, s.text, s.len);
		s.text = copy;
		compare_tokens(&s, server);
		if (good && (good = guard_check(guard, &s) == 0)) {
			REQUIRE(parts_add(parts, &s, server, guard_query(guard)) == 0);
			planned = n + 1;
		} else if (!good && planned == n) {
			REQUIRE(*guard_error(guard) != '\0' &&
				strpbrk(guard_error(guard), "\n\033") == NULL);
		}
		if (strip_table(&s, server, &strip))
			strip_free(&strip);
		free(copy);
		n++;
	}
	if (kind == LEX_ERROR)
		error = lex_error(l, &line, &column);
	again(text, size, 1, seen, n, 0, kind, error, line, column);
	again(text, size, 0, seen, n, 0, kind, error, line, column);
	for (size_t i = 1; i < n && i < 20; i++)
		again(text, size, SIZE_MAX, seen, n, i, kind, error, line, column);
	check_plan(parts, text, seen, planned);
	/* A lexer that keeps nothing finds as many. */
	for (size_t i = 0, k = 0; n < MOST && memchr(text, '\0', size) == NULL; i += 7) {
		if (i < size)
			REQUIRE(lex_add(lean, text + i, size - i < 7 ? size - i : 7) == 0);
		else
			lex_end(lean);
		while ((other = lex_next(lean, &s)) == LEX_STATEMENT)
			k++;
		if (other == LEX_ERROR || i >= size) {
			REQUIRE(other == kind && k == n);
			break;
		}
	}
	lex_free(l);
	lex_free(lean);
	guard_free(guard);
	parts_free(parts);
	return 0;
}
