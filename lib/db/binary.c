#include "db/binary.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/shortest.h"

#define TEXT_ROOM 64 /* of a figure or a time */

/* A column: where the client library puts its value, and the text that is made of it. */
struct cell {
	enum enum_field_types type;
	unsigned int decimals; /* of a second */
	unsigned int pad;      /* leading zeros up to this length; 0: none */
	bool is_unsigned;
	union {
		int8_t tiny;
		int16_t small;
		int32_t medium;
		int64_t large;
		float single;
		double real;
		MYSQL_TIME time;
	} value;
	my_bool null, cut;
	unsigned long length;
	char *text; /* room for a figure, or for the longest text of the column */
};

struct binary {
	MYSQL_STMT *stmt;
	unsigned int n;
	struct cell *cells;
	MYSQL_BIND *binds;
	MYSQL_ROW row;
	unsigned long *lengths;
};

/* How a value of ${f} is fetched, and how much room its text takes. */
static size_t
prepare_cell(struct cell *c, MYSQL_BIND *b, const MYSQL_FIELD *f)
{
	size_t room = TEXT_ROOM;

	c->type = f->type;
	c->decimals = f->decimals;
	c->is_unsigned = f->flags & UNSIGNED_FLAG;
	c->pad = f->flags & ZEROFILL_FLAG ? (unsigned int)f->length : 0;
	if (c->pad > TEXT_ROOM - 1)
		c->pad = TEXT_ROOM - 1;
	b->buffer = &c->value;
	switch (f->type) {
	case MYSQL_TYPE_YEAR: c->type = MYSQL_TYPE_SHORT; break;
	case MYSQL_TYPE_INT24: c->type = MYSQL_TYPE_LONG; break;
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_TIME:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP: break;
	default:
		c->type = MYSQL_TYPE_STRING;
		room = f->length + 1;
		b->buffer = NULL; /* the text itself */
		b->buffer_length = room;
	}
	b->buffer_type =
	    c->type == MYSQL_TYPE_STRING && f->charsetnr == 63 ? MYSQL_TYPE_BLOB : c->type;
	b->is_null = &c->null;
	b->length = &c->length;
	b->error = &c->cut;
	b->is_unsigned = c->is_unsigned;
	return room;
}

static int
prepare_cells(struct binary *b)
{
	MYSQL_RES *meta = mysql_stmt_result_metadata(b->stmt);
	int rc = EX_OSERR;

	if (meta == NULL)
		return -1;
	b->n = mysql_num_fields(meta);
	b->cells = calloc(b->n, sizeof(*b->cells));
	b->binds = calloc(b->n, sizeof(*b->binds));
	b->row = calloc(b->n, sizeof(*b->row));
	b->lengths = calloc(b->n, sizeof(*b->lengths));
	if (b->cells == NULL || b->binds == NULL || b->row == NULL || b->lengths == NULL)
		goto out;
	for (unsigned int i = 0; i < b->n; i++) {
		struct cell *c = &b->cells[i];

		c->text =
		    malloc(prepare_cell(c, &b->binds[i], mysql_fetch_field_direct(meta, i)));
		if (c->text == NULL)
			goto out;
		if (b->binds[i].buffer == NULL)
			b->binds[i].buffer = c->text;
	}
	rc = mysql_stmt_bind_result(b->stmt, b->binds) == 0 ? 0 : -1;
out:
	if (rc == EX_OSERR)
		warnx("out of memory");
	mysql_free_result(meta);
	return rc;
}

int
binary_open(MYSQL *m, const char *sql, struct binary **out)
{
	struct binary *b = calloc(1, sizeof(*b));
	int rc = -1;

	if (b == NULL || (b->stmt = mysql_stmt_init(m)) == NULL) {
		warnx("out of memory");
		free(b);
		return EX_OSERR;
	}
	*out = b;
	if (mysql_stmt_prepare(b->stmt, sql, strlen(sql)) == 0 &&
	    mysql_stmt_execute(b->stmt) == 0)
		rc = prepare_cells(b);
	return rc;
}

unsigned int
binary_columns(const struct binary *b)
{
	return b->n;
}

/* Write ${n} in decimal in front of ${end}, with zeros in front up to ${pad} digits. */
static char *
put_number(char *end, uint64_t n, unsigned int pad)
{
	char *o = end;

	do {
		*--o = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (end - o < pad)
		*--o = '0';
	return o;
}

/* An integer, at the end of the cell's text. */
static char *
integer(struct cell *c, int64_t n)
{
	bool negative = n < 0 && !c->is_unsigned;
	char *end = c->text + TEXT_ROOM;
	char *o = put_number(end, negative ? -(uint64_t)n : (uint64_t)n, c->pad);

	if (negative)
		*--o = '-';
	c->length = (unsigned long)(end - o);
	return o;
}

/* As many digits and no more: a year of a server that lies may have ten. */
static char *
put_digits(char *o, unsigned int n, unsigned int digits)
{
	for (unsigned int i = digits; i > 0; n /= 10)
		o[--i] = (char)('0' + n % 10);
	return o + digits;
}

/* The fraction of a second, as many digits as the column has. */
static char *
put_fraction(char *o, const struct cell *c)
{
	unsigned long n = c->value.time.second_part;

	if (c->decimals == 0 || c->decimals > 6)
		return o;
	for (unsigned int i = 6; i > c->decimals; i--)
		n /= 10;
	*o++ = '.';
	return put_digits(o, (unsigned int)n, c->decimals);
}

static char *
put_date(char *o, const MYSQL_TIME *t)
{
	o = put_digits(o, t->year, 4);
	*o++ = '-';
	o = put_digits(o, t->month, 2);
	*o++ = '-';
	return put_digits(o, t->day, 2);
}

static char *
put_clock(char *o, unsigned int hour, const MYSQL_TIME *t)
{
	o = put_digits(o, hour, hour > 99 ? 3 : 2);
	*o++ = ':';
	o = put_digits(o, t->minute, 2);
	*o++ = ':';
	return put_digits(o, t->second, 2);
}

static char *
time_text(struct cell *c)
{
	const MYSQL_TIME *t = &c->value.time;
	char *o = c->text;

	if (c->type == MYSQL_TYPE_TIME) {
		if (t->neg)
			*o++ = '-';
		o = put_fraction(put_clock(o, t->day * 24 + t->hour, t), c);
	} else {
		o = put_date(o, t);
		if (c->type != MYSQL_TYPE_DATE) {
			*o++ = ' ';
			o = put_fraction(put_clock(o, t->hour, t), c);
		}
	}
	c->length = (unsigned long)(o - c->text);
	return c->text;
}

static char *
real_text(struct cell *c, double x)
{
	c->length = shortest_double(c->text, x);
	return c->text;
}

/* The text of a value that is not NULL. */
static char *
text_of(struct cell *c)
{
	switch (c->type) {
	case MYSQL_TYPE_TINY:
		return integer(c, c->is_unsigned ? (uint8_t)c->value.tiny : c->value.tiny);
	case MYSQL_TYPE_SHORT:
		return integer(c, c->is_unsigned ? (uint16_t)c->value.small : c->value.small);
	case MYSQL_TYPE_LONG:
		return integer(
		    c, c->is_unsigned ? (int64_t)(uint32_t)c->value.medium : c->value.medium);
	case MYSQL_TYPE_LONGLONG: return integer(c, c->value.large);
	case MYSQL_TYPE_FLOAT: return real_text(c, (double)c->value.single);
	case MYSQL_TYPE_DOUBLE: return real_text(c, c->value.real);
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_TIME:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP: return time_text(c);
	default: return c->text;
	}
}

int
binary_next(struct binary *b, MYSQL_ROW *row, const unsigned long **lengths)
{
	int rc = mysql_stmt_fetch(b->stmt);

	if (rc == MYSQL_NO_DATA)
		return 0;
	if (rc == MYSQL_DATA_TRUNCATED) {
		warnx("a value is longer than its column");
		return -EX_DATAERR;
	}
	if (rc != 0)
		return -1;
	for (unsigned int i = 0; i < b->n; i++) {
		struct cell *c = &b->cells[i];

		b->row[i] = c->null ? NULL : text_of(c);
		b->lengths[i] = c->null ? 0 : c->length;
	}
	*row = b->row;
	*lengths = b->lengths;
	return 1;
}

void
binary_close(struct binary *b)
{
	if (b == NULL)
		return;
	if (b->stmt != NULL)
		mysql_stmt_close(b->stmt);
	for (unsigned int i = 0; b->cells != NULL && i < b->n; i++)
		free(b->cells[i].text);
	free(b->lengths);
	free(b->row);
	free(b->binds);
	free(b->cells);
	free(b);
}
