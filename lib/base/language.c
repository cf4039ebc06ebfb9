#include "base/language.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "siantre-backup"

static locale_t speech; /* (locale_t)0: English */

bool
language_known(const char *name)
{
	return strcmp(name, "auto") == 0 || strcmp(name, "en") == 0 || strcmp(name, "id") == 0;
}

/* The language that the environment asks for, be its locale made here or not; NULL: none. */
static const char *
asked_for(void)
{
	static const char *const keys[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *value;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if ((value = getenv(keys[i])) != NULL && *value != '\0')
			return value;
	}
	return NULL;
}

void
language_set(const char *name)
{
	const char *folder = getenv("SIANTRE_LOCALEDIR"), *list = getenv("LANGUAGE");

	if (speech != (locale_t)0)
		freelocale(speech);
	speech = (locale_t)0;
	if (strcmp(name, "auto") == 0) {
		name = asked_for();
		/* As gettext has it: in the locale C nothing else counts. */
		if (name == NULL || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
			return;
		if (list != NULL && *list != '\0')
			name = list;
	}
	/* C.UTF-8 is there on every Debian, whatever locales were made; LANGUAGE chooses in it. */
	if (setenv("LANGUAGE", name, 1) == 0)
		speech = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	bindtextdomain(DOMAIN, folder != NULL && *folder == '/' ? folder : LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
}

const char *
language_now(void)
{
	/* TRANSLATORS: the code of your language. */
	return _("en");
}

const char *
language_text(const char *text)
{
	return language_count(text, NULL, 1);
}

const char *
language_count(const char *one, const char *many, unsigned long n)
{
	locale_t before;
	const char *said;

	if (speech == (locale_t)0)
		return n == 1 ? one : many;
	before = uselocale(speech);
	said = many == NULL ? dgettext(DOMAIN, one) : dngettext(DOMAIN, one, many, n);
	uselocale(before);
	return said;
}
