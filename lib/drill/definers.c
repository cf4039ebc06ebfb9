#include "drill/definers.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sql/quote.h"

#define LINE 4096 /* the clause stands near the beginning of its line */
#define MOST 1000

struct definer {
	char user[512];
	char host[512];
};

struct definers {
	struct definer *list;
	size_t count;
	char line[LINE];
	size_t len;
	bool begun; /* the line has a byte */
	bool rows;  /* it is a row */
};

struct definers *
definers_new(void)
{
	struct definers *d = calloc(1, sizeof(*d));

	if (d == NULL)
		warn("drill");
	return d;
}

/* The name in backquotes at ${*at}, before ${end}, into ${name} of ${size} bytes. */
static bool
take_name(const char **at, const char *end, char *name, size_t size)
{
	const char *c = *at;
	size_t n = 0;

	if (c == end || *c++ != '`')
		return false;
	for (; c < end; c++) {
		if (*c == '`' && (c + 1 == end || c[1] != '`')) {
			name[n] = '\0';
			*at = c + 1;
			return true;
		}
		c += *c == '`';
		if (n + 1 == size || *c == '\0')
			return false;
		name[n++] = *c;
	}
	return false;
}

static void
keep(struct definers *d, const struct definer *one)
{
	struct definer *list;

	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->list[i].user, one->user) == 0 &&
		    strcmp(d->list[i].host, one->host) == 0)
			return;
	if (d->count == MOST)
		return;
	if ((list = reallocarray(d->list, d->count + 1, sizeof(*list))) == NULL) {
		warn("drill");
		return;
	}
	d->list = list;
	list[d->count++] = *one;
}

/* A comment or a text that looks like it only costs an account more. */
static void
look(struct definers *d)
{
	static const char clause[] = "DEFINER=";
	const char *at = d->line, *end = d->line + d->len;
	struct definer one;

	while ((at = memmem(at, (size_t)(end - at), clause, sizeof(clause) - 1)) != NULL) {
		at += sizeof(clause) - 1;
		if (take_name(&at, end, one.user, sizeof(one.user)) && at < end &&
		    *at++ == '@' && take_name(&at, end, one.host, sizeof(one.host)))
			keep(d, &one);
	}
}

void
definers_add(struct definers *d, const char *buf, size_t len)
{
	const char *newline;
	size_t part, room;

	while (len > 0) {
		newline = memchr(buf, '\n', len);
		part = newline != NULL ? (size_t)(newline - buf) : len;
		if (!d->begun && part > 0) {
			d->begun = true;
			d->rows = *buf == '(';
		}
		if (!d->rows) {
			room = LINE - d->len;
			memcpy(d->line + d->len, buf, part < room ? part : room);
			d->len += part < room ? part : room;
		}
		if (newline != NULL) {
			look(d);
			d->len = 0;
			d->begun = d->rows = false;
			part++;
		}
		buf += part;
		len -= part;
	}
}

size_t
definers_count(const struct definers *d)
{
	return d->count;
}

static void
add_account(struct buf *out, const struct definer *one)
{
	quote_text(out, one->user, strlen(one->user));
	buf_text(out, "@");
	quote_text(out, one->host, strlen(one->host));
}

void
definers_sql(const struct definers *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		buf_text(out, "CREATE USER IF NOT EXISTS ");
		add_account(out, &d->list[i]);
		buf_text(out, " ACCOUNT LOCK; GRANT ALL ON *.* TO ");
		add_account(out, &d->list[i]);
		buf_text(out, "; ");
	}
}

void
definers_free(struct definers *d)
{
	if (d == NULL)
		return;
	free(d->list);
	free(d);
}
