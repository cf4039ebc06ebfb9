/* tests/without.c: `without seccomp|landlock|both COMMAND...` runs it on such a kernel. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "take_away.h"

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: without seccomp|landlock|both COMMAND...\n");
		return 64;
	}
	take_away(strcmp(argv[1], "seccomp") == 0    ? SANDBOX_SECCOMP
		  : strcmp(argv[1], "landlock") == 0 ? SANDBOX_LANDLOCK
						     : SANDBOX_ALL);
	execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
