#include "db/stamp.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/sig.h"
#include "db/create.h"
#include "db/query.h"

/* Add when ${t} was last defined to ${h}; ${*fresh}: within this second or the last. */
static int
add_time(MYSQL *m, const struct table *t, struct hash *h, bool *fresh)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql,
	    "SELECT CREATE_TIME, COALESCE(CREATE_TIME >= NOW() - INTERVAL 1 SECOND, 0) "
	    "FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "TABLE_NAME", t->name);
	rc = query_buf(m, t->label, &sql, "?t", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL) {
		warnx("%s: went while the dump ran; try again", t->label);
		rc = EX_TEMPFAIL;
	} else {
		/* Some engines without transactions move it with every write. */
		if (row[0] != NULL && t->transactional)
			hash_add(h, row[0], strlen(row[0]));
		*fresh = strcmp(row[1], "1") == 0;
	}
	mysql_free_result(res);
	return rc;
}

static int
read_stamp(MYSQL *m, const struct table *t, char hex[HASH_HEX], bool *fresh)
{
	struct hash h;
	struct buf text = {0};
	int rc;

	hash_start(&h);
	rc = add_time(m, t, &h, fresh);
	if (rc == 0)
		rc = create_text(m, t, &text);
	if (rc == 0) {
		hash_add(&h, text.data, text.len);
		hash_take(&h, hex);
	}
	buf_free(&text);
	return rc;
}

int
stamp_tables(MYSQL *m, struct table *const *tables, size_t n, bool settle)
{
	struct timespec second = {.tv_sec = 1, .tv_nsec = 100000000};
	bool fresh, waited = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (tables[i]->kind != CATALOGUE_TABLE)
			continue;
		rc = read_stamp(m, tables[i], tables[i]->stamp, &fresh);
		if (rc == 0 && settle && fresh && !waited) {
			while (nanosleep(&second, &second) != 0 && sig_stop() == 0)
				; /* a line of progress was asked for */
			waited = true;
			i = (size_t)-1; /* all again */
		}
	}
	return rc;
}

int
stamp_check(MYSQL *m, const struct table *t)
{
	char now[HASH_HEX];
	bool fresh;
	int rc = read_stamp(m, t, now, &fresh);

	if (rc == 0 && strcmp(now, t->stamp) != 0) {
		warnx("%s: its definition changed while the dump ran; try again", t->label);
		rc = EX_TEMPFAIL;
	}
	return rc;
}
