#include "drill/given.h"

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/rights.h"
#include "drill/client.h"
#include "drill/envlogin.h"
#include "sql/quote.h"

#define PREFIX "siantre_drill_"

struct given {
	char *options;
	char version[64];
};

bool
given_is_name(const char *text)
{
	size_t prefix = strlen(PREFIX);

	return strncmp(text, PREFIX, prefix) == 0 && strlen(text) == prefix + 8 &&
	       strspn(text + prefix, "0123456789abcdef") == 8;
}

void
given_name(char name[GIVEN_NAME])
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = arc4random();
	snprintf(name, GIVEN_NAME, PREFIX "%08x", number);
}

/* The administrator's option file is used where it lies, if nobody else can read it. */
static int
use_defaults(struct given *g, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = EX_CONFIG;

	if (fd == -1)
		warn("%s", path);
	else if (rights_private(fd, path) == 0)
		rc = 0;
	io_close(&fd);
	if (rc == 0 && (g->options = strdup(path)) == NULL) {
		warn("%s", path);
		rc = EX_OSERR;
	}
	return rc;
}

int
given_open(const struct config *c, const char *folder, struct given **out)
{
	const char *defaults = config_get(c, "DB_DEFAULTS_FILE");
	char line[OUTSIDE_SAID];
	struct given *g = calloc(1, sizeof(*g));
	int rc = EX_OSERR;

	*out = NULL;
	if (g == NULL) {
		warn("scratch database");
		return EX_OSERR;
	}
	if (*defaults != '\0') {
		rc = use_defaults(g, defaults);
	} else if (asprintf(&g->options, "%s/given.cnf", folder) == -1) {
		g->options = NULL;
		warn("scratch database");
	} else {
		rc = envlogin_write(config_get(c, "DB_ENV_FILE"), g->options);
	}
	if (rc == 0)
		rc = client_query(
		    g->options, NULL, "SELECT VERSION()", g->version, sizeof(g->version), line);
	g->version[strcspn(g->version, "\n")] = '\0';
	plain_text(g->version);
	if (rc == 0) {
		*out = g;
		g = NULL;
	}
	given_free(g);
	return rc;
}

const char *
given_options(const struct given *g)
{
	return g->options;
}

const char *
given_version(const struct given *g)
{
	return g->version;
}

/* Name the right that is missing, for whom the server thinks we are. */
static void
hint(const struct given *g)
{
	char line[OUTSIDE_SAID], user[512];
	struct buf b = {0};
	const char *text;

	if (client_query(g->options, NULL, "SELECT CURRENT_USER()", user, sizeof(user), line) !=
	    0)
		return;
	user[strcspn(user, "\n")] = '\0';
	plain_text(user);
	quote_account(&b, user);
	if ((text = buf_string(&b)) != NULL)
		hintx("GRANT ALL ON `siantre\\_drill\\_%%`.* TO %s;", text);
	buf_free(&b);
}

/* ${verb} DATABASE `${name}`${more} */
static int
statement(const struct given *g, const char *verb, const char *name, const char *more)
{
	char line[OUTSIDE_SAID], nothing[16], *text = NULL;
	int rc;

	if (!given_is_name(name)) {
		warnx("%s: not a name of a scratch database", name);
		return 1;
	}
	if (asprintf(&text, "%s DATABASE %s`%s`%s", verb,
		strcmp(verb, "DROP") == 0 ? "IF EXISTS " : "", name, more) == -1) {
		warn("scratch database");
		return EX_OSERR;
	}
	rc = client_query(g->options, NULL, text, nothing, sizeof(nothing), line);
	if (rc == EX_NOPERM)
		hint(g);
	free(text);
	return rc;
}

int
given_create(const struct given *g, const char *name)
{
	return statement(
	    g, "CREATE", name, " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
}

int
given_drop(const struct given *g, const char *name)
{
	return statement(g, "DROP", name, "");
}

void
given_free(struct given *g)
{
	if (g == NULL)
		return;
	free(g->options);
	free(g);
}
