#include "db/resume.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/json.h"
#include "base/plain.h"
#include "db/loose.h"
#include "sql/names.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/swap.h"

enum { TEXT_MAX = 64 << 20 };

/* Lines of JSON: {"format":1,"database":…,"dump":…}, then {"table":…} for each. */
struct resume {
	char *path;
	int fd;
	bool found;
	off_t whole; /* bytes of whole lines, behind which the next one comes */
	struct names tables;
	pthread_mutex_t lock;
};

static const char *
text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

/* Take the lines of ${text}; a last one that is torn does not count, and is written over. */
static int
take(struct resume *r, char *text, const char *database, const char *digest)
{
	char *line, *end;
	json_t *o;
	int rc = 0;

	for (line = text; rc == 0 && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		o = json_read(line, (size_t)(end - line), 0, NULL);
		if (o == NULL && errno == ENOMEM) {
			warn("%s", r->path);
			rc = EX_OSERR;
		} else if (line == text)
			r->found = json_integer_value(json_object_get(o, "format")) == 1 &&
				   strcmp(text_of(o, "database"), database) == 0 &&
				   strcmp(text_of(o, "dump"), digest) == 0;
		else if (r->found && names_add(&r->tables, text_of(o, "table")) != 0)
			rc = EX_OSERR;
		json_decref(o);
		if (!r->found)
			break;
	}
	r->whole = line - text;
	return rc;
}

static int
read_file(struct resume *r, const char *database, const char *digest)
{
	char *text = NULL;
	size_t len;
	int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc = 0;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || io_read_file(fd, TEXT_MAX, &text, &len) != 0) {
		warn("%s", r->path);
		rc = EX_IOERR;
	} else {
		rc = take(r, text, database, digest);
	}
	free(text);
	io_close(&fd);
	return rc;
}

static int
append(struct resume *r, json_t *o)
{
	size_t len;
	char *line = o != NULL ? json_line(o, &len) : NULL;
	int rc = line != NULL && json_append(r->fd, line, len) == 0 ? 0 : -1;

	free(line);
	json_decref(o);
	return rc;
}

static int
begin(struct resume *r, const char *database, const char *digest)
{
	return append(r, json_pack("{s:i,s:s,s:s}", "format", 1, "database", database, "dump",
			     digest)) == 0
		   ? fsync(r->fd)
		   : -1;
}

int
resume_open(
    const char *path, const char *database, const char *digest, bool go_on, struct resume **out)
{
	struct resume *r = calloc(1, sizeof(*r));
	int rc = EX_OSERR;

	*out = NULL;
	if (r == NULL || (r->path = strdup(path)) == NULL) {
		free(r);
		return rc;
	}
	r->fd = -1;
	pthread_mutex_init(&r->lock, NULL);
	rc = go_on ? read_file(r, database, digest) : 0;
	if (rc == 0 && (r->found || !go_on)) {
		r->fd = open(path,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
			(r->found ? 0 : O_TRUNC),
		    0600);
		if (r->fd < 0 || (r->found && ftruncate(r->fd, r->whole) != 0) ||
		    (!r->found && begin(r, database, digest) != 0)) {
			warn("%s", path);
			rc = EX_CANTCREAT;
		}
	}
	if (rc != 0 || r->fd < 0) {
		resume_close(r, true);
		return rc;
	}
	*out = r;
	return 0;
}

bool
resume_found(const struct resume *r)
{
	return r != NULL && r->found;
}

bool
resume_has(const struct resume *r, const char *table)
{
	return r != NULL && names_has(&r->tables, table);
}

int
resume_add(struct resume *r, const char *const *tables, size_t n)
{
	int rc = 0;

	if (r == NULL)
		return 0;
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = append(r, json_pack("{s:s}", "table", tables[i]));
	if (rc == 0)
		rc = fdatasync(r->fd);
	if (rc != 0) {
		rc = errno == ENOMEM ? EX_OSERR : EX_IOERR;
		warn("%s", r->path);
	}
	pthread_mutex_unlock(&r->lock);
	return rc;
}

static int
drop_table(MYSQL *m, const char *database, const char *table)
{
	struct buf sql = {0};

	/* Of a sequence, too. */
	buf_text(&sql, "DROP TABLE ");
	quote_name(&sql, database);
	buf_text(&sql, ".");
	quote_name(&sql, table);
	return query_do(m, "what was not loaded whole", &sql);
}

/* A server may have written the names in small letters. */
static bool
in_dump(const struct endmark *e, const char *table)
{
	for (size_t i = 0; i < endmark_tables(e); i++)
		if (strcasecmp(endmark_table(e, i)->table, table) == 0)
			return true;
	return false;
}

/* What the dump does not have was not loaded from it: ${database} is not what it was. */
static int
refuse_others(const struct resume *r, MYSQL *m, const char *database, const struct endmark *e)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND TABLE_TYPE NOT IN ('VIEW', 'SEQUENCE')");
	rc = query_buf(m, database, &sql, "t", &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (resume_has(r, row[0]) || in_dump(e, row[0]))
			continue;
		warnx("database `%s` holds the table `%s`, which is not in the dump", database,
		    plain_name(row[0]));
		hintx("drop the database if nothing in it is needed, or call without --resume");
		rc = EX_CANTCREAT;
	}
	mysql_free_result(res);
	return rc;
}

int
resume_clear(const struct resume *r, MYSQL *m, const char *database, const struct endmark *e)
{
	struct names tables = {0};
	int rc = refuse_others(r, m, database, e);

	if (rc == 0)
		rc = swap_programs(m, database, NULL);
	if (rc == 0)
		rc = loose_keys(m, database, false);
	if (rc == 0)
		rc = swap_tables(m, database, &tables);
	for (size_t i = 0; rc == 0 && i < tables.len; i++)
		if (!resume_has(r, tables.items[i]))
			rc = drop_table(m, database, tables.items[i]);
	names_free(&tables);
	return rc;
}

void
resume_close(struct resume *r, bool keep)
{
	if (r == NULL)
		return;
	if (!keep)
		unlink(r->path);
	io_close(&r->fd);
	names_free(&r->tables);
	pthread_mutex_destroy(&r->lock);
	free(r->path);
	free(r);
}
