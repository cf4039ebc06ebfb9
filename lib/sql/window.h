#ifndef SQL_WINDOW_H
#define SQL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The part of a long text that still matters, in one piece, and which line it lies on.  Lines
 * are counted only up to places somebody asks for, in rising order: each byte once, by memchr.
 */
struct window {
	struct buf buf;
	size_t pos;       /* the first byte not looked at */
	bool ended;       /* nothing comes behind the buffer */
	uint64_t dropped; /* bytes that lay in front of the buffer */
	size_t mark;      /* a place whose line and column are known: */
	uint64_t line;
	uint64_t column;
};

struct place {
	uint64_t line;   /* from 1 */
	uint64_t column; /* in bytes, from 1 */
};

/**
 * window_place(w, index):
 * Return where the byte ${index} of the buffer lies; ${index} is not before any asked for or
 * dropped so far.
 */
struct place window_place(struct window *w, size_t index);

/**
 * window_drop(w, len):
 * Drop the first ${len} bytes, which end at pos or before.
 */
void window_drop(struct window *w, size_t len);

/**
 * window_skip(w, bytes, lines):
 * Count ${bytes} with ${lines} newlines, the last byte being one, that passed beside an empty
 * window.
 */
void window_skip(struct window *w, uint64_t bytes, uint64_t lines);

/**
 * window_ahead(w, text, fold):
 * Whether the bytes at pos are ${text} (with ${fold}, in upper or lower case): 1, 0, or -1 while
 * too few of them are here.
 */
int window_ahead(const struct window *w, const char *text, bool fold);

/**
 * window_peek(w, n):
 * The byte ${n} behind pos, 0 behind the end, -1 while it is not here.
 */
int window_peek(const struct window *w, size_t n);

#endif
