/*
 * Text files of ours that others may have written to: web_config.conf of a set, whose names are where
 * files are put; the statements of DRILL_SQL; and the lines of /etc/cron.d.
 */
#include "fuzz.h"

#include <sys/stat.h>

#include "drill/checks.h"
#include "set/cronline.h"
#include "set/systemctl.h"
#include "set/webconf.h"

static void
web(void)
{
	struct webconf *w = NULL;
	struct webconf_file f;

	if (webconf_read(fuzz_folder(), "in", NULL, &w) != 0) {
		REQUIRE(w == NULL);
		return;
	}
	for (size_t i = 0; webconf_file(w, i, &f) == 0; i++) {
		REQUIRE(
		    *f.path == '/' && f.path[1] != '\0' && f.path[strlen(f.path) - 1] != '/');
		REQUIRE(strstr(f.path, "/../") == NULL && strpbrk(f.path, "\r\n\t") == NULL);
		for (size_t k = 0; k < f.len; k++)
			REQUIRE(f.text[k] != '\0' || f.path != NULL); /* it can be read */
	}
	webconf_free(w);
}

static void
checks(const char *text, size_t size)
{
	const char *name, *statement;
	struct checks *c = NULL;

	if (checks_parse(text, size, "fuzz", &c) != 0) {
		REQUIRE(c == NULL);
		return;
	}
	for (size_t i = 0; (statement = checks_statement(c, i)) != NULL; i++) {
		REQUIRE((name = checks_name(c, i)) != NULL && *name != '\0');
		REQUIRE(*statement != '\0' && strpbrk(name, "\r\n") == NULL);
	}
	checks_free(c);
}

static void
cron(const char *folder)
{
	static const char *const names[] = {"", "siantre", NULL};
	struct cronline l;

	if (cronline_find(folder, "siantre-run", "db", names, &l) == 0) {
		REQUIRE(l.number > 0 && strstr(l.text, "siantre-run") != NULL);
		REQUIRE(strpbrk(l.text, "\n") == NULL && *l.user != '\0');
		REQUIRE(strpbrk(l.user, " \t") == NULL);
		cronline_clear(&l);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), value[32];

	REQUIRE(text != NULL);
	fuzz_put("in", data, size);
	web();
	checks((const char *)data, size);
	checks_holds(text);
	cron(fuzz_folder());
	systemctl_fact(text, "ActiveState", value, sizeof(value));
	REQUIRE(strlen(value) < sizeof(value) && strchr(value, '\n') == NULL);
	REQUIRE(!systemctl_is_unit(text) || strpbrk(text, " /\r\n") == NULL);
	free(text);
	return 0;
}
