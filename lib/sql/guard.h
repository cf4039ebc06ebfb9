#ifndef SQL_GUARD_H
#define SQL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lex.h"
#include "sql/token.h"

/*
 * Which statements a dump may hold.  A dump is text from somewhere, and whoever loads it has
 * many rights: so only what dumps are made of passes (tables, rows, sequences, views, routines,
 * triggers, events, and settings of the session), and only inside the databases that the dump
 * is loaded into.  The server's own databases, accounts, files, global settings and prepared
 * text never pass.
 *
 * The bodies of routines, triggers, views and events are not judged: they are stored, not run.
 * That holds because rows for a view or for a table whose trigger came before are refused, and so
 * are queries once a view came and function calls among rows once a routine came.  Once the dump
 * is loaded, they are as good as whoever wrote it: events run by themselves.
 */
struct guard;

/**
 * guard_new(target, fixed, server):
 * Return a guard for a dump that is loaded into the database ${target} (NULL: none yet).
 * Where not ${fixed}, databases that the dump names by CREATE DATABASE or USE are inside too.
 * ${server} tells which executable comments count.  Return NULL after reporting that memory is
 * out.
 */
struct guard *guard_new(const char *target, bool fixed, const struct token_server *server);

/**
 * guard_resume(g, state):
 * Let the statements begin at ${state}, in the modes that it names.
 */
void guard_resume(struct guard *g, const struct lex_state *state);

/**
 * guard_check(g, s):
 * Judge the next statement of the dump.  Return 0, or -1 (see guard_error).
 */
int guard_check(struct guard *g, const struct lex_statement *s);

/**
 * guard_error(g):
 * After -1: why, one line of printable text owned by ${g}.
 */
const char *guard_error(const struct guard *g);

/**
 * guard_code(g):
 * After -1: EX_DATAERR, or EX_OSERR where there was no memory to judge.
 */
int guard_code(const struct guard *g);

/**
 * guard_report(g, s, name):
 * After -1 for ${s} of the dump ${name}: say so, and where.  Return guard_code().
 */
int guard_report(const struct guard *g, const struct lex_statement *s, const char *name);

/**
 * guard_query(g):
 * After 0: whether the statement may ask tables for what it stores.
 */
bool guard_query(const struct guard *g);

/**
 * guard_database(g, i):
 * The ${i}th database that the dump named itself, owned by ${g}; NULL behind the last.
 */
const char *guard_database(const struct guard *g, size_t i);

/**
 * guard_server_own(name):
 * Whether ${name} is one of the server's own databases, which no dump goes into.
 */
bool guard_server_own(const char *name);

/**
 * guard_free(g):
 * NULL is fine.
 */
void guard_free(struct guard *g);

#endif
