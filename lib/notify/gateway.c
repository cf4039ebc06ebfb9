#include "notify/gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/dotenv.h"
#include "base/io.h"
#include "notify/secret.h"

static const struct {
	const char *name, *fallback;
	bool filled; /* it is a template */
} keys[] = {
    {"URL", "", true},
    {"METHOD", "POST", false},
    {"HEADERS", "", true},
    {"CONTENT_TYPE", "application/json", false},
    {"BODY", "", true},
    {"USER", "", true},
    {"PASSWORD", "", true},
    {"TO_FORMAT", "plain", false},
    {"SENDER", "", false},
    {"NORMAL", "", false},
    {"URGENT", "", false},
    {"CA", "", false},
    {"OK_STATUS", "200-299", false},
    {"OK_BODY", "", false},
    {"PERMANENT_STATUS", "400-407,409-424,426-428,430-499", false},
    {"PERMANENT_BODY", "", false},
    {"WORDS", "", false},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

struct gateway {
	char *name;
	struct dotenv *shipped, *own; /* NULL: no such file */
	bool personal;
	size_t secret_count;
	char *secrets[TEMPLATE_SECRETS];
	bool needed[TEMPLATE_SECRETS];
	bool overflow;
};

const char *
gateway_get(const struct gateway *g, const char *key)
{
	const char *value = g->own != NULL ? dotenv_get(g->own, key) : NULL;

	if (value == NULL && g->shipped != NULL)
		value = dotenv_get(g->shipped, key);
	for (size_t i = 0; value == NULL && i < KEYS; i++) {
		if (strcmp(keys[i].name, key) == 0)
			value = keys[i].fallback;
	}
	return value != NULL ? value : "";
}

/* Write the paths of both files of gateway ${name}. */
static void
find_files(const char *name, char shipped[PATH_MAX], char own[PATH_MAX])
{
	const char *folders = getenv("SIANTRE_GATEWAYS");
	size_t len;

	if (folders == NULL || *folders == '\0')
		folders = LIBDIR "/siantre/gateways:" CONFIG_FOLDER "/gateways";
	len = strcspn(folders, ":");
	snprintf(shipped, PATH_MAX, "%.*s/%s.conf", (int)len, folders, name);
	own[0] = '\0';
	if (folders[len] == ':')
		snprintf(own, PATH_MAX, "%s/%s.conf", folders + len + 1, name);
}

/* Read one of the files; one that is missing is fine. */
static int
read_file(const char *path, struct dotenv **out, char reason[256])
{
	const char *problem = NULL, *key;
	struct stat st;
	bool known;
	int fd, rc = -1;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && (errno == ENOENT || *path == '\0'))
		return 0;
	if (fd == -1 || fstat(fd, &st) != 0)
		problem = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		problem = "not a regular file";
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		problem = "owned by another user";
	else if ((st.st_mode & 022) != 0)
		problem = "others can write it: chmod go-w";
	else if ((*out = dotenv_read(fd, path)) == NULL)
		problem = "cannot be read";
	if (problem != NULL) {
		snprintf(reason, 256, "%.180s: %s", path, problem);
		goto out;
	}
	for (size_t i = 0; (key = dotenv_key(*out, i)) != NULL; i++) {
		known = false;
		for (size_t k = 0; k < KEYS; k++)
			known |= strcmp(keys[k].name, key) == 0;
		if (!known) {
			snprintf(reason, 256, "%.150s: unknown key %.60s", path, key);
			goto out;
		}
	}
	rc = 0;
out:
	io_close(&fd);
	return rc;
}

static void
note_secret(void *ctx, const char *name, bool needed)
{
	struct gateway *g = ctx;
	size_t i;

	for (i = 0; i < g->secret_count; i++) {
		if (strcmp(g->secrets[i], name) == 0) {
			g->needed[i] |= needed;
			return;
		}
	}
	if (i == TEMPLATE_SECRETS || (g->secrets[i] = strdup(name)) == NULL) {
		g->overflow = true;
		return;
	}
	g->needed[i] = needed;
	g->secret_count++;
}

/* Return what is wrong with the value of ${key}, or NULL. */
static const char *
judge(struct gateway *g, size_t key)
{
	const char *name = keys[key].name, *value = gateway_get(g, name), *problem;

	if (keys[key].filled &&
	    (problem = template_judge(value, &g->personal, note_secret, g)) != NULL)
		return problem;
	if (g->overflow)
		return "too many secrets";
	if (strcmp(name, "URL") == 0 && strncmp(value, "https://", 8) != 0 &&
	    strncmp(value, "http://", 7) != 0 && strcmp(value, "{ping}") != 0)
		return *value == '\0' ? "it is missing" : "it does not begin with https://";
	if (strcmp(name, "METHOD") == 0 && strcmp(value, "POST") != 0 &&
	    strcmp(value, "GET") != 0 && strcmp(value, "PUT") != 0)
		return "not POST, GET or PUT";
	if (strcmp(name, "TO_FORMAT") == 0 && strcmp(value, "plain") != 0 &&
	    strcmp(value, "plus") != 0 && strcmp(value, "local") != 0)
		return "not plain, plus or local";
	if (strcmp(name, "OK_STATUS") == 0 || strcmp(name, "PERMANENT_STATUS") == 0)
		return answer_judge_status(value);
	if (strcmp(name, "OK_BODY") == 0 || strcmp(name, "PERMANENT_BODY") == 0)
		return answer_judge_rules(value);
	if (strcmp(name, "CA") == 0 && *value != '\0' && *value != '/')
		return "it does not begin with a slash";
	if (strcmp(name, "CONTENT_TYPE") == 0 &&
	    (*value == '\0' || strpbrk(value, "\r\n") != NULL))
		return "not one line";
	return NULL;
}

int
gateway_read(const char *name, struct gateway **out, char reason[256])
{
	char shipped[PATH_MAX], own[PATH_MAX];
	struct gateway *g = NULL;
	const char *problem;
	int rc = EX_CONFIG;

	*out = NULL;
	if (secret_name(name) != strlen(name)) {
		snprintf(reason, 256, "%.64s: not the name of a gateway", name);
		return EX_CONFIG;
	}
	find_files(name, shipped, own);
	if ((g = calloc(1, sizeof(*g))) == NULL || (g->name = strdup(name)) == NULL) {
		snprintf(reason, 256, "not enough memory");
		goto out;
	}
	if (read_file(shipped, &g->shipped, reason) != 0 ||
	    read_file(own, &g->own, reason) != 0)
		goto out;
	if (g->shipped == NULL && g->own == NULL) {
		snprintf(reason, 256, "there is no gateway %.64s", name);
		goto out;
	}
	for (size_t i = 0; i < KEYS; i++) {
		if ((problem = judge(g, i)) != NULL) {
			snprintf(reason, 256, "%.150s: %s: %s",
			    g->own != NULL && dotenv_get(g->own, keys[i].name) != NULL
				? own
				: shipped,
			    keys[i].name, problem);
			goto out;
		}
	}
	*out = g;
	g = NULL;
	rc = 0;
out:
	gateway_free(g);
	return rc;
}

bool
gateway_personal(const struct gateway *g)
{
	return g->personal;
}

struct answer_rules
gateway_rules(const struct gateway *g)
{
	return (struct answer_rules){
	    .ok_status = gateway_get(g, "OK_STATUS"),
	    .ok_body = gateway_get(g, "OK_BODY"),
	    .permanent_status = gateway_get(g, "PERMANENT_STATUS"),
	    .permanent_body = gateway_get(g, "PERMANENT_BODY"),
	    .words = gateway_get(g, "WORDS"),
	};
}

const char *
gateway_secret(const struct gateway *g, size_t i, bool *needed)
{
	if (i >= g->secret_count)
		return NULL;
	*needed = g->needed[i];
	return g->secrets[i];
}

void
gateway_free(struct gateway *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->secret_count; i++)
		free(g->secrets[i]);
	dotenv_free(g->shipped);
	dotenv_free(g->own);
	free(g->name);
	free(g);
}
