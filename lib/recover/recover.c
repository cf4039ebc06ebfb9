#include "recover/recover.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/sig.h"
#include "set/decrypt.h"

/*
 * The files come before the database, since the .env that names it is one of them; what runs
 * code of the application (composer's scripts) comes behind both.
 */
static const struct recover_step steps[] = {
    {"server", "say what must be installed", NULL, false, recover_server_there, NULL},
    {"application", "unpack the application", NULL, true, recover_application_there,
	recover_application},
    {"storage", "unpack the uploads", "application", true, recover_storage_there,
	recover_storage},
    {"env", "put the .env back", "application", true, recover_env_there, recover_env_file},
    {"rights", "set owners and modes", "application", true, recover_rights_there,
	recover_rights},
    {"database", "make the database and its account", "env", false, recover_database_there,
	recover_database},
    {"rows", "load the dump", "database", false, recover_rows_there, recover_rows},
    {"composer", "run composer install --no-dev", "application", false, recover_composer_there,
	recover_composer},
    {"assets", "run npm ci and npm run build", "application", false, recover_assets_there,
	recover_assets},
    {"web", "put the web server's configuration back", NULL, true, recover_web_there,
	recover_web},
    {"cron", "write the scheduler's cron line", "application", true, recover_cron_there,
	recover_cron},
    {"worker", "set up the queue worker's unit", "application", true, recover_worker_there,
	recover_worker},
    {NULL, NULL, NULL, false, NULL, NULL},
};

#define STEPS (sizeof(steps) / sizeof(steps[0]) - 1)

const struct recover_step *
recover_steps(void)
{
	return steps;
}

void
recover_say(struct recover *r, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buf_text(&r->said, text);
}

bool
recover_path(const struct recover *r, const char *name, char *path)
{
	struct stat st;
	const char *app = config_get(r->config, "APP_DIR");

	if (snprintf(path, PATH_MAX, "%s%s%s", app, *name != '\0' ? "/" : "", name) >= PATH_MAX)
		return false;
	return lstat(path, &st) == 0;
}

struct dotenv *
recover_env(const char *path)
{
	struct dotenv *d = NULL;
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			warn("%s", path);
		return NULL;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		warnx("%s: not a regular file", path);
	else
		d = dotenv_read(fd, path);
	(void)io_close(&fd);
	return d;
}

struct dotenv *
recover_backup_env(const struct recover *r)
{
	struct dotenv *d = NULL;
	int fd = -1;

	if (r->backups.files != NULL &&
	    decrypt_open(r->backups.files, "env_backup.env", r->identity, &fd) == 0)
		d = dotenv_read(fd, "env_backup.env");
	(void)io_close(&fd);
	return d;
}

/* Our environment with the home of ${pw} in it, for the caller to free (one block). */
static char **
environment(const struct passwd *pw)
{
	size_t n = 0, len = strlen(pw->pw_dir) + sizeof("HOME="), k = 0;
	char **list, *home;

	while (environ[n] != NULL)
		n++;
	if ((list = malloc((n + 3) * sizeof(*list) + len)) == NULL)
		return NULL;
	home = (char *)(list + n + 3);
	snprintf(home, len, "HOME=%s", pw->pw_dir);
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "HOME=", 5) != 0)
			list[k++] = environ[i];
	list[k++] = home;
	list[k] = NULL;
	return list;
}

int
recover_as_owner(const struct recover *r, char *const argv[])
{
	static char runuser[] = "runuser", user[] = "-u", end[] = "--";
	const char *app = config_get(r->config, "APP_DIR");
	char *full[32], *name = NULL, **env = NULL;
	const struct passwd *pw;
	struct child c;
	struct stat st;
	size_t n = 0;
	int status = -1;

	if (stat(app, &st) == -1) {
		warn("%s", app);
		return 1;
	}
	if ((pw = getpwuid(st.st_uid)) == NULL || (name = strdup(pw->pw_name)) == NULL ||
	    (env = environment(pw)) == NULL) {
		warnx(
		    "%s: owned by uid %ju, which has no name here", app, (uintmax_t)st.st_uid);
		goto out;
	}
	/* Code from the application's folder shall not run as root. */
	if (geteuid() == 0 && st.st_uid != 0) {
		full[n++] = runuser;
		full[n++] = user;
		full[n++] = name;
		full[n++] = end;
	}
	for (size_t i = 0; argv[i] != NULL && n < 31; i++)
		full[n++] = argv[i];
	full[n] = NULL;
	if (child_start(&c, full, env, app, CHILD_GROUP, STDERR_FILENO, -1) == 0)
		status = child_wait(&c);
	if (status > 0 && sig_stop() == 0)
		warnx("%s %s ended %d", argv[0], argv[1] != NULL ? argv[1] : "", status);
out:
	free(env);
	free(name);
	return status == 0 ? 0 : 1;
}

/* Print the line about ${s}. */
static void
tell(struct recover *r, const struct recover_step *s, const char *state)
{
	const char *text = r->said.len > 0 ? buf_string(&r->said) : "";

	if (!r->quiet || strcmp(state, "not done") == 0)
		printf("%-12s %-9s %s\n", s->name, state, text != NULL ? text : "");
	(void)fflush(stdout);
}

/* Run ${s}.  Return whether what it brings about is there now (in a dry run: would be). */
static bool
run(struct recover *r, const struct recover_step *s, const bool *met)
{
	const char *state = "not done";
	bool ok = false;

	buf_reset(&r->said, SIZE_MAX);
	for (size_t i = 0; s->needs != NULL && met != NULL && i < STEPS; i++)
		if (strcmp(steps[i].name, s->needs) == 0 && !met[i]) {
			recover_say(r, "it needs %s", s->needs);
			goto out;
		}
	if ((ok = s->there(r))) {
		state = "there";
		goto out;
	}
	if (s->run == NULL)
		goto out;
	if (r->dry_run) {
		buf_reset(&r->said, SIZE_MAX);
		state = "would";
		recover_say(r, "%s", s->about);
		ok = true;
		goto out;
	}
	buf_reset(&r->said, SIZE_MAX);
	if (s->root && geteuid() != 0) {
		recover_say(r, "only root can do this");
		goto out;
	}
	if (s->run(r) == 0) {
		struct buf said = r->said;

		r->said = (struct buf){0};
		if ((ok = s->there(r))) {
			/* What was done says more than what is there. */
			if (said.len > 0) {
				buf_free(&r->said);
				r->said = said;
				said = (struct buf){0};
			}
			state = "done";
		}
		buf_free(&said);
	} else if (r->said.len == 0)
		recover_say(r, "see the message above");
out:
	tell(r, s, state);
	return ok;
}

int
recover_run(struct recover *r, const char *only)
{
	bool met[STEPS] = {false}, found = false, all = true;

	for (size_t i = 0; i < STEPS && sig_stop() == 0; i++) {
		if (only != NULL && strcmp(only, steps[i].name) != 0)
			continue;
		found = true;
		met[i] = run(r, &steps[i], only == NULL ? met : NULL);
		all = all && met[i];
	}
	if (only != NULL && !found) {
		warnx("--step: \"%s\" is no step", only);
		hintx("siantre-restore all --list");
		return EX_USAGE;
	}
	return all && sig_stop() == 0 ? 0 : 1;
}
