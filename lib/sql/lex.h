#ifndef SQL_LEX_H
#define SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where one SQL statement ends and the next begins, as the mariadb client would have it.
 * Bytes are pushed in, in any split; statements are pulled out.  It knows '…' and "…" with
 * backslashes and doubled quotes, `…`, comments, executable comments (part of the statement),
 * and DELIMITER lines.  It follows `SET sql_mode`, because NO_BACKSLASH_ESCAPES and
 * ANSI_QUOTES change where a string ends.
 *
 * It differs from the client where that one is dangerous in a script: a client command (`\!`,
 * `\.`, `\g`) and a NUL byte are errors, DELIMITER counts only where a statement may begin, and
 * a last statement without its delimiter is an error (the file was cut).
 */
struct lex;

#define LEX_LIMIT (1UL << 30) /* the largest statement that a server takes */

enum { LEX_DELIMITER_MAX = 32 };

enum lex_kind {
	LEX_MORE,      /* nothing whole is left; after lex_end: the end */
	LEX_STATEMENT, /* one statement */
	LEX_ERROR      /* see lex_error; for good */
};

struct lex_statement {
	const char
	    *text; /* without delimiter, comments inside kept; valid until the next call */
	size_t len;
	uint64_t offset;   /* of its first byte in all that was pushed */
	uint64_t line;     /* of its first byte, from 1 */
	uint64_t column;   /* in bytes, from 1 */
	bool no_backslash; /* the modes that it was read in */
	bool ansi_quotes;
	const char *delimiter; /* that it ended with, as long as text */
};

/* Where a statement begins, and how it is to be read: enough for another lexer to begin there. */
struct lex_state {
	uint64_t offset, line, column;
	bool no_backslash, ansi_quotes;
	char delimiter[LEX_DELIMITER_MAX + 1];
};

/**
 * lex_new(limit):
 * Return a lexer that keeps statements of at most ${limit} bytes and refuses larger ones.  With
 * a limit of 0 it keeps none (text is NULL) and needs a few KiB, whatever the statements' size.
 * Return NULL after reporting that memory is out.
 */
struct lex *lex_new(size_t limit);

/**
 * lex_add(l, buf, len):
 * Push ${len} bytes.  Pull until LEX_MORE before the next push, or they pile up.  Return 0, or
 * -1 after reporting that memory is out (silently where nothing is kept).
 */
int lex_add(struct lex *l, const void *buf, size_t len);

/**
 * lex_end(l):
 * No byte follows.
 */
void lex_end(struct lex *l);

/**
 * lex_next(l, s):
 * Pull the next statement into ${*s}.
 */
enum lex_kind lex_next(struct lex *l, struct lex_statement *s);

/**
 * lex_error(l, line, column):
 * After LEX_ERROR: what is wrong ("string without end") and where it began, from 1.  The text
 * is ${l}'s.
 */
const char *lex_error(const struct lex *l, uint64_t *line, uint64_t *column);

/**
 * lex_state(s, state):
 * Let ${*state} be the place where ${s} begins.
 */
void lex_state(const struct lex_statement *s, struct lex_state *state);

/**
 * lex_resume(l, state):
 * Let the next byte that is pushed into the unused ${l} be the first one at ${state}.
 */
void lex_resume(struct lex *l, const struct lex_state *state);

/**
 * lex_idle(l):
 * Whether all that was pushed is used up and a statement may begin with the next byte.
 */
bool lex_idle(const struct lex *l);

/**
 * lex_skip(l, bytes, lines):
 * While lex_idle: count ${bytes} with ${lines} newlines, the last byte being one, that somebody
 * else has read.
 */
void lex_skip(struct lex *l, uint64_t bytes, uint64_t lines);

/**
 * lex_free(l):
 * NULL is fine.
 */
void lex_free(struct lex *l);

#endif
