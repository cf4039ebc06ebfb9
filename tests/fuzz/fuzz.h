/* What the fuzz targets share.  Each is a program of libFuzzer; tests/fuzz/run runs them. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input. */
#define REQUIRE(what)                                                                      \
	do {                                                                               \
		if (!(what)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* Let the file ${fd} hold ${size} bytes at ${data}, and nothing else. */
static inline void
fuzz_fill(int fd, const void *data, size_t size)
{
	if (ftruncate(fd, 0) != 0 || (size > 0 && pwrite(fd, data, size, 0) != (ssize_t)size) ||
	    lseek(fd, 0, SEEK_SET) != 0)
		err(1, "fuzz");
}

/* A file in memory with ${size} bytes at ${data}, at its beginning; always the same one. */
static inline int
fuzz_file(const void *data, size_t size)
{
	static int fd = -1;

	if (fd == -1 && (fd = memfd_create("fuzz", MFD_CLOEXEC)) == -1)
		err(1, "fuzz");
	fuzz_fill(fd, data, size);
	return fd;
}

/* A folder of this process alone; whoever set TMPDIR removes it. */
static inline const char *
fuzz_folder(void)
{
	static char path[256];
	const char *parent = getenv("TMPDIR");

	if (path[0] == '\0') {
		snprintf(
		    path, sizeof(path), "%s/fuzz.XXXXXX", parent != NULL ? parent : "/tmp");
		if (mkdtemp(path) == NULL)
			err(1, "%s", path);
	}
	return path;
}

/* The file ${name} in that folder, with ${size} bytes at ${data}. */
static inline void
fuzz_put(const char *name, const void *data, size_t size)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == -1)
		err(1, "%s", path);
	fuzz_fill(fd, data, size);
	close(fd);
}

#endif
