#include "set/decrypt.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/rights.h"
#include "base/sig.h"
#include "base/spool.h"
#include "set/agerun.h"
#include "set/kind.h"

int
decrypt_ready(const char *identity)
{
	int fd, rc = EX_CONFIG;

	if (!agerun_there("--identity"))
		return rc;
	if ((fd = open(identity, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) == -1)
		warn("identity %s", identity);
	else if (rights_private(fd, identity) == 0)
		rc = 0;
	io_close(&fd);
	return rc;
}

bool
decrypt_asks(const char *identity)
{
	/* "openssh-key-v1", then the name of the cipher: "none". */
	static const char bare[] = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
	char head[4096];
	int fd = open(identity, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = fd != -1 ? io_read(fd, head, sizeof(head) - 1) : -1;
	bool asks = fd != -1 && decrypt_needed(fd, "");

	head[n > 0 ? n : 0] = '\0';
	asks = asks || strstr(head, "\nProc-Type: 4,ENCRYPTED") != NULL ||
	       strstr(head, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL ||
	       (strstr(head, "-----BEGIN OPENSSH PRIVATE KEY-----") != NULL &&
		   strstr(head, bare) == NULL);
	explicit_bzero(head, sizeof(head));
	io_close(&fd);
	return asks;
}

bool
decrypt_needed(int fd, const char *name)
{
	char head[40];
	ssize_t n = io_read_at(fd, head, sizeof(head), 0);

	return n >= 0 && kind_see(head, (size_t)n, name) == KIND_AGE;
}

char *
decrypt_name(const char *name)
{
	size_t len = strlen(name) - (kind_promises_age(name) ? strlen(".age") : 0);
	char *copy = strndup(name, len);

	if (copy == NULL)
		warn("%s", name);
	return copy;
}

/*
 * Whether the reason ${line} is about the identity file or its passphrase.  Whatever other words
 * a later age has for that, it is a failure.
 */
static bool
is_about_key(const char *line, bool proven)
{
	return strncmp(line, "reading \"", 9) == 0 || strstr(line, "passphrase") != NULL ||
	       strncmp(line, "failed to decrypt identity file", 31) == 0 ||
	       strncmp(line, "failed to decrypt SSH key", 25) == 0 ||
	       (proven && strncmp(line, "no identity matched", 19) == 0);
}

int
decrypt_fd(int fd, const char *name, const char *identity, bool proven, int *out)
{
	static char age[] = "age", decrypt[] = "-d", with[] = "-i";
	struct agerun a;
	char line[AGERUN_LINE], *path = NULL;
	char *argv[] = {age, decrypt, with, NULL, NULL};
	int rc = EX_OSERR, status;

	*out = -1;
	if (identity == NULL) {
		warnx("%s: encrypted: --identity FILE is needed", name);
		return EX_CONFIG;
	}
	if ((path = argv[3] = strdup(identity)) == NULL || lseek(fd, 0, SEEK_SET) != 0) {
		warn("%s", name);
		goto out;
	}
	if (agerun_start(&a, argv, CHILD_OUT, fd, -1) != 0)
		goto out;
	rc = spool_fd(a.child.out, name, out);
	status = agerun_end(&a, line);
	if (sig_stop() != 0)
		rc = 1;
	if (rc != 0 || status == 0)
		goto out;
	warnx("%s: cannot be decrypted: %s", name, line);
	if (status != 1)
		rc = 1;
	else if (is_about_key(line, proven))
		rc = EX_CONFIG;
	else
		rc = EX_DATAERR;
out:
	if (rc != 0)
		io_close(out);
	free(path);
	return rc;
}

int
decrypt_open(const char *folder, const char *name, const char *identity, int *out)
{
	static const char *const ends[] = {"", ".age"};
	char *path = NULL;
	int fd = -1, rc = EX_NOINPUT;

	*out = -1;
	for (size_t i = 0; i < 2 && rc == EX_NOINPUT; i++) {
		if (asprintf(&path, "%s/%s%s", folder, name, ends[i]) == -1) {
			warn("%s", name);
			return EX_OSERR;
		}
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd == -1 && errno != ENOENT) {
			warn("%s", path);
			rc = EX_IOERR;
		} else if (fd != -1 && i == 0) {
			*out = fd;
			rc = 0;
		} else if (fd != -1) {
			rc = decrypt_fd(fd, path, identity, false, out);
			io_close(&fd);
		}
		free(path);
	}
	return rc;
}
