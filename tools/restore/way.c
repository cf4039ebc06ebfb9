#include "way.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool
is_said(const struct way *w)
{
	return w->env_file != NULL || w->defaults != NULL || w->extra != NULL ||
	       w->host != NULL || w->port != NULL || w->socket != NULL || w->user != NULL ||
	       w->ask;
}

static int
as_said(struct login *l, const struct way *w)
{
	int rc = w->env_file != NULL   ? login_env_file(l, w->env_file)
		 : w->defaults != NULL ? login_defaults(l, w->defaults, false)
		 : w->extra != NULL    ? login_defaults(l, w->extra, true)
				       : 0;

	if (rc == 0 && ((w->host != NULL && login_set(l, 'h', w->host) != 0) ||
			   (w->port != NULL && login_set(l, 'P', w->port) != 0) ||
			   (w->socket != NULL && login_set(l, 'S', w->socket) != 0) ||
			   (w->user != NULL && login_set(l, 'u', w->user) != 0)))
		rc = EX_USAGE;
	if (rc == 0 && w->ask)
		rc = login_ask(l) == 0 ? 0 : EX_NOPERM;
	return rc;
}

/*
 * The application's database.  Its account may seldom do what a restore does; root may, where the
 * server is here and knows it by the socket.
 */
static int
to_application(struct login *l, const struct config *config)
{
	const char *env = config_get(config, "DB_ENV_FILE");
	const char *defaults = config_get(config, "DB_DEFAULTS_FILE");
	int rc = 0;

	if (*defaults != '\0')
		rc = login_defaults(l, defaults, false);
	else if (access(env, F_OK) == 0)
		rc = login_env_file(l, env);
	if (rc == 0 && geteuid() == 0)
		login_root(l);
	return rc;
}

int
way_log_in(const struct way *w, const struct config *config, struct login *l)
{
	return is_said(w) || config == NULL ? as_said(l, w) : to_application(l, config);
}

bool
way_is_application(const struct config *config, const char *name)
{
	const char *env = config_get(config, "DB_ENV_FILE");
	const char *defaults = config_get(config, "DB_DEFAULTS_FILE");
	struct login *l = login_new();
	const char *its = NULL;
	bool is;

	if (l != NULL && *defaults != '\0' && access(defaults, F_OK) == 0 &&
	    login_defaults(l, defaults, false) == 0)
		its = login_database(l);
	if (l != NULL && its == NULL && access(env, F_OK) == 0 && login_env_file(l, env) == 0)
		its = login_database(l);
	is = its != NULL && strcmp(its, name) == 0;
	login_free(l);
	return is;
}
