#include "recover/checklist.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "set/page.h"

/* What the page at hand answered, once for three points. */
struct look {
	struct page page;
	bool answered;
	char *url;
};

/* CHECK_URL, or the APP_URL of the .env; for the caller to free. */
static char *
url_of(const struct recover *r)
{
	const char *url = config_get(r->config, "CHECK_URL"), *value;
	struct dotenv *d;
	char *copy = NULL;

	if (*url != '\0')
		return strdup(url);
	if ((d = recover_env(config_get(r->config, "DB_ENV_FILE"))) != NULL) {
		value = dotenv_get(d, "APP_URL");
		if (value != NULL &&
		    (strncmp(value, "http://", 7) == 0 || strncmp(value, "https://", 8) == 0))
			copy = strdup(value);
	}
	dotenv_free(d);
	return copy != NULL ? copy : strdup("http://localhost/");
}

static bool
application(struct recover *r, struct look *l)
{
	bool ok;

	(void)l;
	ok = recover_application_there(r);
	if (!ok) {
		recover_say(r, "no artisan in %s", config_get(r->config, "APP_DIR"));
		return false;
	}
	buf_reset(&r->said, SIZE_MAX);
	if (!recover_composer_there(r)) {
		recover_say(r, "vendor/autoload.php is missing");
		return false;
	}
	buf_reset(&r->said, SIZE_MAX);
	if (!recover_assets_there(r)) {
		recover_say(r, "the build of its assets is missing");
		return false;
	}
	buf_reset(&r->said, SIZE_MAX);
	return recover_application_there(r);
}

static bool
configuration(struct recover *r, struct look *l)
{
	(void)l;
	if (!recover_env_there(r)) {
		if (r->said.len == 0)
			recover_say(r, "no %s", config_get(r->config, "DB_ENV_FILE"));
		return false;
	}
	if (r->backups.files == NULL)
		return true;
	recover_say(r, "; web server: ");
	return recover_web_there(r);
}

static bool
server(struct recover *r, struct look *l)
{
	(void)l;
	return recover_server_there(r);
}

static bool
database(struct recover *r, struct look *l)
{
	(void)l;
	return recover_database_there(r);
}

static bool
rows(struct recover *r, struct look *l)
{
	(void)l;
	return recover_rows_agree(r);
}

static bool
rights(struct recover *r, struct look *l)
{
	(void)l;
	return recover_rights_there(r);
}

static bool
web(struct recover *r, struct look *l)
{
	l->url = url_of(r);
	if (l->url == NULL)
		return false;
	l->answered = page_get(l->url, &l->page);
	if (l->page.status == 0)
		recover_say(r, "%s", l->page.why);
	else
		recover_say(r, "it answers %s", l->url);
	return l->page.status != 0;
}

static bool
answers(struct recover *r, struct look *l)
{
	if (l->answered)
		recover_say(r, "HTTP %d", l->page.status);
	else
		recover_say(r, "%s", l->page.why);
	return l->answered;
}

static bool
main_page(struct recover *r, struct look *l)
{
	const char *words = config_get(r->config, "CHECK_PAGE_TEXT");

	if (*words == '\0') {
		recover_say(r, "not looked at: CHECK_PAGE_TEXT is empty");
		return l->answered;
	}
	if (l->answered && l->page.text != NULL && strstr(l->page.text, words) != NULL) {
		recover_say(r, "it says \"%s\"", words);
		return true;
	}
	recover_say(r, "it does not say \"%s\"", words);
	return false;
}

static bool
cron(struct recover *r, struct look *l)
{
	(void)l;
	if (!recover_cron_there(r))
		return false;
	if (!recover_cron_runs()) {
		recover_say(r, ", but cron does not run");
		return false;
	}
	return true;
}

static bool
worker(struct recover *r, struct look *l)
{
	(void)l;
	if (recover_worker_runs(r)) {
		recover_say(r, "active");
		return true;
	}
	if (recover_worker_there(r))
		recover_say(r, ", but systemd does not run it");
	return false;
}

static const struct {
	const char *name;
	bool (*look)(struct recover *r, struct look *l);
} points[] = {
    {"server ready", server},
    {"database answers", database},
    {"tables and rows", rows},
    {"application installed", application},
    {"configuration in place", configuration},
    {"rights", rights},
    {"web server runs", web},
    {"application answers", answers},
    {"main page", main_page},
    {"cron active", cron},
    {"queue worker active", worker},
};

int
checklist_run(struct recover *r)
{
	struct look l = {.url = NULL};
	const char *text;
	size_t right = 0;
	const size_t n = sizeof(points) / sizeof(points[0]);
	bool ok;

	for (size_t i = 0; i < n; i++) {
		buf_reset(&r->said, SIZE_MAX);
		ok = points[i].look(r, &l);
		right += ok;
		text = r->said.len > 0 ? buf_string(&r->said) : "";
		if (!r->quiet || !ok)
			printf("%s %-22s  %s\n", ok ? "✓" : "✗", points[i].name,
			    text != NULL ? text : "");
		(void)fflush(stdout);
	}
	if (!r->quiet)
		printf("%zu of %zu points are right\n", right, n);
	page_free(&l.page);
	free(l.url);
	return right == n ? 0 : 1;
}
