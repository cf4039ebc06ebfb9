/*
 * Every bit of a packed file, flipped: is each one found?  Long: `make check-flips`.
 *
 *     flips BYTES LEVEL PROCESSES [STEP]
 *
 * packs BYTES plain bytes like those of a dump at LEVEL, and reads the file once for every
 * STEPth of its bits.  Prints how many there were; ends 1 where one was not found.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gz/output.h"
#include "gz/reader.h"
#include "gz/writer.h"

/* Whether the reader finds something wrong with the file. */
static bool
found(int fd)
{
	static uint8_t buf[1 << 18];
	const struct gz_reader_options o = {0};
	struct gz_reader *r;
	ssize_t got;

	if (lseek(fd, 0, SEEK_SET) == -1 || (r = gz_reader_open(fd, &o)) == NULL)
		err(1, "flips");
	while ((got = gz_reader_read(r, buf, sizeof(buf))) > 0)
		continue;
	gz_reader_free(r);
	return got == -1;
}

/* ${bytes} bytes of rows; the caller frees them. */
static char *
make_rows(size_t bytes)
{
	static const char *const names[] = {"Budi", "Siti", "Agus", "Dewi", "Rina"};
	char *rows = malloc(bytes + 64);
	size_t len = 0;

	if (rows == NULL)
		err(1, "rows");
	for (unsigned id = 1; len < bytes; id++)
		len += (size_t)snprintf(rows + len, 64, "(%u,'%s','A%03u',%u),\n", id,
		    names[id * 7919 % 5], id * 31 % 512, id * 2654435761U >> 16);
	return rows;
}

static int
pack(size_t bytes, int level)
{
	const struct gz_writer_options o = {.level = level};
	char name[] = "/tmp/flips.XXXXXX", *rows = make_rows(bytes);
	struct gz_writer *w;
	struct output *out;
	int fd = mkstemp(name);

	if (fd == -1)
		err(1, "%s", name);
	close(fd);
	if (output_open(name, true, &out) != 0 || gz_writer_open(out, &o, NULL, &w) != 0 ||
	    gz_writer_add(w, rows, bytes) != 0 || gz_writer_end(w) != 0)
		errx(1, "not packed");
	gz_writer_free(w);
	if (output_commit(out) != 0 || (fd = open(name, O_RDONLY)) == -1)
		err(1, "%s", name);
	unlink(name);
	free(rows);
	return fd;
}

/* The bits that are ${turn} modulo ${turns}. */
static int
flip_all(const uint8_t *packed, size_t len, size_t turn, size_t turns)
{
	int fd = memfd_create("flips", MFD_CLOEXEC), rc = 0;

	if (fd == -1 || pwrite(fd, packed, len, 0) != (ssize_t)len)
		err(1, "flips");
	if (found(fd))
		errx(1, "the file itself is refused");
	for (size_t bit = turn; bit < len * 8; bit += turns) {
		uint8_t byte = packed[bit / 8] ^ (uint8_t)(1 << bit % 8);

		if (pwrite(fd, &byte, 1, (off_t)(bit / 8)) != 1)
			err(1, "flips");
		if (!found(fd)) {
			warnx("bit %zu of byte %zu: not found", bit % 8, bit / 8);
			rc = 1;
		}
		if (pwrite(fd, &packed[bit / 8], 1, (off_t)(bit / 8)) != 1)
			err(1, "flips");
	}
	close(fd);
	return rc;
}

int
main(int argc, char **argv)
{
	size_t bytes, n, step;
	uint8_t *packed;
	off_t len;
	int fd, status, rc = 0;

	if (argc < 4)
		errx(64, "usage: flips BYTES LEVEL PROCESSES [STEP]");
	bytes = strtoul(argv[1], NULL, 10);
	n = strtoul(argv[3], NULL, 10);
	step = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
	fd = pack(bytes, atoi(argv[2]));
	len = lseek(fd, 0, SEEK_END);
	if (len == -1 || (packed = malloc((size_t)len)) == NULL ||
	    pread(fd, packed, (size_t)len, 0) != len)
		err(1, "flips");
	for (size_t i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == -1)
			err(1, "fork");
		if (pid == 0)
			exit(flip_all(packed, (size_t)len, i * step, n * step));
	}
	while (wait(&status) > 0)
		if (status != 0)
			rc = 1;
	printf("%zu plain bytes, %zu packed at level %s, %zu bits flipped: %s\n", bytes,
	    (size_t)len, argv[2], ((size_t)len * 8 + step - 1) / step,
	    rc == 0 ? "each found" : "NOT all found");
	free(packed);
	close(fd);
	return rc;
}
