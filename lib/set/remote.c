#include "set/remote.h"

#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/num.h"
#include "base/plain.h"

/* Whether ${text} begins with ${head}; ${*rest} is then what follows. */
static bool
begins(const char *text, const char *head, const char **rest)
{
	size_t len = strlen(head);

	if (strncmp(text, head, len) != 0)
		return false;
	*rest = text + len;
	return true;
}

/* A copy of ${len} bytes at ${text}, less slashes at the end of more than one byte. */
static char *
trimmed(const char *text, size_t len)
{
	while (len > 1 && text[len - 1] == '/')
		len--;
	return strndup(text, len);
}

/* What is wrong with the [user@]host of ${len} bytes at ${text}, or NULL. */
static const char *
judge_host(const char *text, size_t len)
{
	const char *at = memrchr(text, '@', len);

	if (len == 0 || at == text || (at != NULL && at + 1 == text + len))
		return "it names no host";
	/* It would be an option of ssh's. */
	if (*text == '-' || (at != NULL && at[1] == '-'))
		return "a host does not begin with a dash";
	for (size_t i = 0; i < len; i++) {
		if (isspace((unsigned char)text[i]) || iscntrl((unsigned char)text[i]))
			return "a host holds no blanks";
	}
	return NULL;
}

static const char *
judge_daemon(const char *rest)
{
	size_t len = strcspn(rest, "/");
	const char *at = memrchr(rest, '@', len);

	if (at != NULL && memchr(rest, ':', (size_t)(at - rest)) != NULL)
		return "a password does not belong there: use --password-file";
	if (strspn(rest + len, "/") == strlen(rest + len))
		return "it names no module";
	return judge_host(rest, len);
}

/*
 * The folder at the far end of ssh.  Where it is relative it begins at home, whichever program
 * asks; only a shell would know what to make of a tilde.
 */
static const char *
take_path(struct remote *r, const char *path)
{
	if (*path == '~' && (path[1] == '/' || path[1] == '\0')) {
		path++;
		path += strspn(path, "/");
	} else if (*path == '~')
		return "a folder is named without a tilde";
	r->path = *path == '\0' ? strdup(".") : trimmed(path, strlen(path));
	return NULL;
}

/* ssh://[user@]host[:port]/path */
static const char *
take_ssh_url(struct remote *r, const char *rest)
{
	size_t len = strcspn(rest, "/"), host = len;
	const char *at = memrchr(rest, '@', len), *colon, *problem;
	uint64_t port;

	if (rest[len] == '\0')
		return "it names no folder";
	if (at != NULL && memchr(rest, ':', (size_t)(at - rest)) != NULL)
		return "a password does not belong there: use a key";
	colon = memrchr(rest, ':', len);
	if (colon != NULL && memchr(colon, ']', len - (size_t)(colon - rest)) == NULL) {
		host = (size_t)(colon - rest);
		r->port = strndup(colon + 1, len - host - 1);
		if (r->port == NULL || num_count(r->port, 1, 65535, &port) != 0)
			return "its port is none";
	}
	r->host = strndup(rest, host);
	/* "/~/path" is one that begins at home. */
	if (strncmp(rest + len, "/~", 2) == 0)
		len++;
	problem = take_path(r, rest + len);
	return problem != NULL ? problem : judge_host(rest, host);
}

/* [user@]host:path, where no slash stands before the colon; an address of IPv6 in brackets. */
static const char *
take_ssh(struct remote *r, const char *text)
{
	const char *colon = strchr(text, ':'), *bracket = strstr(text, "]:"), *problem;

	if (bracket != NULL && (*text == '[' || strstr(text, "@[") != NULL))
		colon = bracket + 1;
	if (colon[1] == ':')
		return "write rsync://host/module/path for a daemon";
	r->host = strndup(text, (size_t)(colon - text));
	problem = take_path(r, colon + 1);
	return problem != NULL ? problem : judge_host(text, (size_t)(colon - text));
}

static const char *
take(struct remote *r, const char *text)
{
	const char *rest, *name, *problem;
	size_t len;

	for (const char *c = text; *c != '\0'; c++) {
		if (iscntrl((unsigned char)*c))
			return "it holds a control character";
	}
	if (begins(text, "rclone:", &rest)) {
		r->kind = REMOTE_RCLONE;
		/* "NAME:/" is the root of an SFTP server, and "NAME:" the account's home. */
		name = strchr(rest, ':');
		len = strlen(rest);
		while (len > 1 && rest[len - 1] == '/' && rest + len - 2 != name)
			len--;
		r->path = strndup(rest, len);
		if (*rest == '-' || *rest == ':' || name == NULL)
			return "not rclone:NAME:path";
		return NULL;
	}
	if (begins(text, "rsync://", &rest)) {
		r->kind = REMOTE_DAEMON;
		problem = judge_daemon(rest);
		r->path = trimmed(text, strlen(text));
		return problem;
	}
	if (begins(text, "ssh://", &rest)) {
		r->kind = REMOTE_SSH;
		return take_ssh_url(r, rest);
	}
	if (strstr(text, "://") != NULL)
		return "only rsync:// and ssh:// are known; for others there is "
		       "rclone:NAME:path";
	if (strcspn(text, ":") < strcspn(text, "/")) {
		r->kind = REMOTE_SSH;
		return take_ssh(r, text);
	}
	r->kind = REMOTE_FOLDER;
	r->path = trimmed(text, strlen(text));
	return *text == '\0' ? "it is empty" : NULL;
}

/* Take ${text} apart.  Return it, or NULL with what is wrong in ${*problem}. */
static struct remote *
parse(const char *text, const char **problem)
{
	struct remote *r = calloc(1, sizeof(*r));

	*problem = "no memory";
	if (r != NULL && (r->text = strdup(text)) != NULL &&
	    (*problem = take(r, text)) == NULL) {
		if (r->path != NULL && (r->kind != REMOTE_SSH || r->host != NULL))
			return r;
		*problem = "no memory";
	}
	remote_free(r);
	return NULL;
}

char *
remote_mask(char *text)
{
	char *url = text, *colon, *at;
	size_t len;

	while ((url = strstr(url, "://")) != NULL) {
		url += 3;
		len = strcspn(url, "/ ");
		if ((at = memrchr(url, '@', len)) != NULL &&
		    (colon = memchr(url, ':', (size_t)(at - url))) != NULL)
			memset(colon + 1, '*', (size_t)(at - colon - 1));
	}
	return plain_text(text);
}

int
remote_parse(const char *text, struct remote **out)
{
	const char *problem;
	char *shown;

	if ((*out = parse(text, &problem)) != NULL)
		return 0;
	shown = strdup(text);
	warnx("%s: not a destination: %s", shown != NULL ? remote_mask(shown) : "?", problem);
	free(shown);
	return EX_USAGE;
}

const char *
remote_judge(const char *text)
{
	char *copy = strdup(text), *at = copy, *place;
	const char *problem = copy == NULL ? "no memory" : NULL;
	struct remote *r;

	while (problem == NULL && (place = strsep(&at, " ")) != NULL) {
		if (*place == '\0')
			continue;
		r = parse(place, &problem);
		/* Where a run happens to begin is nobody's place. */
		if (r != NULL)
			problem = r->kind == REMOTE_FOLDER && *r->path != '/'
				      ? "a folder in it does not begin with a slash"
				      : NULL;
		remote_free(r);
	}
	free(copy);
	return problem;
}

void
remote_free(struct remote *r)
{
	if (r == NULL)
		return;
	free(r->text);
	free(r->host);
	free(r->port);
	free(r->path);
	free(r);
}
