#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dotenv.h"
#include "base/io.h"
#include "set/config.h"
#include "set/configs.h"
#include "set/remote.h"
#include "set/setting.h"

#define FILE_MAX (1 << 20)

/* {KEY} stands for the value of an earlier key, {NAME} for the name of the configuration. */
static const struct key {
	const char *name;
	enum setting_kind kind;
	const char *fallback;
	const char *named; /* the default of /etc/siantre/NAME.conf; NULL: the same */
} keys[] = {
    {"APP_NAME", NAME, CONFIG_DEFAULT, "{NAME}"},
    {"APP_DIR", PATH, "/var/www/" CONFIG_DEFAULT, "/var/www/{NAME}"},
    {"DB_ENV_FILE", PATH, "{APP_DIR}/.env", NULL},
    {"DB_DEFAULTS_FILE", PATH_OR_NOT, "", NULL},
    {"STORAGE_DIR", BELOW, "storage", NULL},
    {"BACKUP_DIR", PATH, "/backup/" CONFIG_DEFAULT, "/backup/{NAME}"},
    {"BACKUP_MOUNT", PATH_OR_NOT, "", NULL},
    {"STATE_DIR", STATE, CONFIG_STATE, CONFIG_STATE "/{NAME}"},
    {"LOG_FILE", PATH, "/var/log/siantre/backup.log", NULL},
    {"EXCLUDE_LIST", PATH, CONFIG_FOLDER "/exclude_list.txt", NULL},
    {"WEB_CONFIG", PATH_OR_NOT, "", NULL},
    {"FULL_EXTRA_PATHS", PATHS, "", NULL},
    {"PACK_LEVEL", LEVEL, "2", NULL},
    {"KEEP", RULES, "within=30d", NULL},
    {"KEEP_FULL", RULES, "within=90d", NULL},
    {"TRASH", DURATION, "3d", NULL},
    {"ENCRYPT_TO", RECIPIENTS, "", NULL},
    {"IDENTITY", PATH_OR_NOT, "", NULL},
    {"SHIP_TO", PLACES, "", NULL},
    {"SHIP_KEEP", RULES, "within=1y", NULL},
    {"SHIP_CHECK", SAMPLE, "auto", NULL},
    {"SHIP_BWLIMIT", SIZE_OR_NOT, "", NULL},
    {"SHIP_TIMEOUT", DURATION, "2m", NULL},
    {"SHIP_SSH_KEY", PATH_OR_NOT, "", NULL},
    {"SHIP_KNOWN_HOSTS", PATH_OR_NOT, "", NULL},
    {"SHIP_PASSWORD_FILE", PATH_OR_NOT, "", NULL},
    {"SHIP_RCLONE_CONFIG", PATH_OR_NOT, "", NULL},
    {"LOCK_WAIT", DURATION, "4h", NULL},
    {"RPO", DURATION, "24h", NULL},
    {"GRACE", DURATION, "2h", NULL},
    {"RESTORE_UNITS", UNITS, "auto", NULL},
    {"RPO_CONFIG", DURATION, "24h", NULL},
    {"RPO_APP", DURATION, "1h", NULL},
    {"RTO_CRITICAL", DURATION, "30m", NULL},
    {"RTO_NORMAL", DURATION, "2h", NULL},
    {"RTO_DISASTER", DURATION, "4h", NULL},
    {"DRILL_SQL", PATH, CONFIG_FOLDER "/drill.sql", CONFIG_FOLDER "/{NAME}-drill.sql"},
    {"DRILL_DIR", PATH, "{STATE_DIR}/scratch", NULL},
    {"DRILL_MEMORY", SIZE, "1G", NULL},
    {"APP_USER", NAME, "www-data", NULL},
    {"CRON_FILE", PATH, "/etc/cron.d/{APP_NAME}", NULL},
    {"WORKER_UNIT", PATH, "/etc/systemd/system/{APP_NAME}-queue-worker.service", NULL},
    {"LANGUAGE", SPEECH, "auto", NULL},
    {"CONTACT_PRIMARY", TEXT_OR_NOT, "root", NULL},
    {"CONTACT_SECONDARY", TEXT_OR_NOT, "", NULL},
    {"CONTACT_EMERGENCY", TEXT_OR_NOT, "", NULL},
    {"MAIL", TEXT_OR_NOT, "sendmail", NULL},
    {"MAIL_FROM", TEXT_OR_NOT, "", NULL},
    {"MAIL_CA", PATH_OR_NOT, "", NULL},
    {"SMS", TEXT_OR_NOT, "", NULL},
    {"NOTIFY_ALSO", TEXT_OR_NOT, "", NULL},
    {"NOTIFY_PROXY", URL_OR_NOT, "", NULL},
    {"NOTIFY_OK", TEXT_OR_NOT, "weekly", NULL},
    {"ESCALATE", DURATION, "2h", NULL},
    {"QUIET_HOURS", TEXT_OR_NOT, "", NULL},
    {"PING_URL", URL_OR_NOT, "", NULL},
    {"DRILL_EVERY", DURATION, "100d", NULL},
    {"DISK_WARN", DURATION, "14d", NULL},
    {"DASHBOARD", PATH_OR_NOT, "{STATE_DIR}/dashboard.html", NULL},
    {"PROMETHEUS_FILE", PATH_OR_NOT, "", NULL},
    {"CHECK_URL", URL_OR_NOT, "", NULL},
    {"CHECK_PAGE_TEXT", TEXT_OR_NOT, "", NULL},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

struct config {
	char *path; /* of the file */
	bool found; /* it is there */
	char *name; /* that was asked for; empty: none */
	char *values[KEYS];
	int64_t numbers[KEYS];
	char *journal;
	char *lock;
};

static size_t
find(const char *name)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].name, name) == 0)
			break;
	}
	return i;
}

/* Return the line of ${text} that sets ${key} (the last one, which wins), or 0. */
static size_t
line_of(const char *text, const char *key)
{
	size_t line = 0, found = 0, len = strlen(key);

	for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
		at += line++ > 0;
		const char *word = at + strspn(at, " \t");
		if (strncmp(word, "export", 6) == 0 && (word[6] == ' ' || word[6] == '\t'))
			word += 6 + strspn(word + 6, " \t");
		if (strncmp(word, key, len) == 0 &&
		    word[len + strspn(word + len, " \t")] == '=')
			found = line;
	}
	return found;
}

/* Return ${fallback} with its {KEY}s resolved, for the caller to free; NULL without memory. */
static char *
resolve(const struct config *c, const char *fallback, const char *name)
{
	struct buf b = {0};
	char key[32];

	while (*fallback != '\0') {
		size_t plain = strcspn(fallback, "{");

		buf_add(&b, fallback, plain);
		fallback += plain;
		if (*fallback == '{') {
			size_t len = strcspn(++fallback, "}");

			strlcpy(key, fallback, len < sizeof(key) ? len + 1 : sizeof(key));
			buf_text(&b, find(key) < KEYS ? c->values[find(key)] : name);
			fallback += len + 1;
		}
	}
	buf_add(&b, "", 1);
	char *text = b.failed ? NULL : strdup(b.data);
	buf_free(&b);
	return text;
}

bool
config_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		len--;
	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/*
 * Take the values of ${d}, whose text is ${text}, or the defaults; where ${rescue}, also in place of
 * those that cannot be.  ${where} is for messages.  Return 0, or an exit code after reporting.
 */
static int
take(struct config *c, const struct dotenv *d, const char *text, const char *name,
    const char *where, bool rescue)
{
	const char *key, *value, *problem, *backup, *app;

	for (size_t i = 0; d != NULL && (key = dotenv_key(d, i)) != NULL; i++) {
		if (!rescue && find(key) == KEYS)
			warnx(
			    "%s:%zu: warning: unknown key %s", where, line_of(text, key), key);
	}
	for (size_t i = 0; i < KEYS; i++) {
		value = d == NULL ? NULL : dotenv_get(d, keys[i].name);
		if (rescue && value != NULL &&
		    setting_judge(keys[i].kind, value, &c->numbers[i]) != NULL)
			value = NULL;
		if (value != NULL)
			c->values[i] = strdup(value);
		else
			c->values[i] = resolve(c,
			    name != NULL && keys[i].named != NULL ? keys[i].named
								  : keys[i].fallback,
			    name);
		if (c->values[i] == NULL) {
			warn("configuration");
			return EX_OSERR;
		}
		problem = setting_judge(keys[i].kind, c->values[i], &c->numbers[i]);
		if (problem != NULL) {
			bool hide = keys[i].kind == RECIPIENTS;

			if (keys[i].kind == PLACES)
				remote_mask(c->values[i]);
			warnx("%s:%zu: %s%s%s: %s", where, line_of(text, keys[i].name),
			    keys[i].name, hide ? "" : "=", hide ? "" : c->values[i], problem);
			return EX_CONFIG;
		}
	}
	backup = config_get(c, "BACKUP_DIR");
	app = config_get(c, "APP_DIR");
	if (!rescue && config_inside(backup, app)) {
		warnx(
		    "%s:%zu: BACKUP_DIR=%s: it lies in APP_DIR, so that each backup would hold "
		    "those before it",
		    where, line_of(text, "BACKUP_DIR"), backup);
		return EX_CONFIG;
	}
	if (asprintf(&c->journal, "%s/journal.jsonl", config_get(c, "STATE_DIR")) == -1)
		c->journal = NULL;
	if (asprintf(&c->lock, "%s/%s.lock", config_get(c, "STATE_DIR"),
		config_get(c, "APP_NAME")) == -1)
		c->lock = NULL;
	if (c->journal == NULL || c->lock == NULL) {
		warn("configuration");
		return EX_OSERR;
	}
	return 0;
}

/* Read the file ${path} into ${*text}; NULL where it is not there and need not be. */
static int
load(const char *path, bool must, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc = EX_CONFIG;
	struct stat st;

	if (fd == -1 && errno == ENOENT && !must)
		return 0;
	if (fd == -1 || fstat(fd, &st) != 0 || io_read_file(fd, FILE_MAX, text, len) != 0) {
		/* What the system refused is not the file's fault. */
		if (errno == ENOMEM || errno == EIO || errno == EMFILE || errno == ENFILE)
			rc = io_read_exit();
		warn("configuration %s", path);
	} else if (!S_ISREG(st.st_mode))
		warnx("configuration %s: not a regular file", path);
	else
		rc = 0;
	io_close(&fd);
	return rc;
}

static int
read_all(const char *name, bool rescue, struct config **out)
{
	struct config *c = NULL;
	struct dotenv *d = NULL;
	char *path = NULL, *text = NULL;
	const char *named;
	size_t len = 0;
	int rc = EX_CONFIG;

	*out = NULL;
	if (name != NULL && strchr(name, '/') == NULL && !setting_is_name(name)) {
		warnx("-c %s: not a name of letters, digits, - and _, nor a path", name);
		goto out;
	}
	c = calloc(1, sizeof(*c));
	if (name != NULL && strchr(name, '/') != NULL)
		path = strdup(name);
	else if (asprintf(&path, "%s/%s.conf", CONFIG_FOLDER,
		     name != NULL ? name : CONFIG_DEFAULT) == -1)
		path = NULL;
	/* Jobs run in folders of their own, and messages are read anywhere. */
	if (c != NULL && name != NULL && strchr(name, '/') != NULL)
		c->name = realpath(name, NULL);
	if (c != NULL && c->name == NULL)
		c->name = strdup(name != NULL ? name : "");
	if (c == NULL || path == NULL || c->name == NULL) {
		rc = EX_OSERR;
		warn("configuration");
		goto out;
	}
	/* /etc/siantre/NAME.conf is what NAME is. */
	if ((named = configs_instance(c->name)) != NULL && *named == '\0')
		named = NULL;
	if ((rc = load(path, name != NULL, &text, &len)) != 0 && !rescue) {
		if (strchr(name != NULL ? name : "/", '/') == NULL && access(path, F_OK) != 0)
			configs_hint();
		goto out;
	}
	errno = 0;
	if (text != NULL && (d = dotenv_parse(text, len, path)) == NULL && !rescue) {
		rc = errno == ENOMEM ? EX_OSERR : EX_CONFIG;
		goto out;
	}
	if ((rc = take(c, d, text != NULL ? text : "", named, path, rescue)) != 0)
		goto out;
	c->path = path;
	path = NULL;
	c->found = text != NULL;
	*out = c;
	c = NULL;
	rc = 0;
out:
	dotenv_free(d);
	free(text);
	free(path);
	config_free(c);
	return rc;
}

int
config_read(const char *name, struct config **out)
{
	return read_all(name, false, out);
}

int
config_rescue(const char *name, struct config **out)
{
	return read_all(name, true, out);
}

const char *
config_get(const struct config *c, const char *key)
{
	size_t i = find(key);

	if (i == KEYS)
		errx(EX_SOFTWARE, "no configuration key %s", key);
	return c->values[i];
}

int64_t
config_number(const struct config *c, const char *key)
{
	size_t i = find(key);

	if (i == KEYS || keys[i].kind < DURATION)
		errx(EX_SOFTWARE, "no configuration number %s", key);
	return c->numbers[i];
}

const char *
config_key(size_t i)
{
	return i < KEYS ? keys[i].name : NULL;
}

const char *
config_path(const struct config *c)
{
	return c->path;
}

bool
config_found(const struct config *c)
{
	return c->found;
}

const char *
config_name(const struct config *c)
{
	return c->name;
}

const char *
config_journal(const struct config *c)
{
	return c->journal;
}

const char *
config_lock(const struct config *c)
{
	return c->lock;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < KEYS; i++)
		free(c->values[i]);
	free(c->journal);
	free(c->lock);
	free(c->path);
	free(c->name);
	free(c);
}
