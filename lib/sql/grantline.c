#include "sql/grantline.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "sql/token.h"

static struct tokens
tokens_of(const char *text)
{
	return (struct tokens){.p = text, .end = text + strlen(text)};
}

/* Append the bytes from ${from} up to ${to}, without blanks at the end. */
static void
add(struct buf *b, const char *from, const char *to)
{
	while (to > from && to[-1] == ' ')
		to--;
	buf_add(b, from, (size_t)(to - from));
}

/* Step over a list of roles, `r`@`h`,`r2` …, at ${*t}; return where it ends. */
static const char *
role_list(struct tokens *s, struct token *t)
{
	const char *end;

	do {
		*t = token_next(s);
		end = t->text + t->len;
		*t = token_next(s);
		if (token_mark(t, '@')) {
			*t = token_next(s);
			end = t->text + t->len;
			*t = token_next(s);
		}
	} while (token_mark(t, ','));
	return end;
}

int
grantline_create(const char *text, struct buf *create, struct buf *later)
{
	struct tokens s = tokens_of(text);
	struct token t = token_next(&s), last;
	const char *account, *account_end, *from, *clause = NULL, *clause_end = NULL;

	if (!token_is(&t, "create"))
		return -1;
	t = token_next(&s);
	if (!token_is(&t, "user"))
		return -1;
	t = token_next(&s);
	account = t.text;
	if (t.kind == TOKEN_END)
		return -1;
	account_end = t.text + t.len;
	t = token_next(&s);
	if (token_mark(&t, '@')) {
		t = token_next(&s);
		account_end = t.text + t.len;
		t = token_next(&s);
	}
	for (last = t; t.kind != TOKEN_END; last = t, t = token_next(&s)) {
		if (token_is(&last, "default") && token_is(&t, "role")) {
			clause = last.text;
			clause_end = role_list(&s, &t);
			break;
		}
	}
	buf_text(create, "CREATE USER IF NOT EXISTS ");
	from = account;
	if (clause != NULL) {
		add(create, account, clause);
		from = clause_end;
		buf_text(later, "ALTER USER ");
		buf_add(later, account, (size_t)(account_end - account));
		buf_text(later, " ");
		buf_add(later, clause, (size_t)(clause_end - clause));
		buf_text(later, ";\n");
	}
	add(create, from, text + strlen(text));
	buf_text(create, ";\n");
	return 0;
}

/* Whether `name[@host]` at ${*t} is ${user}@${host}; ${*t} becomes the token behind it, and
 * ${*end} the end of its text. */
static bool
is_account(
    struct tokens *s, struct token *t, const char *user, const char *host, const char **end)
{
	char name[GRANTLINE_NAME], place[GRANTLINE_NAME] = "";

	if (token_name(t, name, sizeof(name)) != 0)
		return false;
	*end = t->text + t->len;
	*t = token_next(s);
	if (token_mark(t, '@')) {
		*t = token_next(s);
		if (token_name(t, place, sizeof(place)) != 0)
			return false;
		*end = t->text + t->len;
		*t = token_next(s);
	}
	return strcmp(name, user) == 0 && strcmp(place, host) == 0;
}

/* What stands behind ON: rights on an object put its database into ${database}. */
static enum grantline_kind
scope(struct tokens s, char *database)
{
	struct token t = token_next(&s), first = t;

	/* TABLE, PROCEDURE, FUNCTION, PACKAGE or PACKAGE BODY; a bare database is quoted. */
	while (t.kind == TOKEN_WORD) {
		first = t = token_next(&s);
	}
	t = token_next(&s);
	if (!token_mark(&t, '.'))
		return GRANTLINE_SERVER; /* the account of a proxy */
	t = token_next(&s);
	if (token_mark(&t, '*') || token_name(&first, database, GRANTLINE_NAME) != 0)
		return GRANTLINE_SERVER;
	return GRANTLINE_OBJECT;
}

/* Append the options of a GRANT that are no limits; ${t} is the token behind the account. */
static void
add_options(struct tokens s, struct token t, struct buf *out)
{
	struct token last = {0};

	for (; t.kind != TOKEN_END; last = t, t = token_next(&s))
		if (token_is(&t, "option") &&
		    (token_is(&last, "grant") || token_is(&last, "admin")))
			buf_text(out, token_is(&last, "grant") ? " WITH GRANT OPTION"
							       : " WITH ADMIN OPTION");
}

static int
by_text(const void *a, const void *b)
{
	const struct token *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int rc = memcmp(x->text, y->text, len);

	return rc != 0 ? rc : (x->len > y->len) - (x->len < y->len);
}

/* Append the columns up to the parenthesis that ends them, sorted: the server has them in the
 * order of a hash table. */
static int
add_columns(struct tokens *s, struct buf *out)
{
	struct token t, *names = NULL, *more;
	size_t n = 0;
	int rc = -1;

	while (t = token_next(s), t.kind != TOKEN_END && !token_mark(&t, ')')) {
		if (token_mark(&t, ','))
			continue;
		more = reallocarray(names, n + 1, sizeof(*names));
		if (more == NULL) {
			warn("accounts");
			goto out;
		}
		names = more;
		names[n++] = t;
	}
	if (n > 1)
		qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++) {
		buf_text(out, i > 0 ? ", " : "");
		buf_add(out, names[i].text, names[i].len);
	}
	rc = 0;
out:
	free(names);
	return rc;
}

int
grantline_add(
    const char *text, const char *user, const char *host, struct buf *out, char *database)
{
	static const char *const towards[] = {"to", "from", "for", NULL};
	struct tokens s = tokens_of(text);
	struct token verb = token_next(&s), t = verb;
	enum grantline_kind kind = GRANTLINE_SERVER;
	const char *end = NULL, *from = text;
	size_t before = out->len;

	*database = '\0';
	if (!token_is(&verb, "grant") && !token_is(&verb, "revoke") && !token_is(&verb, "set"))
		return -1;
	while (t.kind != TOKEN_END && !token_among(&t, towards)) {
		if (token_is(&t, "on"))
			kind = scope(s, database);
		if (token_mark(&t, '(')) {
			buf_add(out, from, (size_t)(t.text + 1 - from));
			if (add_columns(&s, out) != 0)
				return -1;
			from = s.p - 1; /* the parenthesis */
		}
		t = token_next(&s);
	}
	if (t.kind == TOKEN_END) {
		out->len = before;
		return -1;
	}
	t = token_next(&s);
	if (!is_account(&s, &t, user, host, &end)) {
		out->len = before;
		return end == NULL ? -1 : GRANTLINE_OTHER;
	}
	buf_add(out, from, (size_t)(end - from));
	add_options(s, t, out);
	buf_text(out, ";\n");
	return (int)(token_is(&verb, "set") ? GRANTLINE_DEFAULT : kind);
}
