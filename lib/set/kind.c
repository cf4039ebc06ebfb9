#include "set/kind.h"

#include <stdlib.h>
#include <string.h>

static bool
ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && strcmp(name + len - tail, suffix) == 0;
}

bool
kind_promises_gzip(const char *name)
{
	return ends_with(name, ".gz") || ends_with(name, ".tgz");
}

bool
kind_promises_tar(const char *name)
{
	return ends_with(name, ".tar") || ends_with(name, ".tar.gz") || ends_with(name, ".tgz");
}

bool
kind_promises_age(const char *name)
{
	return ends_with(name, ".age");
}

static bool
promises_sql(const char *name)
{
	return ends_with(name, ".sql") || ends_with(name, ".sql.gz");
}

static bool
begins(const char *buf, size_t len, const char *text)
{
	size_t n = strlen(text);

	return len >= n && memcmp(buf, text, n) == 0;
}

/* A tar header's checksum: the sum of its bytes with the field itself as blanks. */
static bool
is_tar_header(const char *block)
{
	unsigned long sum = 0, told;
	char field[9];
	size_t i;

	for (i = 0; i < KIND_HEAD; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)block[i];
	memcpy(field, block + 148, 8);
	field[8] = '\0';
	told = strtoul(field, NULL, 8);
	return told == sum && sum != 8 * (unsigned long)' ';
}

enum kind
kind_see(const char *head, size_t len, const char *name)
{
	if (kind_promises_age(name) || begins(head, len, "age-encryption.org/v1\n") ||
	    begins(head, len, "-----BEGIN AGE ENCRYPTED FILE-----"))
		return KIND_AGE;
	if (begins(head, len, "-- siantre-dump "))
		return KIND_DUMP;
	if (begins(head, len, "siantre-index "))
		return KIND_INDEX;
	if (len == KIND_HEAD && is_tar_header(head))
		return KIND_TAR;
	if (kind_promises_tar(name))
		return KIND_TAR;
	if (promises_sql(name) || begins(head, len, "-- MySQL dump ") ||
	    begins(head, len, "-- MariaDB dump ") || begins(head, len, "/*M!999999"))
		return KIND_FOREIGN;
	return KIND_OTHER;
}

const char *
kind_word(enum kind kind)
{
	static const char *const words[] = {
	    [KIND_OTHER] = "other",
	    [KIND_DUMP] = "dump",
	    [KIND_FOREIGN] = "foreign",
	    [KIND_TAR] = "tar",
	    [KIND_INDEX] = "index",
	    [KIND_AGE] = "age",
	};

	return words[kind];
}
