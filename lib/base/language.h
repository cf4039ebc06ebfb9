#ifndef BASE_LANGUAGE_H
#define BASE_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

/*
 * What people are sent or shown is in their language: messages of siantre-alert, the dashboard,
 * findings of check-config.  The English text in the sources is the key of the catalogue
 * (po/id.po).  Errors on stderr, journals and everything that programs read stay as they are.
 */
#define LANGUAGE_DOMAIN "siantre-backup"

/* The translation of ${text}; where it counts, of the form that ${n} takes. */
#define _(text) dgettext(LANGUAGE_DOMAIN, text)
#define P_(one, many, n) dngettext(LANGUAGE_DOMAIN, one, many, (unsigned long)(n))
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
 * in $SIANTRE_LOCALEDIR, where that is set, and in LOCALEDIR.  Call it once, in main().
 */
void language_set(const char *name);

/**
 * language_now():
 * Return the language that is spoken, "en" or "id".
 */
const char *language_now(void);

/**
 * language_text(text):
 * Return the translation of ${text}, which stands in the sources behind N_().
 */
const char *language_text(const char *text) __attribute__((format_arg(1)));

#endif
