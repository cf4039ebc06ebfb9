#include "sql/excerpt.h"
#include "unit.h"

/* A base in memory that counts how often it is opened. */
static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static int opened, open_now;
static size_t limit = sizeof(text) - 1; /* where it ends */

struct sql_stream {
	uint64_t at;
};

static int
base_open(void *ctx, uint64_t offset, struct sql_stream **out)
{
	(void)ctx;
	*out = calloc(1, sizeof(**out));
	(*out)->at = offset;
	opened++;
	open_now++;
	return 0;
}

static int
base_next(struct sql_stream *s, void *buf, size_t size, size_t *len)
{
	*len = limit - s->at < size ? limit - s->at : size;
	if (*len > 3)
		*len = 3;
	memcpy(buf, text + s->at, *len);
	s->at += *len;
	return 0;
}

static void
base_close(struct sql_stream *s)
{
	open_now -= s != NULL;
	free(s);
}

static const struct sql_source base = {
    .open = base_open, .next = base_next, .close = base_close, .name = "base"};

static struct excerpt *
example(void)
{
	struct excerpt *x = excerpt_new(&base, "part");

	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(excerpt_text(x, "<", 1), 0);
	ck_assert_int_eq(excerpt_range(x, 4, 4), 0); /* nothing */
	ck_assert_int_eq(excerpt_range(x, 2, 4), 0);
	excerpt_extend(x, 7);
	ck_assert_int_eq(excerpt_text(x, "", 0), 0);
	ck_assert_int_eq(excerpt_text(x, "|", 1), 0);
	ck_assert_int_eq(excerpt_rows(x, 10, 20), 0);
	ck_assert_int_eq(excerpt_range(x, 0, 1), 0); /* backwards */
	ck_assert_int_eq(excerpt_text(x, ">", 1), 0);
	return x;
}

static const char whole[] = "<23456|abcdefghij0>";

/* All that ${s} gives from ${offset} on, in pieces of ${size}. */
static const char *
rest(const struct sql_source *s, uint64_t offset, size_t size)
{
	static char out[100];
	struct sql_stream *stream;
	size_t n = 0, len = 1;

	ck_assert_int_eq(s->open(s->ctx, offset, &stream), 0);
	for (; len > 0; n += len)
		ck_assert_int_eq(s->next(stream, out + n, size, &len), 0);
	s->close(stream);
	out[n] = '\0';
	return out;
}

START_TEST(from_everywhere_in_every_size)
{
	struct excerpt *x = example();
	const struct sql_source *s = excerpt_source(x);

	ck_assert_uint_eq(excerpt_size(x), strlen(whole));
	ck_assert_uint_eq(s->size, strlen(whole));
	ck_assert_str_eq(s->name, "part");
	for (size_t from = 0; from <= strlen(whole); from++)
		for (size_t size = 1; size < 30; size++)
			ck_assert_str_eq(rest(s, from, size), whole + from);
	excerpt_free(x);
	ck_assert_int_eq(open_now, 0);
}
END_TEST

START_TEST(read_and_rewind)
{
	struct excerpt *x = example();
	const struct sql_source *s = excerpt_source(x);
	char buf[100];
	size_t n, len;

	ck_assert_uint_eq(s->done(s->ctx), 0);
	for (int round = 0; round < 2; round++) {
		for (n = 0, len = 1; len > 0; n += len) {
			ck_assert_uint_eq(s->done(s->ctx), n);
			ck_assert_int_eq(s->read(s->ctx, buf + n, 4, &len), 0);
		}
		ck_assert_uint_eq(n, strlen(whole));
		ck_assert_int_eq(memcmp(buf, whole, n), 0);
		ck_assert_int_eq(s->rewind(s->ctx), 0);
	}
	excerpt_free(x);
	ck_assert_int_eq(open_now, 0);
}
END_TEST

START_TEST(near_places_share_a_stream)
{
	struct excerpt *x = excerpt_new(&base, "part");

	for (uint64_t at = 0; at < 30; at += 3)
		ck_assert_int_eq(excerpt_range(x, at, at + 2), 0);
	opened = 0;
	ck_assert_str_eq(rest(excerpt_source(x), 0, 50), "0134679acdfgijlmoprs");
	ck_assert_int_eq(opened, 1);
	excerpt_free(x);
}
END_TEST

START_TEST(the_schema_is_all_but_rows)
{
	struct excerpt *x = example();
	char is[HASH_HEX], should[HASH_HEX];

	hash_bytes("<23456|0>", 9, should);
	ck_assert_int_eq(excerpt_schema(x, is), 0);
	ck_assert_str_eq(is, should);
	excerpt_free(x);
	x = excerpt_new(&base, "part");
	hash_bytes("", 0, should);
	ck_assert_int_eq(excerpt_schema(x, is), 0);
	ck_assert_str_eq(is, should);
	ck_assert_str_eq(rest(excerpt_source(x), 0, 9), "");
	excerpt_free(x);
	ck_assert_int_eq(open_now, 0);
}
END_TEST

START_TEST(a_base_that_became_shorter)
{
	struct excerpt *x = example();
	const struct sql_source *s = excerpt_source(x);
	char buf[50];
	size_t len = 1;
	int rc = 0;

	limit = 15;
	unit_catch();
	while (rc == 0 && len > 0)
		rc = s->read(s->ctx, buf, sizeof(buf), &len);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), ": part: became shorter while it was read\n"));
	ck_assert_int_eq(rc, 65);
	excerpt_free(x);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("excerpt");

	tcase_add_test(t, from_everywhere_in_every_size);
	tcase_add_test(t, read_and_rewind);
	tcase_add_test(t, near_places_share_a_stream);
	tcase_add_test(t, the_schema_is_all_but_rows);
	tcase_add_test(t, a_base_that_became_shorter);
	return unit_main(t);
}
