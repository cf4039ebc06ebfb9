#include "base/language.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

bool
language_known(const char *name)
{
	return strcmp(name, "auto") == 0 || strcmp(name, "en") == 0 || strcmp(name, "id") == 0;
}

void
language_set(const char *name)
{
	const char *folder = getenv("SIANTRE_LOCALEDIR");

	/*
	 * C.UTF-8 is there on every Debian, whatever locales were made; LANGUAGE, which counts in
	 * any locale but C, chooses the catalogue.  Numbers and times stay those of C.
	 */
	if (strcmp(name, "auto") != 0) {
		setlocale(LC_MESSAGES, "C.UTF-8");
		setenv("LANGUAGE", name, 1);
	} else if (setlocale(LC_MESSAGES, "") == NULL) {
		const char *wanted = getenv("LC_ALL");

		/* A locale that was never made here still says which language it is. */
		if (wanted == NULL || *wanted == '\0')
			wanted = getenv("LC_MESSAGES");
		if (wanted == NULL || *wanted == '\0')
			wanted = getenv("LANG");
		setlocale(LC_MESSAGES, "C.UTF-8");
		if (getenv("LANGUAGE") == NULL && wanted != NULL)
			setenv("LANGUAGE", wanted, 1);
	}
	bindtextdomain(LANGUAGE_DOMAIN, folder != NULL && *folder == '/' ? folder : LOCALEDIR);
	bind_textdomain_codeset(LANGUAGE_DOMAIN, "UTF-8");
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
	return dgettext(LANGUAGE_DOMAIN, text);
}
