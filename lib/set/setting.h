#ifndef SET_SETTING_H
#define SET_SETTING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the value of a configuration key may be: config.c's other half, and nobody else's.  The
 * kinds have bare names, so that the list of keys can be read.
 */
enum setting_kind {
	NAME,        /* letters, digits, - and _ */
	PATH,        /* absolute */
	PATH_OR_NOT, /* absolute, or empty */
	PATHS,       /* absolute ones with colons between, or empty */
	STATE,       /* absolute, and no part of CONFIG_STATE that is used */
	BELOW,       /* absolute, or relative without ".." */
	UNITS,       /* auto, none, or names of units with blanks between */
	RULES,       /* of retention, or empty */
	PLACES,      /* of set/remote.h with blanks between, or empty */
	DURATION,
	SIZE,        /* bytes */
	SIZE_OR_NOT, /* likewise, or empty: 0 */
	LEVEL,       /* 1 to 9 */
	URL_OR_NOT,  /* http:// or https://, or empty */
	SAMPLE,      /* of set/sample.h */
	SPEECH,      /* auto, en, id */
	TEXT_OR_NOT, /* any, on one line */
	RECIPIENTS   /* see set/recipients.h, or empty; may be a secret by mistake */
};

/**
 * setting_judge(kind, value, number):
 * Return what is wrong with ${value}, for a message "KEY=VALUE: what", or NULL; what is a number
 * is put into ${*number}.
 */
const char *setting_judge(enum setting_kind kind, const char *value, int64_t *number);

/**
 * setting_is_name(text):
 * Return whether ${text} is a name of letters, digits, - and _ that begins with one of the first
 * two, 64 bytes at most.
 */
bool setting_is_name(const char *text);

#endif
