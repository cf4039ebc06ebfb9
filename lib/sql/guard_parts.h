#ifndef SQL_GUARD_PARTS_H
#define SQL_GUARD_PARTS_H

#include "sql/guard.h"
#include "sql/names.h"
#include "sql/session.h"

/*
 * What the two files of the guard share: guard.c, and guard_define.c for CREATE, ALTER and DROP.
 * Their functions return 0, or -1 after guard_refuse.
 */
enum { GUARD_NAME = 64 * 4 + 1, GUARD_KEY = 2 * GUARD_NAME };

struct guard {
	char *target;
	bool fixed;
	struct token_server server;
	struct names databases; /* named by the dump */
	struct names triggers;  /* tables that have one by now: keys, as below */
	struct names views;
	char *current;          /* database by USE; NULL: the target */
	bool routines;          /* there is one by now */
	bool query;             /* in the statement at hand */
	bool alters;            /* … which is an ALTER */
	struct session session; /* as the dump sets it */
	struct tokens tokens;   /* of the statement at hand */
	char error[400];
	int code; /* where it is refused */
};

/**
 * guard_refuse(g, format, ...):
 * Say why.  Return -1.
 */
int guard_refuse(struct guard *g, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * guard_remember(g, names, name):
 * Add ${name} to ${names}.
 */
int guard_remember(struct guard *g, struct names *names, const char *name);

/**
 * guard_inside(g, t, own):
 * Judge the database ${t}, which is named by a qualified name or (${own}) by USE or CREATE
 * DATABASE.
 */
int guard_inside(struct guard *g, const struct token *t, bool own);

/**
 * guard_names(g, t, computed):
 * Walk to the end of the statement and judge each qualified name, and what reaches out of any
 * database; ${t} is the token at hand.  Behind the word ${computed} (NULL: nowhere) a function
 * call is refused.
 */
int guard_names(struct guard *g, struct token t, const char *computed);

/**
 * guard_object(g, t, key):
 * [database.]name at ${*t}: judge the database, and put what the object is called here into
 * ${key} where that is not NULL; ${*t} becomes the token behind it.
 */
int guard_object(struct guard *g, struct token *t, char *key);

/**
 * guard_define(g, verb):
 * Judge a statement that begins with ${verb}: CREATE, ALTER or DROP.
 */
int guard_define(struct guard *g, const struct token *verb);

#endif
