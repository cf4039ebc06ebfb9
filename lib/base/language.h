#ifndef BASE_LANGUAGE_H
#define BASE_LANGUAGE_H

#include <stdbool.h>

/*
 * What people are sent or shown is in their language: messages of siantre-alert, the dashboard,
 * findings of check-config.  The English text in the sources is the key of the catalogue
 * (po/id.po).  Errors on stderr, with what the kernel says in them, journals and everything that
 * programs read stay as they are: the locale of the process is always C.
 */

/* The translation of ${text}; where it counts, of the form that ${n} takes. */
#define _(text) language_text(text)
#define P_(one, many, n) language_count(one, many, (unsigned long)(n))
/* Marks a text that is translated later, by language_text(). */
#define N_(text) text

/**
 * language_known(name):
 * Return whether ${name} is "auto", "en" or "id".
 */
bool language_known(const char *name);

/**
 * language_set(name):
 * From now on speak ${name}; "auto": what the environment asks for.  Catalogues are looked for
 * in $SIANTRE_LOCALEDIR, where that is set, and in LOCALEDIR.
 */
void language_set(const char *name);

/**
 * language_now():
 * Return the language that is spoken, "en" or "id".
 */
const char *language_now(void);

/**
 * language_text(text), language_count(one, many, n):
 * What _() and P_() do.
 */
const char *language_text(const char *text) __attribute__((format_arg(1)));
const char *language_count(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#endif
