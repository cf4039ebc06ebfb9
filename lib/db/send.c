#include "db/send.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/hint.h"
#include "base/plain.h"
#include "base/sig.h"
#include "db/login.h"
#include "db/query.h"
#include "db/target.h"

/*
 * Rows are committed every so many bytes: a commit for each statement would wait for the disk
 * each time, one at the end would make a rollback as long as the load.
 */
enum { COMMIT_EVERY = 32 << 20 };

/* my_sys.h, which is not installed. */
enum { EE_OUTOFMEMORY = 5 };

int
send_begin(struct send *s, bool foreign)
{
	/* Modes that change where strings end are the dump's to set: commas alone are no mode. */
	int rc = query_run(s->m, "session",
	    foreign
		? "SET SESSION sql_mode = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE("
		  "REPLACE(REPLACE(@@GLOBAL.sql_mode, 'NO_BACKSLASH_ESCAPES', ''), "
		  "'ANSI_QUOTES', ''), 'ANSI', ''), 'ORACLE', ''), 'MSSQL', ''), 'DB2', ''), "
		  "'POSTGRESQL', ''), 'MAXDB', ''), time_zone = @@GLOBAL.time_zone"
		: "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'");

	if (rc == 0)
		rc = query_run(s->m, "session",
		    "SET SESSION sql_notes = 0, autocommit = 0, max_error_count = 65534");
	/* Where it can be set: what is `timestamp NOT NULL` in our dumps is no more than that. */
	if (rc == 0 && !foreign)
		mysql_query(s->m, "SET SESSION explicit_defaults_for_timestamp = 1");
	return rc;
}

static int
failed(struct send *s, const struct lex_statement *statement)
{
	unsigned int number = mysql_errno(s->m);
	char *where = NULL;
	int rc;

	if (asprintf(&where, "%s:%ju:%ju", s->name, (uintmax_t)statement->line,
		(uintmax_t)statement->column) < 0)
		where = NULL;
	rc = login_fail(s->m, where != NULL ? where : s->name);
	free(where);
	if (rc == EX_NOPERM)
		target_hint(s->m, s->into, number == ER_SPECIFIC_ACCESS_DENIED_ERROR);
	switch (number) {
	case ER_DISK_FULL:
	case ER_ERROR_ON_WRITE:
	case ER_TEMP_FILE_WRITE_FAILURE:
	case ER_RECORD_FILE_FULL: return EX_CANTCREAT;
	case EE_OUTOFMEMORY:
	case ER_OUTOFMEMORY:
	case ER_OUT_OF_SORTMEMORY:
	case ER_OUT_OF_RESOURCES: return EX_OSERR;
	default: break;
	}
	return sig_stop() != 0 || rc == EX_UNAVAILABLE || rc == EX_TEMPFAIL ||
		       rc == EX_NOPERM || rc == EX_OSERR
		   ? rc
		   : EX_DATAERR;
}

/* Words that no data depends on: about the language, or the server's own settings. */
static bool
only_advice(struct send *s, const char *level, unsigned long number, const char *text)
{
	if (number == ER_UNKNOWN_ERROR && strncmp(text, "Event scheduler is", 18) == 0) {
		s->no_scheduler = true;
		return true;
	}
	switch (number) {
	case WARN_DATA_TRUNCATED:
		return s->compared; /* '' for what once was no value of an ENUM */
	case ER_WARN_DEPRECATED_SYNTAX:
	case 1681:         /* the same, without a successor */
	case 139:          /* a row may become too long; one that is ends in an error */
	case 3719:         /* MySQL: what utf8 will mean */
	case 3778:         /* … and that a collation of it will go */
	case 3090:         /* … and a mode of the session */
	case 3135:         /* … and which modes it wants together */
	case ER_DUP_INDEX: /* an index too many: a note on MariaDB */
	case ER_WARNING_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN:
		return true; /* computed anyway */
	default: return strcmp(level, "Note") == 0;
	}
}

static int
warnings(struct send *s, const struct lex_statement *statement)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	unsigned long number;
	const unsigned int all = mysql_warning_count(s->m);
	int rc = query_rows(s->m, "SHOW WARNINGS", "SHOW WARNINGS", "???", &res);

	if (rc != 0)
		return rc;
	/* Among those that the server has not kept may be any. */
	if (mysql_num_rows(res) < all && !s->allow_warnings) {
		warnx("%s:%ju:%ju: %u warnings of the server, of which it kept %ju", s->name,
		    (uintmax_t)statement->line, (uintmax_t)statement->column, all,
		    (uintmax_t)mysql_num_rows(res));
		hintx("--allow-warnings goes on");
		rc = EX_DATAERR;
	}
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (row[0] == NULL || row[1] == NULL || row[2] == NULL)
			continue;
		number = strtoul(row[1], NULL, 10);
		if (only_advice(s, row[0], number, row[2]))
			continue;
		s->warnings++;
		if (s->allow_warnings && s->warnings > 20)
			continue; /* enough was said */
		warnx("%s:%ju:%ju: warning of the server: %s (%lu)", s->name,
		    (uintmax_t)statement->line, (uintmax_t)statement->column,
		    plain_text(row[2]), number);
		if (!s->allow_warnings) {
			hintx("--allow-warnings goes on");
			rc = EX_DATAERR;
		}
	}
	mysql_free_result(res);
	return rc;
}

int
send_statement(struct send *s, const struct lex_statement *statement)
{
	MYSQL_RES *res;
	int next;

	if (mysql_real_query(s->m, statement->text, statement->len) != 0)
		return failed(s, statement);
	do {
		/* Rows of a RETURNING: what goes wrong behind the first is said here. */
		res = mysql_store_result(s->m);
		mysql_free_result(res);
		if (res == NULL && mysql_errno(s->m) != 0)
			return failed(s, statement);
		next = mysql_next_result(s->m);
	} while (next == 0);
	if (next > 0)
		return failed(s, statement);
	if (mysql_warning_count(s->m) > 0 && (next = warnings(s, statement)) > 0)
		return next;
	s->pending += statement->len;
	if (s->pending < COMMIT_EVERY)
		return 0;
	s->pending = 0;
	return mysql_commit(s->m) == 0 ? 0 : failed(s, statement);
}

int
send_end(struct send *s)
{
	if (s->warnings > 20)
		warnx("%s: %ju warnings of the server", s->name, (uintmax_t)s->warnings);
	return mysql_commit(s->m) == 0 ? 0 : login_fail(s->m, "commit");
}
