#include "notify/secret.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"

size_t
secret_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= 64 && *text != '-' ? len : 0;
}

/* Whether something is in the file ${path}: a blank one stands for one that is missing. */
static bool
is_given(const char *path)
{
	char text[SECRET_MAX];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t size = -1, i = 0;

	if (fd == -1)
		return errno != ENOENT;
	size = io_read(fd, text, sizeof(text));
	io_close(&fd);
	while (i < size && isspace((unsigned char)text[i]))
		i++;
	if (size > 0)
		explicit_bzero(text, (size_t)size);
	return size == -1 || i < size;
}

/*
 * Write where the secret ${name} is, or should be, into ${out}; return whether that is a credential:
 * systemd's folder is closed to all others, and the modes of files there may show an ACL.  Our units
 * have it copy the whole of /etc/siantre/secrets, with "siantre_" before each name.
 */
static bool
find_path(const char *name, char *out, size_t size)
{
	static const char *const prefixes[2] = {"", "siantre_"};
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	for (size_t i = 0; folder != NULL && *folder == '/' && i < 2; i++) {
		if ((size_t)snprintf(out, size, "%s/%s%s", folder, prefixes[i], name) < size &&
		    is_given(out))
			return true;
	}
	snprintf(out, size, "%s/%s", SYSCONFDIR SECRET_FOLDER, name);
	return false;
}

const char *
secret_path(const char *name, char *out, size_t size)
{
	(void)find_path(name, out, size);
	return out;
}

/* Return what is wrong with the file ${fd}, or NULL. */
static const char *
judge(int fd, bool credential)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "owned by another user";
	if ((st.st_mode & (credential ? 007U : 077U)) != 0)
		return "open to others: chmod 0600";
	return NULL;
}

int
secret_read(const char *name, char **out, char reason[SECRET_REASON])
{
	char path[PATH_MAX], text[SECRET_MAX + 1];
	bool credential = find_path(name, path, sizeof(path));
	const char *problem = NULL, *start;
	ssize_t size = 0;
	size_t len = 0;
	int fd, rc = EX_CONFIG;

	*out = NULL;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		rc = errno == ENOENT ? EX_NOINPUT : EX_CONFIG;
		problem = strerror(errno);
	} else if ((problem = judge(fd, credential)) == NULL &&
		   (size = io_read(fd, text, sizeof(text))) == -1)
		problem = strerror(errno);
	else if (size == (ssize_t)sizeof(text))
		problem = "too long for a secret";
	if (problem != NULL || size < 0)
		goto out;
	text[size] = '\0';
	start = text + strspn(text, " \t\r\n");
	len = strlen(start);
	while (len > 0 && isspace((unsigned char)start[len - 1]))
		len--;
	if (strlen(text) != (size_t)size)
		problem = "it holds a NUL byte";
	else if (len == 0)
		problem = "it is empty";
	for (size_t i = 0; problem == NULL && i < len; i++) {
		if (iscntrl((unsigned char)start[i]))
			problem = "it is not one line";
	}
	if (problem != NULL)
		goto out;
	if ((*out = strndup(start, len)) == NULL) {
		problem = strerror(errno);
		goto out;
	}
	rc = 0;
out:
	if (problem != NULL)
		snprintf(reason, SECRET_REASON, "%.200s: %s", path, problem);
	explicit_bzero(text, sizeof(text));
	io_close(&fd);
	return rc;
}

void
secret_hide(char *text, const char *secret)
{
	size_t len = strlen(secret);

	if (len < 4)
		return;
	for (char *at = text; (at = strstr(at, secret)) != NULL; at += len)
		memset(at, '*', len);
}

void
secret_free(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}
