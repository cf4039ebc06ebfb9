#ifndef SQL_MARKLINE_H
#define SQL_MARKLINE_H

#include <stddef.h>
#include <stdint.h>

#include "sql/endmark.h"

/*
 * The comment lines by which a dump speaks of itself, read from text: sql/endmark.c knows what
 * they mean together.
 */
#define MARKLINE_PREFIX "-- siantre-"

enum markline { MARKLINE_OTHER, MARKLINE_ROWS, MARKLINE_TABLE, MARKLINE_NOTE, MARKLINE_END };

struct markline_end {
	uint64_t tables;
	uint64_t rows;
	uint64_t bytes;
	char schema[HASH_HEX];
	char sha256[HASH_HEX];
	size_t hashed; /* how many bytes of the line "sha256" covers */
};

/**
 * markline_kind(line, len):
 * Which line it is that begins with MARKLINE_PREFIX.
 */
enum markline markline_kind(const char *line, size_t len);

/**
 * markline_names(line, len, table):
 * Read "database" and "table" of a siantre-rows line, newline included, into ${table} (the
 * caller frees both texts).  Return 0, or -1 where the line is not as it should be, and
 * with errno at ENOMEM where nobody can tell.
 */
int markline_names(const char *line, size_t len, struct endmark_table *table);

/**
 * markline_table(line, len, table):
 * The same for a siantre-table line, with rows, bytes and sha256.
 */
int markline_table(const char *line, size_t len, struct endmark_table *table);

/**
 * markline_note(line, len):
 * Return the JSON text of a siantre-note line, which the caller frees, or NULL where it is not
 * one JSON object; errno as above.
 */
char *markline_note(const char *line, size_t len);

/**
 * markline_last(line, len, end):
 * Read the siantre-end line, which must be written exactly as siantre-dump does: every byte of
 * it that no digest covers is determined.  Return 0, or -1; errno as above.
 */
int markline_last(const char *line, size_t len, struct markline_end *end);

#endif
