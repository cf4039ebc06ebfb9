#include "recover/webserver.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "set/systemctl.h"

static char nginx[] = "nginx", apachectl[] = "apachectl";

static int
run(char *const argv[])
{
	struct child c;

	if (child_start(&c, argv, NULL, NULL, CHILD_GROUP, STDERR_FILENO, -1) != 0)
		return -1;
	return child_wait(&c);
}

/* Whether ${server} likes its configuration; nginx is started with ${conf} (NULL: its own). */
static bool
likes(struct recover *r, char *server, char *conf)
{
	char test[] = "-t", use[] = "-c", configtest[] = "configtest";
	char *const nginx_test[] = {nginx, test, conf != NULL ? use : NULL, conf, NULL};
	char *const apache_test[] = {apachectl, configtest, NULL};

	if (run(server == nginx ? nginx_test : apache_test) == 0)
		return true;
	recover_say(r, "%s does not take it, and it was taken away again",
	    server == nginx ? "nginx -t" : "apachectl configtest");
	return false;
}

/* Have ${server} use it.  The files are right; whether it runs is another question. */
static void
reload(char *server, char *conf)
{
	char signal[] = "-s", word[] = "reload", use[] = "-c", graceful[] = "graceful";
	char *const nginx_reload[] = {
	    nginx, signal, word, conf != NULL ? use : NULL, conf, NULL};
	char *const apache_reload[] = {apachectl, graceful, NULL};
	const char *name = server == nginx ? "nginx" : "apache2";
	char unit[32];

	snprintf(unit, sizeof(unit), "%s.service", name);
	if (systemctl_running())
		(void)systemctl_run("reload-or-restart", unit);
	else if (run(server == nginx ? nginx_reload : apache_reload) > 0)
		warnx("%s does not run yet", name);
}

int
webserver_use(struct recover *r, bool for_nginx, bool for_apache)
{
	const char *web = config_get(r->config, "WEB_CONFIG");
	bool neither = !for_nginx && !for_apache;
	char *servers[2], *conf = NULL;
	size_t count = 0;
	int rc = 0;

	if (child_exists(nginx) && (for_nginx || neither))
		servers[count++] = nginx;
	if (child_exists(apachectl) && (for_apache || (neither && count == 0)))
		servers[count++] = apachectl;
	if (count == 0) {
		recover_say(r, "%s installed",
		    for_nginx && for_apache ? "neither nginx nor apache2 is"
		    : for_nginx             ? "nginx is not"
		    : for_apache            ? "apache2 is not"
					    : "neither nginx nor apache2 is");
		return EX_CONFIG;
	}
	/* A folder with an nginx.conf is one that nginx is started with. */
	if (*web != '\0' && asprintf(&conf, "%s/nginx.conf", web) == -1)
		conf = NULL;
	if (conf != NULL && access(conf, F_OK) != 0) {
		free(conf);
		conf = NULL;
	}
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = likes(r, servers[i], conf) ? 0 : 1;
	for (size_t i = 0; rc == 0 && i < count; i++)
		reload(servers[i], conf);
	free(conf);
	return rc;
}
