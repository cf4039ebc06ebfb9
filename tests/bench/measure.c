/*
 * measure FILE COMMAND ARGUMENT...
 *
 * Run COMMAND and append "NAME CPU-SECONDS PEAK-KIB" to FILE, then exit as it did.  Each part of
 * a pipeline gets one of its own.  As small as can be, because what a process had in memory
 * before exec counts into its peak.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static double
seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct rusage ru;
	int fd, status;
	pid_t pid;

	if (argc < 3)
		errx(EX_USAGE, "usage: measure FILE COMMAND [ARGUMENT ...]");
	pid = fork();
	if (pid == -1)
		err(EX_OSERR, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(EX_UNAVAILABLE, "%s", argv[2]);
	}
	/* The pipe is the command's alone: a reader that is gone must be seen. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (wait4(pid, &status, 0, &ru) == -1)
		err(EX_OSERR, "wait");
	fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd == -1 ||
	    dprintf(fd, "%s %.6f %ld\n", argv[2], seconds(ru.ru_utime) + seconds(ru.ru_stime),
		ru.ru_maxrss) < 0 ||
	    close(fd) == -1)
		err(EX_CANTCREAT, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
