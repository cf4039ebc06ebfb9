#include "sql/marktail.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hash.h"
#include "sql/markplace.h"

enum { LAST_LINE = 512, MARK_MAX_BYTES = 64 << 20 };

/* Read ${len} bytes from ${from} on into ${buf}. */
static int
read_at(const struct sql_source *source, uint64_t from, char *buf, size_t len)
{
	struct sql_stream *s;
	size_t n = 1;
	int rc = source->open(source->ctx, from, &s);

	if (rc != 0)
		return rc;
	for (size_t done = 0; rc == 0 && done < len; done += n) {
		rc = source->next(s, buf + done, len - done, &n);
		if (rc == 0 && n == 0) {
			warnx("%s: became shorter while it was read", source->name);
			rc = EX_DATAERR;
		}
	}
	source->close(s);
	return rc;
}

/* errno says whether it is that, or that nobody can tell. */
static int
wrong(const struct sql_source *source, const char *what)
{
	if (errno == ENOMEM) {
		warn("%s", source->name);
		return EX_OSERR;
	}
	warnx("%s: %s", source->name, what);
	return EX_DATAERR;
}

/* The last line says where the end mark begins. */
static int
read_last(const struct sql_source *source, uint64_t plain, struct markline_end *end)
{
	char buf[LAST_LINE];
	size_t len = plain < sizeof(buf) ? (size_t)plain : sizeof(buf);
	int rc = read_at(source, plain - len, buf, len);
	const char *line;

	if (rc != 0)
		return rc;
	line = len > 1 ? memrchr(buf, '\n', len - 1) : NULL;
	line = line != NULL ? line + 1 : buf;
	len -= (size_t)(line - buf);
	errno = 0;
	if (len == 0 || markline_kind(line, len) != MARKLINE_END)
		return wrong(source, "no end mark");
	if (markline_last(line, len, end) != 0)
		return wrong(source, "end mark: the siantre-end line is damaged");
	if (end->bytes > plain || plain - end->bytes > MARK_MAX_BYTES)
		return wrong(source, "the end mark does not begin where it says");
	return 0;
}

static int
take_note(struct marktail *m, char *note)
{
	char **notes = reallocarray(m->notes, m->notes_len + 1, sizeof(*notes));

	if (notes != NULL)
		m->notes = notes;
	if (notes == NULL || note == NULL) {
		free(note);
		return -1;
	}
	notes[m->notes_len++] = note;
	return 0;
}

static int
take_line(struct marktail *m, const char *line, size_t len)
{
	struct endmark_table *t;

	switch (markline_kind(line, len)) {
	case MARKLINE_TABLE:
		t = tablelist_room(&m->tables);
		if (t == NULL || markline_table(line, len, t) != 0)
			return -1;
		m->tables.len++;
		return 0;
	case MARKLINE_NOTE: return take_note(m, markline_note(line, len));
	case MARKLINE_END: return 0;
	default: errno = EBADMSG; return -1;
	}
}

/* Put the offsets that the notes give where they belong: regions do not overlap. */
static int
place(struct marktail *m)
{
	uint64_t *offsets, end = 0;
	struct endmark_table *t;
	int rc = markplace_read(m->notes, m->notes_len, &offsets, m->tables.len);

	m->offsets = offsets != NULL;
	for (size_t i = 0; rc == 0 && offsets != NULL && i < m->tables.len; i++) {
		t = &m->tables.items[i];
		t->offset = offsets[i];
		if (t->bytes == 0)
			continue;
		if (t->offset < end || t->offset > m->end.bytes ||
		    t->bytes > m->end.bytes - t->offset)
			rc = -1;
		end = t->offset + t->bytes;
	}
	free(offsets);
	return rc;
}

static int
take_lines(const struct sql_source *source, const char *buf, size_t len, struct marktail *m)
{
	char hex[HASH_HEX] = "";
	const char *p = buf, *nl;
	uint64_t rows = 0;

	errno = 0;
	for (size_t n; p < buf + len; p += n) {
		nl = memchr(p, '\n', len - (size_t)(p - buf));
		n = nl != NULL ? (size_t)(nl - p) + 1 : 0;
		if (n == 0 || take_line(m, p, n) != 0)
			return wrong(source, "end mark: a line is damaged");
		if (markline_kind(p, n) == MARKLINE_END && p + n != buf + len)
			return wrong(source, "bytes behind the end mark");
		if (p + n == buf + len)
			hash_bytes(buf, (size_t)(p - buf) + m->end.hashed, hex);
	}
	if (strcmp(hex, m->end.sha256) != 0)
		return wrong(source, "digest of the end mark differs");
	for (size_t i = 0; i < m->tables.len; i++)
		rows += m->tables.items[i].rows;
	if (m->tables.len != m->end.tables || rows != m->end.rows)
		return wrong(source, "end mark: its tables are not as many as it promises");
	if (place(m) != 0)
		return wrong(source, "end mark: the rows cannot begin where it says");
	return 0;
}

int
marktail_read(const struct sql_source *source, uint64_t plain, struct marktail *m)
{
	size_t len;
	char *buf;
	int rc;

	*m = (struct marktail){0};
	rc = read_last(source, plain, &m->end);
	if (rc != 0)
		return rc;
	len = (size_t)(plain - m->end.bytes);
	if ((buf = malloc(len + 1)) == NULL) {
		warn("%s", source->name);
		return EX_OSERR;
	}
	rc = read_at(source, m->end.bytes, buf, len);
	if (rc == 0)
		rc = take_lines(source, buf, len, m);
	free(buf);
	if (rc != 0) {
		marktail_free(m);
		*m = (struct marktail){0};
	}
	return rc;
}

void
marktail_free(struct marktail *m)
{
	tablelist_free(&m->tables);
	for (size_t i = 0; i < m->notes_len; i++)
		free(m->notes[i]);
	free(m->notes);
	*m = (struct marktail){0};
}
