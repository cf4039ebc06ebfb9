/*
 * On Linux a POSIX ACL is an extended attribute in a form of its own (linux/posix_acl_xattr.h):
 * a version and a row of (tag, rights, number), sorted.  Reading it there needs neither a path
 * nor libacl, so nothing can be swapped between looking and reading.
 *
 * A FIFO or a device is not opened for that: what O_PATH gives has a name in /proc, which leads to
 * it and to nothing that took its place.
 *
 * Attributes are SCHILY.xattr.NAME=VALUE records in the archive, where NAME has %XX for "=",
 * "%" and what is not printable.  libarchive writes it so and forgets to undo it when reading.
 */
#include "tar/attr.h"

#include <archive.h>
#include <ctype.h>
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <linux/posix_acl_xattr.h>

#include "base/buf.h"

#define ACL_ACCESS "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

#define XATTR_SIZE ((size_t)64 << 10) /* the kernel's limits for a list and a value */
#define XATTR_FEW ((size_t)1 << 10)   /* asked for first: the kernel clears what it may need */
#define XATTR_NAMES 256               /* a file */

const char attr_much[] = "more extended attributes than an archive can hold, not kept";
const char attr_starved[] = "out of memory for its ACLs and attributes";

struct acl_row {
	uint16_t tag;
	uint16_t rights;
	uint32_t id;
};

/* The kernel's tags and libarchive's. */
static const struct {
	uint16_t kernel;
	int archive;
} tags[] = {{1, ARCHIVE_ENTRY_ACL_USER_OBJ}, {2, ARCHIVE_ENTRY_ACL_USER},
    {4, ARCHIVE_ENTRY_ACL_GROUP_OBJ}, {8, ARCHIVE_ENTRY_ACL_GROUP},
    {16, ARCHIVE_ENTRY_ACL_MASK}, {32, ARCHIVE_ENTRY_ACL_OTHER}};

#define TAGS (sizeof(tags) / sizeof(tags[0]))

struct attr {
	struct archive *names; /* numbers to names */
	char list[XATTR_SIZE];
	char value[XATTR_SIZE + 1];
};

struct attr *
attr_open(void)
{
	struct attr *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->names = archive_read_disk_new()) == NULL ||
	    archive_read_disk_set_standard_lookup(t->names) != ARCHIVE_OK) {
		warnx("no memory for names of owners");
		attr_free(t);
		return NULL;
	}
	return t;
}

void
attr_names(struct attr *t, uid_t uid, gid_t gid, const char **uname, const char **gname)
{
	*uname = archive_read_disk_uname(t->names, uid);
	*gname = archive_read_disk_gname(t->names, gid);
}

static const char *
acl_load(struct attr *t, struct archive_entry *e, int type, size_t len)
{
	static const char why[] = "an ACL of an unknown form, not kept";
	struct posix_acl_xattr_header head;
	struct acl_row row;
	size_t at = sizeof(head), i;
	const char *name;
	uint32_t id;

	if (len < sizeof(head) || (len - sizeof(head)) % sizeof(row) != 0)
		return why;
	memcpy(&head, t->value, sizeof(head));
	if (le32toh(head.a_version) != POSIX_ACL_XATTR_VERSION)
		return why;
	for (; at < len; at += sizeof(row)) {
		memcpy(&row, t->value + at, sizeof(row));
		for (i = 0; i < TAGS && tags[i].kernel != le16toh(row.tag); i++)
			continue;
		if (i == TAGS)
			return why;
		id = le32toh(row.id);
		name = NULL;
		if (tags[i].archive == ARCHIVE_ENTRY_ACL_USER)
			name = archive_read_disk_uname(t->names, id);
		else if (tags[i].archive == ARCHIVE_ENTRY_ACL_GROUP)
			name = archive_read_disk_gname(t->names, id);
		errno = 0;
		if (archive_entry_acl_add_entry(e, type, le16toh(row.rights) & 7,
			tags[i].archive, i == 1 || i == 3 ? (int)id : -1, name) != ARCHIVE_OK)
			return errno == ENOMEM ? attr_starved : why;
	}
	return NULL;
}

/* ${name} with each %XX as the byte it stands for, or NULL. */
static const char *
decoded(const char *name, struct buf *b)
{
	unsigned int byte;
	char c;

	for (b->len = 0; *name != '\0'; name++)
		if (*name == '%' && isxdigit((unsigned char)name[1]) &&
		    isxdigit((unsigned char)name[2]) && sscanf(name + 1, "%2x", &byte) == 1) {
			c = (char)byte;
			buf_add(b, &c, 1);
			name += 2;
		} else
			buf_add(b, name, 1);
	return buf_string(b);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

#define BY_NAME sizeof("/proc/self/fd/-2147483648")

static const char *
name_of(int fd, char name[BY_NAME])
{
	snprintf(name, BY_NAME, "/proc/self/fd/%d", fd);
	return name;
}

static ssize_t
list_names(int fd, char *list, size_t size)
{
	char name[BY_NAME];
	ssize_t len = flistxattr(fd, list, size);

	return len == -1 && errno == EBADF ? listxattr(name_of(fd, name), list, size) : len;
}

static ssize_t
get_value(int fd, const char *attr, char *value, size_t size)
{
	char name[BY_NAME];
	ssize_t len = fgetxattr(fd, attr, value, size);

	return len == -1 && errno == EBADF ? getxattr(name_of(fd, name), attr, value, size)
					   : len;
}

bool
attr_none(int fd)
{
	ssize_t len = list_names(fd, NULL, 0);

	return len == 0 || (len == -1 && errno == ENOTSUP);
}

static ssize_t
names_of(struct attr *t, int fd)
{
	ssize_t len = list_names(fd, t->list, XATTR_FEW);

	return len == -1 && errno == ERANGE ? list_names(fd, t->list, XATTR_SIZE) : len;
}

static ssize_t
value_of(struct attr *t, int fd, const char *name)
{
	ssize_t len = get_value(fd, name, t->value, XATTR_FEW);

	return len == -1 && errno == ERANGE ? get_value(fd, name, t->value, XATTR_SIZE) : len;
}

/* Add an attribute; false, with errno set, where libarchive had no room and left it out. */
static bool
add(struct archive_entry *e, const char *name, const void *value, size_t len)
{
	errno = 0;
	archive_entry_xattr_add_entry(e, name, value, len);
	return errno != ENOMEM;
}

const char *
attr_load(struct attr *t, int fd, struct archive_entry *e, size_t most)
{
	const char *why = NULL, *name, *names[XATTR_NAMES];
	size_t n = 0, total = 0;
	ssize_t len;

	if ((len = names_of(t, fd)) <= 0)
		return len == 0 || errno == ENOTSUP ? NULL
		       : errno == ENOMEM            ? attr_starved
						    : "extended attributes not readable";
	for (name = t->list; name < t->list + len; name += strlen(name) + 1) {
		if (n == XATTR_NAMES)
			return attr_much;
		names[n++] = name;
	}
	qsort(names, n, sizeof(names[0]), by_name);
	for (size_t i = 0; i < n; i++) {
		name = names[i];
		if ((len = value_of(t, fd, name)) == -1) {
			/* Labels that only root may read, and what has just gone. */
			if (errno == ENOMEM)
				why = attr_starved;
			else if (errno != ENODATA && errno != EPERM && errno != ENOTSUP)
				why = "an extended attribute is not readable";
		} else if ((total += (size_t)len) > most)
			why = attr_much;
		else if (strcmp(name, ACL_ACCESS) == 0)
			why = acl_load(t, e, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, (size_t)len);
		else if (strcmp(name, ACL_DEFAULT) == 0)
			why = acl_load(t, e, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, (size_t)len);
		else if (strncmp(name, "system.", 7) == 0)
			continue; /* another face of what is in the archive anyway */
		else if (!add(e, name, t->value, (size_t)len))
			why = attr_starved;
		if (why != NULL)
			break;
	}
	return why;
}

int
attr_mend(struct archive_entry *e, bool special)
{
	struct archive_entry *mended = archive_entry_new();
	struct buf b = {0};
	const char *name;
	const void *value;
	size_t len;
	int rc = -1;

	if (mended == NULL) {
		warn(NULL);
		goto out;
	}
	archive_entry_xattr_reset(e);
	while (archive_entry_xattr_next(e, &name, &value, &len) == ARCHIVE_OK) {
		if (!special && strncmp(name, "user.", 5) != 0)
			continue;
		if ((name = decoded(name, &b)) == NULL)
			goto out;
		if (!add(mended, name, value, len))
			goto memory;
	}
	archive_entry_xattr_clear(e);
	archive_entry_xattr_reset(mended);
	while (archive_entry_xattr_next(mended, &name, &value, &len) == ARCHIVE_OK)
		if (!add(e, name, value, len))
			goto memory;
	rc = 0;
	goto out;
memory:
	warn(NULL);
out:
	if (mended != NULL)
		archive_entry_free(mended);
	buf_free(&b);
	return rc;
}

bool
attr_special(struct archive_entry *e)
{
	const char *name;
	const void *value;
	size_t len;

	archive_entry_xattr_reset(e);
	while (archive_entry_xattr_next(e, &name, &value, &len) == ARCHIVE_OK)
		if (strcmp(name, "security.capability") == 0)
			return true;
	return false;
}

void
attr_free(struct attr *t)
{
	if (t == NULL)
		return;
	if (t->names != NULL)
		archive_read_free(t->names);
	free(t);
}
