#include "sql/session.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/plain.h"
#include "sql/assignment.h"
#include "sql/outside.h"

static int __attribute__((format(printf, 3, 4)))
refuse(char *error, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(error, size, format, ap);
	va_end(ap);
	plain_text(error);
	return -1;
}

static int
refuse_charset(const char *charset, char *error, size_t size)
{
	return refuse(
	    error, size, "character set %s: where strings end in it cannot be told", charset);
}

/* The character set that ${t} names (it, or a collation of it) where that is an unsafe one. */
static const char *
unsafe(const struct token *t)
{
	static const char *const charsets[] = {"gbk", "gb18030", "big5", "sjis", "cp932"};
	char value[SESSION_NAME];

	if (token_name(t, value, sizeof(value)) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (strncasecmp(value, charsets[i], strlen(charsets[i])) == 0)
			return charsets[i];
	return NULL;
}

/* Whether the rest is `character_set_client = X, collation_connection = Y`, as siantre-dump has
 * it in front of a definition. */
static bool
is_client(struct tokens rest)
{
	static const char *const names[] = {"character_set_client", "collation_connection"};
	struct token t;

	for (size_t i = 0; i < 2; i++) {
		t = token_next(&rest);
		if (!token_is(&t, names[i]))
			return false;
		t = token_next(&rest);
		if (!token_mark(&t, '=') || token_next(&rest).kind != TOKEN_WORD)
			return false;
		t = token_next(&rest);
		if (i == 0 ? !token_mark(&t, ',') : t.kind != TOKEN_END)
			return false;
	}
	return true;
}

/* Whether it is `NAMES utf8mb4`. */
static bool
is_reset(struct tokens rest)
{
	struct token names = token_next(&rest), charset = token_next(&rest);

	return token_is(&names, "names") && token_is(&charset, "utf8mb4") &&
	       token_next(&rest).kind == TOKEN_END;
}

/* What no SET of a dump holds, wherever it stands: the words of other statements, calls, names. */
static int
judge_words(struct session *s, struct tokens rest, char *error, size_t size)
{
	static const char *const never[] = {"global", "persist", "persist_only", "password",
	    "role", "authorization", "statement", "select", "next", "previous", "table",
	    "values", "with", NULL};
	static const char *const functions[] = {
	    "ifnull", "coalesce", "concat", "replace", NULL};
	const bool client = is_client(rest);
	struct token t, last = {0}, before = {0};
	const char *charset;

	if (is_reset(rest))
		s->now.unsafe = NULL;
	for (; (t = token_next(&rest)).kind != TOKEN_END; before = last, last = t) {
		const bool named = last.kind == TOKEN_WORD || last.kind == TOKEN_NAME;

		if (token_among(&t, never))
			return refuse(error, size, "SET %.*s does not belong into a dump",
			    (int)t.len, t.text);
		charset = unsafe(&t);
		if (charset != NULL) {
			s->now.unsafe = charset;
			if (!client)
				return refuse_charset(charset, error, size);
		}
		if (token_mark(&t, '(') && named && !token_among(&last, functions))
			return refuse(error, size,
			    "SET with a call of %.*s does not belong into a dump",
			    (int)(last.len < 64 ? last.len : 64), last.text);
		if (token_mark(&t, ';') ||
		    (token_mark(&t, '.') && named && !token_mark(&before, '@')))
			return refuse(error, size,
			    "SET with a `%.*s` does not belong into a dump", (int)t.len,
			    t.text);
	}
	if (rest.bytes && s->now.bytes)
		return refuse(error, size, "a bare word of other bytes than ASCII");
	return 0;
}

/* What the value, `@kept` or `IFNULL(@kept, '')`, has kept of the modes, or of the charset. */
static const struct session_reading *
kept(const struct session *s, const struct assignment *a, bool modes)
{
	struct tokens rest = a->value;
	struct token t = token_next(&rest);
	char name[SESSION_NAME];
	const bool call = token_is(&t, "ifnull");

	if (call) {
		t = token_next(&rest);
		if (!token_mark(&t, '('))
			return NULL;
		t = token_next(&rest);
	}
	if (!token_mark(&t, '@'))
		return NULL;
	t = token_next(&rest);
	if (token_name(&t, name, sizeof(name)) != 0)
		return NULL;
	t = token_next(&rest);
	if (call ? !token_mark(&t, ',') : t.kind != TOKEN_END)
		return NULL;
	if (call) {
		t = token_next(&rest);
		if (t.kind != TOKEN_STRING || t.len != 2)
			return NULL;
		t = token_next(&rest);
		if (!token_mark(&t, ')') || token_next(&rest).kind != TOKEN_END)
			return NULL;
	}
	for (size_t i = 0; i < s->kept_len; i++)
		if (strcasecmp(s->kept[i].name, name) == 0)
			return s->kept[i].modes == modes ? &s->kept[i].was : NULL;
	return NULL;
}

/* The modes that the value names. */
static bool
read_modes(const struct assignment *a, struct session_reading *r)
{
	/* Names of several modes: ANSI_QUOTES is one of them. */
	static const char *const ansi[] = {
	    "ansi", "oracle", "mssql", "db2", "postgresql", "maxdb"};
	char value[SESSION_NAME * 4];

	if (!assignment_literal(a, value, sizeof(value)))
		return false;
	r->no_backslash = strcasestr(value, "no_backslash_escapes") != NULL;
	r->ansi_quotes = false;
	for (size_t i = 0; i < sizeof(ansi) / sizeof(ansi[0]); i++)
		r->ansi_quotes = r->ansi_quotes || strcasestr(value, ansi[i]) != NULL;
	return true;
}

static int
set_modes(struct session *s, const struct session *before, const struct assignment *a,
    char *error, size_t size)
{
	static const char *const itself[] = {"sql_mode", NULL};
	const struct session_reading *was = kept(before, a, true);

	if (was != NULL) {
		s->now.no_backslash = was->no_backslash;
		s->now.ansi_quotes = was->ansi_quotes;
	} else if (!assignment_is(a, itself) && !read_modes(a, &s->now)) {
		return refuse(error, size, "sql_mode is set to what cannot be told");
	}
	return 0;
}

static int
set_charset(struct session *s, const struct session *before, const struct assignment *a,
    char *error, size_t size)
{
	static const char *const itself[] = {"character_set_client", NULL};
	const struct session_reading *was = kept(before, a, false);
	char value[SESSION_NAME];

	if (was != NULL) {
		s->now.unsafe = was->unsafe;
		s->now.bytes = was->bytes;
		return was->unsafe == NULL ? 0 : refuse_charset(was->unsafe, error, size);
	}
	if (assignment_is(a, itself))
		return 0;
	if (!assignment_literal(a, value, sizeof(value)))
		return refuse(error, size, "the character set is set to what cannot be told");
	s->now.bytes = strncasecmp(value, "utf8", 4) != 0 && strcasecmp(value, "ascii") != 0;
	return 0;
}

/* A user variable keeps one of the two, or something else. */
static void
keep(struct session *s, const struct session *before, const struct assignment *a)
{
	static const char *const charsets[] = {"character_set_client", NULL};
	static const char *const modes[] = {"sql_mode", NULL};
	static const char names[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.";
	struct session_reading was = s->now;
	const bool said = read_modes(a, &was), keeps_modes = said || assignment_is(a, modes);
	size_t i = 0;

	/* Servers take `é` and `e` for the same, or `e` and a blank. */
	if (a->target[strspn(a->target, names)] != '\0')
		s->kept_len = 0;
	while (i < s->kept_len && strcasecmp(s->kept[i].name, a->target) != 0)
		i++;
	if (i < s->kept_len)
		s->kept[i] = s->kept[--s->kept_len];
	/* Where both stand in one statement, servers differ in which value is kept. */
	if ((!keeps_modes && !assignment_is(a, charsets)) || s->kept_len == SESSION_KEPT ||
	    (!said &&
		(s->now.no_backslash != before->now.no_backslash ||
		    s->now.ansi_quotes != before->now.ansi_quotes ||
		    s->now.unsafe != before->now.unsafe || s->now.bytes != before->now.bytes)))
		return;
	strlcpy(s->kept[s->kept_len].name, a->target, SESSION_NAME);
	s->kept[s->kept_len].modes = keeps_modes;
	s->kept[s->kept_len++].was = was;
}

/*
 * Whether no dump sets the system variable ${name}, quoted or not.  MySQL looks for it in a
 * collation in which `ö` is `o`, so that nobody can tell what a name beyond ASCII sets.
 */
static bool
is_strange(const char *name)
{
	static const char *const never[] = {"innodb_tmpdir", "debug", "debug_dbug", "server_id",
	    "gtid_domain_id", "gtid_seq_no"};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strcasecmp(name, never[i]) == 0)
			return true;
	for (; *name != '\0'; name++)
		if ((uint8_t)*name >= 0x80)
			return true;
	return false;
}

int
session_set(struct session *s, struct tokens rest, char *error, size_t size)
{
	static const char *const charsets[] = {"names", "character_set_client"};
	const struct session before = *s;
	struct assignment a;
	struct token t;
	char value[SESSION_NAME];
	int rc = judge_words(s, rest, error, size);

	while (rc == 0) {
		t = token_next(&rest);
		if (t.kind == TOKEN_END)
			break;
		if (!assignment_target(&rest, &t, &a))
			return refuse(error, size, "SET of what is no variable");
		assignment_value(&rest, &t, &a);
		if (a.user)
			keep(s, &before, &a);
		else if (is_strange(a.target))
			rc =
			    refuse(error, size, "SET %s does not belong into a dump", a.target);
		else if (strcasecmp(a.target, "sql_mode") == 0)
			rc = set_modes(s, &before, &a, error, size);
		else if (strcasecmp(a.target, charsets[0]) == 0 ||
			 strcasecmp(a.target, charsets[1]) == 0)
			rc = set_charset(s, &before, &a, error, size);
		else if (strcasestr(a.target, "storage_engine") != NULL &&
			 (!assignment_literal(&a, value, sizeof(value)) ||
			     outside_engine(value)))
			rc =
			    refuse(error, size, "SET %s does not belong into a dump", a.target);
		if (t.kind == TOKEN_END)
			break;
	}
	return rc;
}

int
session_text(const struct session *s, const struct tokens *tokens, char *error, size_t size)
{
	const char *p = tokens->p;
	const size_t len = (size_t)(tokens->end - p);

	for (size_t i = 0; s->now.unsafe != NULL && i < len; i++)
		if ((uint8_t)p[i] >= 0x80)
			return refuse_charset(s->now.unsafe, error, size);
	if ((tokens->no_backslash != s->now.no_backslash && memchr(p, '\\', len) != NULL) ||
	    (tokens->ansi_quotes != s->now.ansi_quotes && memchr(p, '"', len) != NULL))
		return refuse(error, size,
		    "where strings end cannot be told behind the last SET of sql_mode");
	return 0;
}
