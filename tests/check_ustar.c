/* tests/check_ustar.c: plain headers are those that libarchive writes. */
#include <stdbool.h>
#include <sys/stat.h>

#include <archive_entry.h>

#include "tar/pax.h"
#include "tar/ustar.h"
#include "unit.h"

#ifndef ROUNDS
#define ROUNDS 2000
#endif
#define MUCH 270000

static char stream[1 << 20];
static size_t stream_len;

static int
collect(void *ctx, const void *buf, size_t len)
{
	(void)ctx;
	ck_assert_uint_le(stream_len + len, sizeof(stream));
	memcpy(stream + stream_len, buf, len);
	stream_len += len;
	return 0;
}

/* The header that libarchive writes for ${u}, in stream; without the end of the archive. */
static void
by_library(const struct ustar *u)
{
	struct pax *p = pax_open(collect, NULL);
	struct archive_entry *e = archive_entry_new();

	ck_assert_ptr_nonnull(p);
	archive_entry_copy_pathname(e, u->path);
	archive_entry_set_mode(e, u->mode);
	archive_entry_set_uid(e, u->uid);
	archive_entry_set_gid(e, u->gid);
	archive_entry_copy_uname(e, u->uname);
	archive_entry_copy_gname(e, u->gname);
	archive_entry_set_size(e, (la_int64_t)u->size);
	archive_entry_set_mtime(e, u->mtime.tv_sec, u->mtime.tv_nsec);
	stream_len = 0;
	ck_assert_int_eq(pax_header(p, e), 0);
	/* More content than it gathers, or all. */
	ck_assert_int_eq(pax_hole(p, u->size < MUCH ? u->size : MUCH), 0);
	if (u->size < MUCH)
		ck_assert_int_eq(pax_end(p), 0);
	pax_free(p);
	archive_entry_free(e);
}

/* Whether ${u} was plain; if so, both ways gave the same. */
static bool
same(const struct ustar *u)
{
	char room[USTAR_ROOM + 512];
	size_t len;

	memset(room, '?', sizeof(room));
	len = ustar_header(u, room + USTAR_ROOM);
	for (size_t i = 0; i < sizeof(room); i++)
		if ((i < USTAR_ROOM - len || i >= USTAR_ROOM) && room[i] != '?')
			ck_abort_msg("written beside its place");
	if (len == 0)
		return false;
	ck_assert(len == 512 || len == 1536);
	by_library(u);
	ck_assert_uint_ge(stream_len, len);
	for (size_t i = 0; i < len; i++)
		ck_assert_msg(stream[i] == room[USTAR_ROOM - len + i],
		    "%s: byte %zu is %02x, by libarchive %02x; %.200s", u->path, i,
		    (unsigned char)room[USTAR_ROOM - len + i], (unsigned char)stream[i],
		    stream + 512);
	/* Behind the header comes the content. */
	while (len < stream_len && stream[len] == 0)
		len++;
	ck_assert_uint_eq(len, stream_len);
	return true;
}

static uint32_t seed = 1;

static uint32_t
roll(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)(seed >> 4) * sides) >> 28);
}

/* A path of parts whose lengths put it near the borders of the two fields for a name. */
static void
path(char *out)
{
	static const char bytes[] = "abcXYZ019._- ~!'\"\\*\n\x7f";
	uint32_t parts = 1 + roll(6), len;
	char *p = out;

	while (parts-- > 0) {
		len = 1 + roll(roll(4) == 0 ? 110 : 40);
		while (len-- > 0)
			*p++ = roll(8) != 0 ? (char)('a' + roll(26))
					    : bytes[roll(sizeof(bytes) - 1)];
		/* No "." and "..": nothing is packed under such a name. */
		if (p[-1] == '.')
			p[-1] = '_';
		*p++ = '/';
	}
	*--p = '\0';
	if (roll(50) == 0)
		strcpy(p, "\xc3\xa9");
}

static const char *
owner(char *out)
{
	uint32_t len = roll(4) != 0 ? roll(12) : 29 + roll(6);

	if (roll(10) == 0)
		return NULL;
	memset(out, 'n', len);
	out[len] = '\0';
	if (len > 0 && roll(20) == 0)
		out[0] = (char)0xe9;
	return out;
}

START_TEST(random_entries)
{
	static const int64_t seconds[] = {-1, 0, 1, 999999999, 1000000000, 1767225600,
	    (1LL << 31) - 1, 1LL << 31, (1LL << 33) - 1, 1LL << 33};
	static const long parts[] = {0, 1, 10, 120000000, 123456789, 999999999, 100000000, 500};
	static const uint64_t sizes[] = {
	    0, 1, 511, 512, 513, 70000, (1ULL << 33) - 1, 1ULL << 33};
	static const mode_t modes[] = {0644, 0, 07777, 01777, 02775, 04755, 0600};
	static const uid_t ids[] = {
	    0, 33, 1000, 65534, 0777776, 0777777, 01000000, 4294967294U};
	char name[1024], user[64], group[64];
	int plain = 0, folders = 0;

#define ANY(list) (list)[roll(sizeof(list) / sizeof((list)[0]))]
	for (int i = 0; i < ROUNDS; i++) {
		struct ustar u = {.path = name, .mode = S_IFREG | ANY(modes)};

		path(name);
		if (roll(3) == 0) {
			u.mode = S_IFDIR | ANY(modes);
			strcat(name, "/");
		} else
			u.size = ANY(sizes);
		/* One thing out of the ordinary at a time, mostly. */
		u.uid = roll(4) != 0 ? 33 : ANY(ids);
		u.gid = roll(4) != 0 ? 33 : ANY(ids);
		u.uname = owner(user);
		u.gname = owner(group);
		u.mtime.tv_sec = roll(4) != 0 ? 1767225600 + roll(1000000) : ANY(seconds);
		u.mtime.tv_nsec = roll(4) != 0 ? (long)roll(1000000000) : ANY(parts);
		if (u.mtime.tv_sec < 0)
			u.mtime.tv_nsec = 0;
		if (same(&u)) {
			plain++;
			folders += S_ISDIR(u.mode);
		}
	}
	ck_assert_int_gt(plain, ROUNDS / 5);
	ck_assert_int_gt(folders, ROUNDS / 20);
}
END_TEST

/* What an application's tree is made of must be plain, or it would be slow and nobody knew. */
START_TEST(the_ordinary_is_plain)
{
	struct ustar u = {
	    .path = "siantre/vendor/laravel/framework/src/Illuminate/Database/Eloquent/"
		    "Relations/Concerns/InteractsWithPivotTable.php",
	    .mode = S_IFREG | 0644,
	    .uid = 33,
	    .gid = 33,
	    .uname = "www-data",
	    .gname = "www-data",
	    .size = 20000,
	    .mtime = {1767225600, 123456789}};

	ck_assert_uint_gt(strlen(u.path), 100);
	ck_assert(same(&u));
	u.path = "./artisan";
	ck_assert(same(&u));
	u.mtime.tv_nsec = 0;
	ck_assert(same(&u));
	u.path = "siantre/";
	u.mode = S_IFDIR | 02775;
	u.size = 0;
	ck_assert(same(&u));
	u.mtime.tv_nsec = 900;
	ck_assert(same(&u));
	u.path = "a/";
	u.uname = u.gname = NULL;
	ck_assert(same(&u));
}
END_TEST

/* What it does not know it leaves alone. */
START_TEST(the_rest_is_not)
{
	static char long_name[102], deep[400];
	struct ustar good = {.path = "a", .mode = S_IFREG | 0644}, u;
	char room[USTAR_ROOM];

#define REFUSED(member, value) \
	u = good;              \
	u.member = value;      \
	ck_assert_uint_eq(ustar_header(&u, room + sizeof(room)), 0)
	ck_assert_uint_eq(ustar_header(&good, room + sizeof(room)), 512);
	memset(long_name, 'l', 101);
	memset(deep, 'd', 399);
	for (size_t i = 50; i < 399; i += 50)
		deep[i] = '/';
	REFUSED(path, "");
	REFUSED(mode, S_IFDIR | 0755);
	REFUSED(path, "\xc3\xa9");
	REFUSED(path, long_name);
	REFUSED(path, deep);
	REFUSED(uid, 01000000);
	REFUSED(gid, 01000000);
	REFUSED(uname, "caf\xe9");
	REFUSED(gname, "ggggggggggggggggggggggggggggggggg");
	REFUSED(size, 1ULL << 33);
	REFUSED(mtime.tv_sec, -1);
	REFUSED(mtime.tv_sec, INT32_MAX);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("ustar");

	tcase_add_test(t, random_entries);
	tcase_add_test(t, the_ordinary_is_plain);
	tcase_add_test(t, the_rest_is_not);
	return unit_main(t);
}
