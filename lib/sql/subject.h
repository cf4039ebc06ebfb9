#ifndef SQL_SUBJECT_H
#define SQL_SUBJECT_H

#include "sql/statement.h"

/*
 * What a CREATE or DROP of something that belongs to a table, or could be taken for one, is
 * about: sql/statement.h names tables only.
 */
enum subject_kind {
	SUBJECT_OTHER,
	SUBJECT_TRIGGER, /* CREATE TRIGGER: the table that it stands on */
	SUBJECT_INDEX,   /* CREATE or DROP INDEX: the table */
	SUBJECT_VIEW     /* the view */
};

struct subject {
	enum subject_kind kind;
	char database[STATEMENT_NAME]; /* empty: the current one */
	char name[STATEMENT_NAME];
};

/**
 * subject_read(s, server, out):
 * Fill ${*out} for ${s}.
 */
void subject_read(
    const struct lex_statement *s, const struct token_server *server, struct subject *out);

#endif
