/*
 * Archives: the first byte says how they are unpacked, the rest is the archive, or a list of headers
 * whose sums are set right.  Whatever it is, nothing outside of its folder is made or changed, nothing
 * in it leads out or gives rights unless that was asked for, and what is unpacked was proven too.
 */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/tree.h"
#include "tar/extract.h"

#include "../tar_memory.h"

/* What was unpacked into the folder ${fd}, which is closed. */
static void
look(int fd, bool links, bool special, unsigned deep)
{
	DIR *d = fdopendir(fd);
	const struct dirent *e;
	char target[PATH_MAX];
	struct stat st;
	ssize_t len;

	REQUIRE(d != NULL && deep < 200);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		REQUIRE(fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0);
		if (!special)
			REQUIRE((st.st_mode & S_ISUID) == 0 && !S_ISCHR(st.st_mode) &&
				!S_ISBLK(st.st_mode) &&
				(S_ISDIR(st.st_mode) || (st.st_mode & S_ISGID) == 0));
		if (S_ISLNK(st.st_mode) && !links) {
			len = readlinkat(fd, e->d_name, target, sizeof(target) - 1);
			REQUIRE(len > 0);
			target[len] = '\0';
			REQUIRE(*target != '/' || strncmp(target, "/final/into", 11) == 0);
			/* No more steps up than there are folders. */
			unsigned up = 0;
			const char *c = target;

			for (; strncmp(c, "../", 3) == 0; c += 3)
				up++;
			REQUIRE(up <= deep && strstr(c, "/../") == NULL);
		}
		if (S_ISDIR(st.st_mode)) {
			int next = openat(
			    fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			/* A folder without the right to look into it, and no root. */
			if (next != -1)
				look(next, links, special, deep + 1);
		}
	}
	closedir(d);
}

static void
unpack(const uint8_t *bytes, size_t len, uint8_t how, int proven, const struct tar_facts *facts)
{
	static char into[300], canary[300];
	static char path_a[] = "a", path_b[] = "b/c";
	char *const paths[] = {path_a, path_b, NULL};
	struct extract x = {.final = "/final/into",
	    .links = (how & 1) != 0,
	    .special = (how & 2) != 0,
	    .paths = (how & 4) != 0 ? paths : NULL,
	    .folder = (how & 8) != 0 ? "a" : NULL};
	struct piece p = {bytes, len, 0, 1U << 16};
	const struct tar_source src = {piece_read, &p, "fuzz.tar"};
	struct stat st;
	int fd, rc, entries = 0;
	DIR *d;

	/* parent/into, and beside it a file that everything that climbs could hit. */
	snprintf(canary, sizeof(canary), "%s/parent", fuzz_folder());
	mkdir(canary, 0700);
	fuzz_put("parent/a", "canary", 6);
	snprintf(into, sizeof(into), "%s/parent/into", fuzz_folder());
	REQUIRE(mkdir(into, 0700) == 0);
	REQUIRE((fd = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1);
	rc = extract_into(fd, &src, &x);
	if (rc == 0)
		REQUIRE(proven == 0);
	if (rc == 0 && x.paths == NULL && x.folder == NULL)
		REQUIRE(x.entries == facts->entries);
	REQUIRE((d = opendir(canary)) != NULL);
	while (readdir(d) != NULL)
		entries++;
	closedir(d);
	REQUIRE(entries == 4);
	strcat(canary, "/a");
	REQUIRE(lstat(canary, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 6 &&
		st.st_nlink == 1 && (st.st_mode & 07777) == 0600);
	look(fd, x.links, x.special, 0);
	REQUIRE(tree_remove(into, true) == 0);
}

/* Let the sum of every header be right, where one could be. */
static void
mend(uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at + 512 <= len; at += 512) {
		unsigned sum = 0;
		char text[9];

		if (memcmp(bytes + at + 257, "ustar", 5) != 0)
			continue;
		memset(bytes + at + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += bytes[at + i];
		snprintf(text, sizeof(text), "%06o", sum & 0777777U);
		memcpy(bytes + at + 148, text, 7);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tar_facts facts = {0}, other = {0};
	uint8_t *copy;
	size_t len;
	int rc;

	if (size < 2)
		return 0;
	/* Whole blocks, and the two of zeros that end it. */
	len = (size - 1 + 511) / 512 * 512 + 1024;
	REQUIRE((copy = calloc(1, len)) != NULL);
	memcpy(copy, data + 1, size - 1);
	mend(copy, len);
	rc = piece_prove(copy, len, 1U << 16, &facts);
	REQUIRE((piece_prove(copy, len, 100, &other) == 0) == (rc == 0));
	REQUIRE(rc != 0 || (facts.entries == other.entries && facts.bytes == other.bytes));
	/* A file that is a huge hole is no matter, but the time to fill it is. */
	if (facts.bytes < 1U << 20)
		unpack(copy, len, data[0], rc, &facts);
	piece_prove(data + 1, size - 1, 300, &other);
	free(copy);
	return 0;
}
