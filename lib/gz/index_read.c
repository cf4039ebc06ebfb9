/*
 * Reading an index: once to prove it whole, then again line by line, so that memory does not
 * grow with the file.  Both times every line is held against the one before it, and a file
 * that changes in between is found out by the same rules.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "gz/cut.h"
#include "gz/deflate.h"
#include "gz/index.h"
#include "gz/seal.h"
#include "gz/writer.h"

#define IN_ROOM (64U << 10)
#define LINE_MAX_LENGTH 160 /* four numbers of 20 digits, a digest, blanks */

struct gz_index_reader {
	int fd;
	char *name;
	char in[IN_ROOM];
	size_t in_used, in_length;
	uint64_t line;
	char text[LINE_MAX_LENGTH]; /* the current line, without its newline */
	uint64_t packed, plain;     /* totals */
	uint64_t fragments;         /* total; while proving, those so far */
	uint64_t left;              /* fragments not handed out yet */
	uint64_t next_plain, next_packed;
	struct hash hash;
	bool failed;
	int exit;
};

static int
fail(struct gz_index_reader *x, const char *what)
{
	if (!x->failed)
		warnx("%s:%" PRIu64 ": %s", x->name, x->line, what);
	x->failed = true;
	x->exit = EX_DATAERR;
	return -1;
}

/* Return 1 and the next byte, 0 at the end of the file, or -1 after reporting. */
static int
next_byte(struct gz_index_reader *x, char *byte)
{
	ssize_t got;

	if (x->in_used == x->in_length) {
		if ((got = io_read_some(x->fd, x->in, sizeof(x->in))) == -1) {
			warn("read %s", x->name);
			x->failed = true;
			x->exit = EX_IOERR;
			return -1;
		}
		if (got == 0)
			return 0;
		x->in_used = 0;
		x->in_length = (size_t)got;
	}
	*byte = x->in[x->in_used++];
	return 1;
}

static int
next_line(struct gz_index_reader *x)
{
	size_t length = 0;
	char byte;
	int got;

	x->line++;
	while ((got = next_byte(x, &byte)) == 1 && byte != '\n') {
		if (byte == '\0' || length == sizeof(x->text) - 1)
			return fail(x, "not a line of an index");
		x->text[length++] = byte;
	}
	if (got == 0)
		return fail(x, "truncated");
	x->text[length] = '\0';
	return got == 1 ? 0 : -1;
}

/* Take a number without sign or leading zeros off ${*text}. */
static bool
take_number(const char **text, uint64_t *number)
{
	const char *p = *text;
	uint64_t value = 0;

	if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	*text = p;
	*number = value;
	return true;
}

static bool
take_text(const char **text, const char *expected)
{
	size_t length = strlen(expected);

	if (strncmp(*text, expected, length) != 0)
		return false;
	*text += length;
	return true;
}

/* A digest is the last word of a line. */
static bool
take_digest(const char **text, char sha256[HASH_HEX])
{
	if (strlen(*text) != HASH_HEX - 1 || strspn(*text, "0123456789abcdef") != HASH_HEX - 1)
		return false;
	memcpy(sha256, *text, HASH_HEX);
	*text += HASH_HEX - 1;
	return true;
}

/* The current line as a fragment that follows the one before it. */
static int
read_entry(struct gz_index_reader *x, struct gz_index_entry *e)
{
	const char *p = x->text;

	if (!take_number(&p, &e->plain_offset) || !take_text(&p, " ") ||
	    !take_number(&p, &e->plain_length) || !take_text(&p, " ") ||
	    !take_number(&p, &e->packed_offset) || !take_text(&p, " ") ||
	    !take_number(&p, &e->packed_length) || !take_text(&p, " ") ||
	    !take_digest(&p, e->sha256))
		return fail(x, "not a line of an index");
	if (e->plain_offset != x->next_plain || e->packed_offset != x->next_packed)
		return fail(x, "the fragment does not follow the one before it");
	if (e->plain_length == 0 || e->plain_length > CUT_MAX || e->packed_length == 0 ||
	    e->packed_length > deflate_bound((size_t)e->plain_length))
		return fail(x, "impossible length of a fragment");
	if (e->plain_length > x->plain - x->next_plain ||
	    e->packed_length > x->packed - x->next_packed)
		return fail(x, "the fragment lies behind the end");
	x->next_plain += e->plain_length;
	x->next_packed += e->packed_length;
	return 0;
}

/* The first line; get ready for the fragments behind it. */
static int
read_totals(struct gz_index_reader *x)
{
	const char *p = x->text;

	x->line = 0;
	x->in_used = x->in_length = 0;
	if (lseek(x->fd, 0, SEEK_SET) == -1) {
		warn("%s", x->name);
		x->exit = EX_IOERR;
		return -1;
	}
	if (next_line(x) == -1)
		return -1;
	if (!take_text(&p, "siantre-index "))
		return fail(x, "not an index");
	if (!take_text(&p, "1 "))
		return fail(x, "unknown version of an index");
	if (!take_number(&p, &x->packed) || !take_text(&p, " ") ||
	    !take_number(&p, &x->plain) || *p != '\0')
		return fail(x, "not an index");
	if (x->packed < GZ_HEADER_LENGTH + SEAL_LENGTH + GZ_TRAILER_LENGTH)
		return fail(x, "impossible length of a file");
	x->next_plain = 0;
	x->next_packed = GZ_HEADER_LENGTH;
	return 0;
}

static int
read_end(struct gz_index_reader *x)
{
	char promised[HASH_HEX], found[HASH_HEX], byte;
	const char *p = x->text;
	uint64_t fragments;
	int got;

	hash_take(&x->hash, found);
	if (!take_text(&p, "end ") || !take_number(&p, &fragments) || !take_text(&p, " ") ||
	    !take_digest(&p, promised))
		return fail(x, "not a line of an index");
	if (strcmp(promised, found) != 0)
		return fail(x, "checksum differs");
	if (fragments != x->fragments || x->next_plain != x->plain ||
	    x->next_packed + SEAL_LENGTH + GZ_TRAILER_LENGTH != x->packed)
		return fail(x, "totals differ");
	if ((got = next_byte(x, &byte)) == 1)
		return fail(x, "bytes behind the end");
	return got;
}

static void
hash_line(struct gz_index_reader *x)
{
	hash_add(&x->hash, x->text, strlen(x->text));
	hash_add(&x->hash, "\n", 1);
}

static int
prove(struct gz_index_reader *x)
{
	struct gz_index_entry e;

	if (read_totals(x) == -1)
		return -1;
	hash_line(x);
	for (;;) {
		if (next_line(x) == -1)
			return -1;
		if (strncmp(x->text, "end ", 4) == 0)
			return read_end(x);
		if (read_entry(x, &e) == -1)
			return -1;
		hash_line(x);
		x->fragments++;
	}
}

int
gz_index_open(int fd, const char *name, struct gz_index_reader **out)
{
	struct gz_index_reader *x = calloc(1, sizeof(*x));
	int rc;

	if (x == NULL || (x->name = strdup(name)) == NULL) {
		warnx("out of memory");
		free(x);
		return EX_OSERR;
	}
	x->fd = fd;
	x->exit = EX_OSERR;
	hash_start(&x->hash);
	if (prove(x) == -1 || read_totals(x) == -1) {
		rc = x->exit;
		gz_index_close(x);
		return rc;
	}
	x->left = x->fragments;
	*out = x;
	return 0;
}

uint64_t
gz_index_packed(const struct gz_index_reader *x)
{
	return x->packed;
}

uint64_t
gz_index_plain(const struct gz_index_reader *x)
{
	return x->plain;
}

uint64_t
gz_index_fragments(const struct gz_index_reader *x)
{
	return x->fragments;
}

int
gz_index_next(struct gz_index_reader *x, struct gz_index_entry *e)
{
	if (x->failed)
		return -1;
	if (x->left == 0)
		return 0;
	if (next_line(x) == -1 || read_entry(x, e) == -1)
		return -1;
	x->left--;
	return 1;
}

void
gz_index_close(struct gz_index_reader *x)
{
	if (x == NULL)
		return;
	free(x->name);
	free(x);
}
