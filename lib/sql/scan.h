#ifndef SQL_SCAN_H
#define SQL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/window.h"

/*
 * What each byte of SQL text means: the state machine below sql/lex.h.  It moves the window's
 * pos and never reads behind what is there.
 */
enum scan_state {
	SCAN_BETWEEN,       /* before a statement */
	SCAN_BETWEEN_LINE,  /* in a comment there, to the end of the line */
	SCAN_BETWEEN_BLOCK, /* … to the end mark */
	SCAN_TEXT,          /* in a statement */
	SCAN_TEXT_LINE,     /* in a comment inside a statement */
	SCAN_TEXT_BLOCK,
	SCAN_SINGLE, /* in '…' */
	SCAN_DOUBLE, /* in "…" */
	SCAN_BACK    /* in `…` */
};

enum scan_step {
	SCAN_MORE,  /* the bytes at hand do not decide; with the window ended: all are used */
	SCAN_ON,    /* call again */
	SCAN_WHOLE, /* a statement from start to pos, where its delimiter begins */
	SCAN_ERROR  /* at pos; see error */
};

enum { SCAN_DELIMITER_MAX = 32, SCAN_MODES_MAX = 4096 };

struct scan {
	struct window w;
	enum scan_state state;
	size_t start; /* index of the statement's first byte */
	size_t open;  /* index of the mark that a string, name or comment began with */
	bool no_backslash;
	bool ansi_quotes;
	bool inside; /* an executable comment: its end mark is to come */
	size_t delimiter_len;
	char delimiter[SCAN_DELIMITER_MAX + 1];
	uint8_t stops[256]; /* the bytes that SCAN_TEXT looks at */
	char error[64];
};

/**
 * scan_init(s):
 * Stand before the first statement, with an empty window and the delimiter `;`.
 */
void scan_init(struct scan *s);

/**
 * scan_delimiter(s, delimiter):
 * Let statements end with ${delimiter}.
 */
void scan_delimiter(struct scan *s, const char *delimiter);

/**
 * scan_step(s):
 * Go on to the next thing that begins or ends.
 */
enum scan_step scan_step(struct scan *s);

/**
 * scan_take(s, modes):
 * After SCAN_WHOLE: step behind the delimiter.  ${modes}: whether start is still an index into
 * the window, so that a `SET sql_mode` is followed.
 */
void scan_take(struct scan *s, bool modes);

#endif
