#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/sig.h"
#include "set/job.h"
#include "set/verified.h"

#define PATH_SYSTEM "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Write the folder of the running program into ${buf}. */
static const char *
own_folder(char buf[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", buf, PATH_MAX - 1);
	char *slash;

	buf[n > 0 ? n : 0] = '\0';
	if ((slash = strrchr(buf, '/')) != NULL)
		*slash = '\0';
	else
		strlcpy(buf, "/usr/bin", PATH_MAX);
	return buf;
}

int
job_path(void)
{
	char own[PATH_MAX], path[PATH_MAX + sizeof(PATH_SYSTEM)];

	snprintf(path, sizeof(path), "%s:%s", own_folder(own), PATH_SYSTEM);
	if (setenv("PATH", path, 1) != 0) {
		warn("environment");
		return -1;
	}
	return 0;
}

/* Whether ${path} is a script that may be run; 1 where it is not there. */
static int
examine(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 1;
		warn("job %s", path);
		return EX_CONFIG;
	}
	if (!S_ISREG(st.st_mode) || access(path, X_OK) != 0) {
		warnx("job %s: not an executable file", path);
		hintx("chmod 0755 %s", path);
		return EX_CONFIG;
	}
	if ((st.st_mode & S_IWOTH) != 0) {
		warnx("job %s: others may write it (mode %04o)", path, st.st_mode & 07777U);
		hintx("chmod o-w %s", path);
		return EX_CONFIG;
	}
	return 0;
}

int
job_find(const char *name, const char *folder, char **out)
{
	char own[PATH_MAX], *path = NULL;
	const char *places[] = {CONFIG_FOLDER "/jobs", "../tools/jobs", "../lib/siantre/jobs",
	    LIBDIR "/siantre/jobs"};
	size_t count = folder != NULL ? 1 : sizeof(places) / sizeof(places[0]);
	int rc;

	*out = NULL;
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name) ||
	    *name == '\0' || *name == '-') {
		warnx("%s: not a job's name", name);
		return EX_USAGE;
	}
	own_folder(own);
	for (size_t i = 0; i < count; i++) {
		const char *place = folder != NULL ? folder : places[i];
		bool absolute = folder != NULL || *place == '/';

		if (asprintf(&path, "%s%s%s/%s", absolute ? "" : own, absolute ? "" : "/",
			place, name) == -1) {
			warn("job %s", name);
			return EX_OSERR;
		}
		rc = examine(path);
		if (rc == 0) {
			/* The job runs in another folder. */
			*out = realpath(path, NULL);
			if (*out == NULL)
				warn("job %s", path);
			free(path);
			return *out != NULL ? 0 : EX_CONFIG;
		}
		free(path);
		if (rc != 1)
			return rc;
	}
	warnx("no job %s in %s", name,
	    folder != NULL ? folder : CONFIG_FOLDER "/jobs or " LIBDIR "/siantre/jobs");
	return EX_USAGE;
}

/* Append "${prefix}${name}=${value}" to the list, which has room. */
static int
add(char **list, size_t *count, const char *prefix, const char *name, const char *value)
{
	if (asprintf(&list[*count], "%s%s=%s", prefix, name, value) == -1) {
		list[*count] = NULL;
		return -1;
	}
	(*count)++;
	return 0;
}

char **
job_environment(const struct config *c, const char *name, const struct folder *f)
{
	static const char *const kept[] = {"PATH", "TZ", "TMPDIR"};
	const struct passwd *pw = getpwuid(geteuid());
	const char *key, *user = pw != NULL ? pw->pw_name : "nobody";
	char **list;
	size_t keys = 0, count = 0;
	bool bad = false;

	while (config_key(keys) != NULL)
		keys++;
	if ((list = calloc(keys + 16, sizeof(*list))) == NULL) {
		warn("environment");
		return NULL;
	}
	bad = add(list, &count, "", "LC_ALL", "C.UTF-8") != 0 ||
	      add(list, &count, "", "HOME", pw != NULL ? pw->pw_dir : "/") != 0 ||
	      add(list, &count, "", "USER", user) != 0 ||
	      add(list, &count, "", "LOGNAME", user) != 0 ||
	      add(list, &count, "", "SIANTRE_CONFIG", config_name(c)) != 0 ||
	      add(list, &count, "", "SIANTRE_JOB", name) != 0;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (getenv(kept[i]) != NULL)
			bad = bad || add(list, &count, "", kept[i], getenv(kept[i])) != 0;
	}
	if (f != NULL)
		bad = bad || add(list, &count, "", "SIANTRE_SET", folder_name(f)) != 0 ||
		      add(list, &count, "", "SIANTRE_NOTES", folder_notes(f)) != 0;
	for (size_t i = 0; (key = config_key(i)) != NULL; i++)
		bad = bad || add(list, &count, "SIANTRE_", key, config_get(c, key)) != 0;
	if (bad) {
		warn("environment");
		job_environment_free(list);
		return NULL;
	}
	return list;
}

void
job_environment_free(char **environment)
{
	for (char **e = environment; e != NULL && *e != NULL; e++)
		free(*e);
	free(environment);
}

int
job_run(char *const argv[], char *const environment[], const char *folder, struct log *l)
{
	struct child c = {.pid = -1, .in = -1, .out = -1};
	int out[2] = {-1, -1}, err[2] = {-1, -1}, rc = -1;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
		warn("start %s", argv[0]);
		goto out;
	}
	if (child_start(&c, argv, environment, folder, CHILD_GROUP, out[1], err[1]) != 0)
		goto out;
	io_close(&out[1]);
	io_close(&err[1]);
	pid = c.pid < 0 ? -c.pid : c.pid;
	log_pump(l, pid, out[0], err[0]);
	/* Nobody reads any more; whoever still writes learns it. */
	io_close(&out[0]);
	io_close(&err[0]);
	if (sig_stop() == 0) {
		siginfo_t info;

		/* The child itself has ended, or will; its pid is ours until it is waited for. */
		while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == -1 &&
		       errno == EINTR && sig_stop() == 0)
			;
		if (sig_stop() == 0)
			kill(-pid, SIGKILL);
	}
	rc = child_wait(&c);
out:
	io_close(&out[0]);
	io_close(&out[1]);
	io_close(&err[0]);
	io_close(&err[1]);
	return rc;
}

/* The exit code for a child's ${status}: one of sysexits.h as it is, 1 for any other failure. */
static int
owed(int status)
{
	return status == 0 || (status >= EX__BASE && status <= EX__MAX) ? status : 1;
}

/* By a program that reads nothing else than what is on the disk. */
int
job_prove(const struct config *c, const char *name, const char *folder, struct log *l)
{
	char tool[] = "siantre-verify", level[] = "--level=structure", record[] = "--record";
	char *copy = strdup(folder);
	char *const argv[] = {tool, level, record, copy, NULL};
	char **environment = job_environment(c, name, NULL);
	struct verified proof;
	int status = -1;

	if (copy == NULL)
		warn("%s", folder);
	else if (environment != NULL)
		status = job_run(argv, environment, NULL, l);
	job_environment_free(environment);
	if (status > 0)
		warnx("what the job made is not proven (siantre-verify ended %d)", status);
	if (status == 0 && (status = verified_read(copy, &proof)) == 0 && !proof.counts) {
		warnx("siantre-verify left no proof");
		status = EX_DATAERR;
	}
	free(copy);
	return status == -1 ? EX_OSERR : owed(status);
}

int
job_script(const struct config *c, const char *name, char *script, const struct folder *f,
    struct log *l)
{
	char *const argv[] = {script, NULL};
	char **environment = job_environment(c, name, f);
	int status;

	if (environment == NULL)
		return EX_OSERR;
	log_forget(l);
	status = job_run(argv, environment, f != NULL ? folder_work(f) : NULL, l);
	job_environment_free(environment);
	if (status > 0 && *log_last(l) == '\0')
		warnx("%s ended %d without a word", script, status);
	return status == -1 ? EX_OSERR : owed(status);
}
