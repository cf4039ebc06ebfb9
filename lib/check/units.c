/*
 * The part of check-config that is about what the units let the jobs do: they see the file system
 * read-only but for some folders, a /tmp of their own, and no network but this machine.  Where the
 * configuration wants more, the drop-in that gives it.
 *
 * Each unit gets a drop-in of its own.  One in siantre-.service.d would do for all, and for the
 * application's siantre-queue-worker.service too, which is none of ours.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/dotenv.h"
#include "base/io.h"
#include "base/language.h"
#include "check/parts.h"
#include "check/reach.h"
#include "set/remote.h"
#include "set/systemctl.h"

#define PROPERTIES                                                                           \
	"LoadState,ProtectSystem,ReadWritePaths,StateDirectory,LogsDirectory,IPAddressDeny," \
	"IPAddressAllow,PrivateNetwork,PrivateTmp,NeedDaemonReload"

enum { SETS = 1, STATE = 2, SCRATCH = 4, PLACES = 8, PAGES = 16, LOGS = 32, SERVER = 64 };

static const struct unit {
	const char *name;
	unsigned int needs;
} jobs[] = {
    {"db", SETS | STATE | PAGES | LOGS | SERVER},
    {"files", SETS | STATE | PAGES | LOGS},
    {"full", SETS | STATE | PAGES | LOGS | SERVER},
    {"drill", SETS | STATE | PAGES | LOGS | SCRATCH | SERVER},
    {"verify", SETS | STATE | PAGES | LOGS},
    {"ship", STATE | PAGES | LOGS | PLACES},
    {"check", STATE},
};

#define MOST 40 /* folders that are written to */

struct want {
	unsigned int kind;
	char *path;
};

struct units_look {
	struct check *k;
	const char *instance;
	struct want want[MOST];
	size_t n;
	bool lacks[MOST];   /* a unit may not write there */
	unsigned int needs; /* of the units that may not write somewhere */
	struct buf closed;  /* names of units that may not, with blanks between */
	struct buf offline; /* names of those that do not reach the server */
	char *socket;       /* of the server, in a /tmp; NULL: it is elsewhere */
	struct buf blind;   /* names of those that have a /tmp of their own */
	bool stale;         /* systemd has not read a file that was changed */
};

static void
want(struct units_look *u, unsigned int kind, const char *path, bool parent)
{
	char *copy, *slash;

	if (*path != '/' || u->n == MOST || (copy = strdup(path)) == NULL)
		return;
	if (parent && (slash = strrchr(copy, '/')) != NULL)
		slash[slash == copy] = '\0';
	u->want[u->n++] = (struct want){.kind = kind, .path = copy};
}

static void
want_all(struct units_look *u)
{
	const struct config *c = u->k->config;
	char *places = strdup(config_get(c, "SHIP_TO")), *at = places, *place;
	struct remote *r = NULL;

	want(u, SETS, config_get(c, "BACKUP_DIR"), false);
	want(u, STATE, config_get(c, "STATE_DIR"), false);
	want(u, LOGS, config_get(c, "LOG_FILE"), true);
	want(u, PAGES, config_get(c, "DASHBOARD"), true);
	want(u, PAGES, config_get(c, "PROMETHEUS_FILE"), true);
	want(u, SCRATCH, config_get(c, "DRILL_DIR"), false);
	while (places != NULL && (place = strsep(&at, " ")) != NULL) {
		if (*place == '\0' || remote_parse(place, &r) != 0)
			continue;
		if (r->kind == REMOTE_FOLDER)
			want(u, PLACES, r->path, false);
		remote_free(r);
		r = NULL;
	}
	free(places);
}

/*
 * The socket of the database in /tmp, which a unit with a /tmp of its own does not see, where the
 * application's .env names it; the caller frees it.
 */
static char *
find_socket(const struct check *k)
{
	const char *path = config_get(k->config, "DB_ENV_FILE"), *socket = NULL;
	struct dotenv *d = NULL;
	char *found = NULL;
	int fd = -1;

	if (k->has_database && !k->tcp && *config_get(k->config, "DB_DEFAULTS_FILE") == '\0')
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1 && (d = dotenv_read(fd, path)) != NULL)
		socket = dotenv_get(d, "DB_SOCKET");
	if (socket != NULL &&
	    (config_inside(socket, "/tmp") || config_inside(socket, "/var/tmp")))
		found = strdup(socket);
	dotenv_free(d);
	io_close(&fd);
	return found;
}

/* Whether ${path} lies in one of the folders of ${list} ("-/a /b"), each below ${base}. */
static bool
in_list(const char *list, const char *base, const char *path)
{
	char folder[1024];
	size_t len;

	while (*list != '\0') {
		len = strcspn(list, " ");
		while (len > 0 && strchr("-+", *list) != NULL) {
			list++;
			len--;
		}
		snprintf(folder, sizeof(folder), "%s%.*s", base, (int)len, list);
		if (len > 0 && config_inside(path, folder))
			return true;
		list += len;
		list += strspn(list, " ");
	}
	return false;
}

/* Whether the units as they are shipped may write there: what a drop-in need not name. */
static bool
shipped(const struct units_look *u, const char *path)
{
	char sets[80];

	snprintf(sets, sizeof(sets), "/backup/%s",
	    *u->instance != '\0' ? u->instance : CONFIG_DEFAULT);
	return in_list(sets, "", path) || in_list("/var/lib/siantre /var/log/siantre "
						  "/var/lib/prometheus/node-exporter",
					      "", path);
}

/* Whether the unit of ${job} asks the database server: a drill where there is no scratch server. */
static bool
asks_server(const struct unit *job)
{
	return (job->needs & SERVER) != 0 &&
	       !(strcmp(job->name, "drill") == 0 && child_exists("mariadbd"));
}

/* Whether a unit cannot reach the database server. */
static bool
shut_off(const struct units_look *u, const char *facts)
{
	const char *host = u->k->far[0] != '\0' ? u->k->far : "127.0.0.1";
	char alone[16], deny[64], allow[4096];

	if (!u->k->tcp)
		return false;
	if (strcmp(systemctl_fact(facts, "PrivateNetwork", alone, sizeof(alone)), "yes") == 0)
		return true;
	systemctl_fact(facts, "IPAddressDeny", deny, sizeof(deny));
	systemctl_fact(facts, "IPAddressAllow", allow, sizeof(allow));
	return *deny != '\0' && reach_missing(host, allow);
}

static void
look_at_unit(struct units_look *u, const struct unit *job)
{
	char name[160], load[32], protect[32], value[4096], state[256], logs[256],
	    *facts = NULL;
	bool closed = false;

	snprintf(name, sizeof(name), "siantre-%s%s%s.service", job->name,
	    *u->instance != '\0' ? "@" : "", u->instance);
	if (systemctl_facts(name, PROPERTIES, &facts) != 0)
		return;
	systemctl_fact(facts, "LoadState", load, sizeof(load));
	systemctl_fact(facts, "ProtectSystem", protect, sizeof(protect));
	systemctl_fact(facts, "StateDirectory", state, sizeof(state));
	systemctl_fact(facts, "LogsDirectory", logs, sizeof(logs));
	systemctl_fact(facts, "NeedDaemonReload", value, sizeof(value));
	u->stale = u->stale || strcmp(value, "yes") == 0;
	systemctl_fact(facts, "ReadWritePaths", value, sizeof(value));
	for (size_t i = 0; i < u->n && strcmp(load, "loaded") == 0; i++) {
		const char *path = u->want[i].path;

		if ((u->want[i].kind & job->needs) == 0 || strcmp(protect, "strict") != 0 ||
		    in_list(value, "", path) ||
		    (strchr(path, ' ') != NULL && strstr(value, path) != NULL) ||
		    in_list(state, "/var/lib/", path) || in_list(logs, "/var/log/", path))
			continue;
		u->lacks[i] = closed = true;
	}
	if (closed) {
		u->needs |= job->needs;
		buf_printf(&u->closed, "%s%s", u->closed.len > 0 ? " " : "", job->name);
	}
	if (asks_server(job) && shut_off(u, facts))
		buf_printf(&u->offline, "%s%s", u->offline.len > 0 ? " " : "", job->name);
	systemctl_fact(facts, "PrivateTmp", value, sizeof(value));
	if (asks_server(job) && u->socket != NULL && *value != '\0' && strcmp(value, "no") != 0)
		buf_printf(&u->blind, "%s%s", u->blind.len > 0 ? " " : "", job->name);
	free(facts);
}

/* Name the command that writes ${lines} into the drop-in ${file} of the units ${names}. */
static void
mend(struct units_look *u, const char *names, const char *lines, const char *file)
{
	findings_mend(u->k->found,
	    "for u in %s; do d=/etc/systemd/system/siantre-$u%s%s.service.d; mkdir -p $d && "
	    "printf '%%s\\n' '[Service]'%s >$d/%s || break; done && systemctl daemon-reload",
	    names, *u->instance != '\0' ? "@" : "", u->instance, lines, file);
}

/* Append the setting for ${path} as a word of a shell; systemd unquotes it and expands %. */
static void
add_line(struct buf *lines, const char *path)
{
	bool plain = strcmp(findings_word(path), path) == 0 && strchr(path, '%') == NULL;

	if (plain) {
		buf_printf(lines, " ReadWritePaths=-%s", path);
		return;
	}
	buf_text(lines, " 'ReadWritePaths=\"-");
	for (const char *c = path; *c != '\0'; c++) {
		if (*c == '\'')
			buf_text(lines, "'\\''");
		else if (*c == '%')
			buf_text(lines, "%%");
		else if (strchr("\"\\", *c) != NULL)
			buf_printf(lines, "\\%c", *c);
		else
			buf_add(lines, c, 1);
	}
	buf_text(lines, "\"'");
}

static void
tell_paths(struct units_look *u)
{
	struct buf lines = {0}, paths = {0};
	bool done;

	for (size_t i = 0; i < u->n; i++) {
		done = (u->want[i].kind & u->needs) == 0 ||
		       (!u->lacks[i] && shipped(u, u->want[i].path));
		for (size_t n = 0; n < i && !done; n++)
			done = (u->want[n].kind & u->needs) != 0 &&
			       config_inside(u->want[i].path, u->want[n].path);
		if (done)
			continue;
		/* All that is not shipped, since the file is written anew; systemd expands %. */
		add_line(&lines, u->want[i].path);
		if (u->lacks[i])
			buf_printf(&paths, "%s%s", paths.len > 0 ? ", " : "", u->want[i].path);
	}
	if (buf_string(&lines) != NULL && buf_string(&paths) != NULL &&
	    buf_string(&u->closed) != NULL) {
		/* TRANSLATORS: names of jobs, folders */
		findings_add(u->k->found, "fail", N_("units"),
		    _("these may not write to some folders: %s (%s)"), u->closed.data,
		    paths.data);
		mend(u, u->closed.data, lines.data, "backup-folder.conf");
	}
	buf_free(&lines);
	buf_free(&paths);
}

static void
tell_server(struct units_look *u)
{
	const char *host = u->k->far[0] != '\0' ? u->k->far : "localhost";
	struct buf lines = {0};

	buf_text(&lines, " PrivateNetwork=no 'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 "
			 "AF_NETLINK' IPAddressAllow=localhost");
	if (u->k->far[0] != '\0')
		reach_lines(host, "/etc/resolv.conf", &lines);
	if (buf_string(&lines) != NULL && buf_string(&u->offline) != NULL) {
		/* Without a drill there are backups all the same. */
		findings_add(u->k->found,
		    strcmp(u->offline.data, "drill") == 0 ? "warn" : "fail", N_("units"),
		    _("these may not reach the database server %s: %s"), host, u->offline.data);
		mend(u, u->offline.data, lines.data, "remote-database.conf");
	}
	buf_free(&lines);
}

static void
tell_socket(struct units_look *u)
{
	if (buf_string(&u->blind) == NULL)
		return;
	/* TRANSLATORS: path of a socket, names of jobs */
	findings_add(u->k->found, strcmp(u->blind.data, "drill") == 0 ? "warn" : "fail",
	    N_("units"), _("these have a /tmp of their own, without DB_SOCKET=%s: %s"),
	    u->socket, u->blind.data);
	mend(u, u->blind.data, " PrivateTmp=no", "database-socket.conf");
}

/* Look at the unit that sends copies, or at the others, whose drop-in names other folders. */
static bool
look_at_units(struct units_look *u, bool ship)
{
	bool fine;

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		if ((strcmp(jobs[i].name, "ship") == 0) == ship)
			look_at_unit(u, &jobs[i]);
	}
	fine = u->closed.len == 0 && u->offline.len == 0 && u->blind.len == 0;
	if (u->closed.len > 0 && !u->stale)
		tell_paths(u);
	if (u->offline.len > 0 && !u->stale)
		tell_server(u);
	if (u->blind.len > 0 && !u->stale)
		tell_socket(u);
	memset(u->lacks, 0, sizeof(u->lacks));
	u->needs = 0;
	buf_reset(&u->closed, SIZE_MAX);
	buf_reset(&u->offline, SIZE_MAX);
	buf_reset(&u->blind, SIZE_MAX);
	return fine;
}

void
check_units(struct check *k)
{
	struct units_look u = {.k = k, .instance = check_instance(k)};
	bool fine;

	if (u.instance == NULL || !systemctl_running())
		return;
	want_all(&u);
	u.socket = find_socket(k);
	fine = look_at_units(&u, false);
	fine = look_at_units(&u, true) && fine;
	if (u.stale) {
		findings_add(k->found, "fail", N_("units"), "%s",
		    _("systemd has not read the drop-ins that are there"));
		findings_mend(k->found, "systemctl daemon-reload");
	} else if (fine) {
		findings_add(k->found, "ok", N_("units"), "%s",
		    _("may write to all folders that are needed"));
	}
	for (size_t i = 0; i < u.n; i++)
		free(u.want[i].path);
	buf_free(&u.closed);
	buf_free(&u.offline);
	buf_free(&u.blind);
	free(u.socket);
}
