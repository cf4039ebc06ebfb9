#ifndef SET_KIND_H
#define SET_KIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a file is, seen from its first plain bytes; and what its name promises.
 */
enum kind {
	KIND_OTHER,   /* text, pictures, …: nothing inside that could be proven */
	KIND_DUMP,    /* of siantre-dump */
	KIND_FOREIGN, /* SQL of other tools, which has no end mark */
	KIND_TAR,
	KIND_INDEX, /* of siantre-pack */
	KIND_AGE,   /* encrypted by age(1) */
};

#define KIND_HEAD 512 /* bytes that kind_see wants to see: a block of tar */

/**
 * kind_see(head, len, name):
 * Return what begins with the ${len} bytes at ${head}: KIND_HEAD, or all there are.  What is
 * named .age, .tar or .sql is held to that: a damaged header is no way to be something else.
 */
enum kind kind_see(const char *head, size_t len, const char *name);

/**
 * kind_promises_gzip(name), kind_promises_tar(name), kind_promises_age(name):
 * Return whether the suffixes of ${name} say so.
 */
bool kind_promises_gzip(const char *name);
bool kind_promises_tar(const char *name);
bool kind_promises_age(const char *name);

/**
 * kind_word(kind):
 * Return one word for JSON: "other", "dump", "foreign", "tar", "index" or "age".
 */
const char *kind_word(enum kind kind);

#endif
