/*
 * A ustar header (POSIX.1-1988) holds whole seconds.  Where a file's time has a fraction, a pax
 * header (POSIX.1-2001) stands in front: a ustar header of its own type whose content is the one
 * record "LENGTH mtime=SECONDS.FRACTION\n".
 *
 * Why not leave it to libarchive, which writes everything else: it copies each entry, converts
 * every name and builds every number in the heap, which takes as long as reading a small file
 * from the page cache.  What is written here is what it would write; the tests hold the one
 * against the other, and whatever is not plain goes to the library.
 */
#include "tar/ustar.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK 512

/* Fields: where they are and how long. */
#define NAME 0, 100
#define MODE 100, 6
#define UID 108, 6
#define GID 116, 6
#define SIZE 124, 11
#define MTIME 136, 11
#define CHECKSUM 148
#define TYPE 156
#define MAGIC 257
#define UNAME 265
#define GNAME 297
#define MAJOR 329, 6
#define MINOR 337, 6
#define PREFIX 345

#define NAME_MAX_LENGTH 100
#define PREFIX_MAX_LENGTH 155
#define OWNER_MAX_LENGTH 31
#define OWNER_MAX 0777777
#define SIZE_MAX_OCTAL ((UINT64_C(1) << 33) - 1)
#define TIME_MAX (INT32_MAX - 1)

#define INSERT "PaxHeader/"
#define FILE_MAX_LENGTH 80 /* of a name with a pax header: longer ones are cut there */

static void
number(char *block, size_t at, size_t digits, uint64_t value)
{
	block[at + digits] = ' ';
	for (; digits > 0; value >>= 3)
		block[at + --digits] = (char)('0' + (value & 7));
}

static bool
ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Where a name of ${len} bytes is split: a slash, NULL for one that fits; false: nowhere. */
static bool
split(const char *name, size_t len, const char **slash)
{
	*slash = NULL;
	if (len <= NAME_MAX_LENGTH)
		return true;
	*slash = strchr(name + len - NAME_MAX_LENGTH - 1, '/');
	return *slash != NULL && *slash > name && (*slash)[1] != '\0' &&
	       *slash - name <= PREFIX_MAX_LENGTH;
}

static void
block(const struct ustar *u, char *b, const char *name, const char *slash, uint64_t size,
    char type)
{
	unsigned int sum = 0;

	memset(b, 0, BLOCK);
	if (slash != NULL) {
		memcpy(b + PREFIX, name, (size_t)(slash - name));
		name = slash + 1;
	}
	memcpy(b, name, strlen(name));
	number(b, MODE, u->mode & (type == 'x' ? 0777 : 07777));
	number(b, UID, u->uid);
	number(b, GID, u->gid);
	number(b, SIZE, size);
	number(b, MTIME, (uint64_t)u->mtime.tv_sec);
	b[TYPE] = type;
	memcpy(b + MAGIC,
	    "ustar\0"
	    "00",
	    8);
	if (u->uname != NULL)
		memcpy(b + UNAME, u->uname, strlen(u->uname));
	if (u->gname != NULL)
		memcpy(b + GNAME, u->gname, strlen(u->gname));
	number(b, MAJOR, 0);
	number(b, MINOR, 0);
	/* The sum is that of all bytes with blanks in its place. */
	memset(b + CHECKSUM, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)b[i];
	number(b, CHECKSUM, 6, sum);
	b[CHECKSUM + 6] = '\0';
	b[CHECKSUM + 7] = ' ';
}

/* Write ${value} with at least ${digits} digits; return where it ends. */
static char *
decimal(char *out, uint64_t value, size_t digits)
{
	char text[20];
	size_t n = 0;

	for (; value > 0 || n < digits; value /= 10)
		text[n++] = (char)('0' + value % 10);
	while (n > 0)
		*out++ = text[--n];
	return out;
}

/* Write the record of the time ${t}, return its length: two digits always, it counts itself. */
static size_t
record(const struct timespec *t, char *out)
{
	static const char key[] = " mtime=";
	char *p = out + 2;
	size_t len;

	memcpy(p, key, sizeof(key) - 1);
	p = decimal(p + sizeof(key) - 1, (uint64_t)t->tv_sec, 1);
	*p++ = '.';
	p = decimal(p, (uint64_t)t->tv_nsec, 9);
	while (p[-1] == '0')
		*--p = '\0';
	*p++ = '\n';
	len = (size_t)(p - out);
	decimal(out, len, 2);
	return len;
}

/* The name of the pax header for ${path}, or false where that is a long story. */
static bool
pax_name(const char *path, size_t len, char out[PREFIX_MAX_LENGTH + NAME_MAX_LENGTH + 2])
{
	size_t folder;

	len -= path[len - 1] == '/';
	for (folder = len; folder > 0 && path[folder - 1] != '/'; folder--)
		continue;
	if (folder > PREFIX_MAX_LENGTH || len - folder > FILE_MAX_LENGTH || len == folder ||
	    path[len - 1] == '.')
		return false;
	memcpy(out, path, folder);
	memcpy(out + folder, INSERT, sizeof(INSERT) - 1);
	memcpy(out + folder + sizeof(INSERT) - 1, path + folder, len - folder);
	out[len + sizeof(INSERT) - 1] = '\0';
	return true;
}

size_t
ustar_header(const struct ustar *u, char *end)
{
	char name[PREFIX_MAX_LENGTH + NAME_MAX_LENGTH + 2];
	size_t len = strlen(u->path);
	const char *slash, *name_slash;

	if (len == 0 || u->uid > OWNER_MAX || u->gid > OWNER_MAX || u->size > SIZE_MAX_OCTAL ||
	    u->mtime.tv_sec < 0 || u->mtime.tv_sec > TIME_MAX ||
	    (u->uname != NULL && (strlen(u->uname) > OWNER_MAX_LENGTH || !ascii(u->uname))) ||
	    (u->gname != NULL && (strlen(u->gname) > OWNER_MAX_LENGTH || !ascii(u->gname))) ||
	    !ascii(u->path) || (S_ISDIR(u->mode) && u->path[len - 1] != '/') ||
	    !split(u->path, len, &slash))
		return 0;
	if (u->mtime.tv_nsec != 0) {
		if (!pax_name(u->path, len, name) || !split(name, strlen(name), &name_slash))
			return 0;
		memset(end - 2 * BLOCK, 0, BLOCK);
		block(u, end - 3 * BLOCK, name, name_slash, record(&u->mtime, end - 2 * BLOCK),
		    'x');
	}
	block(u, end - BLOCK, u->path, slash, u->size, S_ISDIR(u->mode) ? '5' : '0');
	return (u->mtime.tv_nsec != 0 ? 3 : 1) * BLOCK;
}
