#include "gz/writer.h"

#include <sysexits.h>

#include "base/sig.h"
#include "gz/cut.h"
#include "gz/fragment.h"
#include "gz/index.h"
#include "gz/output.h"
#include "gz_data.h"
#include "unit.h"

/* What was written, read back. */
struct packed {
	uint8_t *bytes;
	size_t length;
	struct gz_totals totals;
};

/* As pack() below, in ${jobs} threads. */
static struct packed
pack_by(
    unsigned jobs, const uint8_t *in, size_t len, size_t piece, int level, const char *index)
{
	const char *name = "packed";
	struct gz_writer_options options = {.level = level, .digests = true, .jobs = jobs};
	struct packed p = {0};
	struct output *o;
	struct gz_index *x = NULL;
	struct gz_writer *w;
	uint64_t seed = 11;
	FILE *f;

	ck_assert_int_eq(output_open(name, false, &o), 0);
	if (index != NULL)
		ck_assert_ptr_nonnull(x = gz_index_create(index, 0600));
	ck_assert_int_eq(gz_writer_open(o, &options, x, &w), 0);
	for (size_t at = 0, n; at < len; at += n) {
		n = piece > 0 ? piece : 1 + next_number(&seed) % 300000;
		n = n < len - at ? n : len - at;
		ck_assert_int_eq(gz_writer_add(w, in + at, n), 0);
	}
	ck_assert_int_eq(gz_writer_end(w), 0);
	p.totals = *gz_writer_totals(w);
	if (x != NULL) {
		ck_assert_int_eq(gz_index_end(x, p.totals.packed, p.totals.plain), 0);
		ck_assert_int_eq(gz_index_commit(x), 0);
	}
	gz_writer_free(w);
	ck_assert_int_eq(output_commit(o), 0);
	p.length = (size_t)p.totals.packed;
	p.bytes = malloc(p.length + 1);
	ck_assert_ptr_nonnull(f = fopen(name, "rb"));
	ck_assert_uint_eq(fread(p.bytes, 1, p.length + 1, f), p.length);
	fclose(f);
	unlink(name);
	return p;
}

/* Pack ${in} in pieces of ${piece} bytes (0: odd ones), with an index where ${index}. */
static struct packed
pack(const uint8_t *in, size_t len, size_t piece, int level, const char *index)
{
	return pack_by(0, in, len, piece, level, index);
}

static void
hold_against_zlib(const struct packed *p, const uint8_t *in, size_t len)
{
	uint8_t *again = malloc(len + 1);
	size_t in_len = p->length, out_len = len + 1;

	ck_assert_ptr_nonnull(again);
	ck_assert_int_eq(
	    zlib_inflate(MAX_WBITS + 16, p->bytes, &in_len, again, &out_len), Z_STREAM_END);
	ck_assert_uint_eq(in_len, p->length);
	ck_assert_uint_eq(out_len, len);
	ck_assert_mem_eq(again, in, len);
	free(again);
}

START_TEST(every_size_at_every_level)
{
	const size_t sizes[] = {0, 1, CUT_MIN, CUT_MAX - 1, CUT_MAX, CUT_MAX + 1, 3000000};
	uint8_t *rows = make_rows(3000000, 1);
	char hex[HASH_HEX];
	struct packed p;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		p = pack(rows, sizes[i], 0, _i, NULL);
		hold_against_zlib(&p, rows, sizes[i]);
		ck_assert_uint_eq(p.totals.plain, sizes[i]);
		hash_bytes(rows, sizes[i], hex);
		ck_assert_str_eq(p.totals.plain_sha256, hex);
		hash_bytes(p.bytes, p.length, hex);
		ck_assert_str_eq(p.totals.packed_sha256, hex);
		free(p.bytes);
	}
	free(rows);
}
END_TEST

START_TEST(the_header_tells_no_time_and_no_name)
{
	const uint8_t normal[GZ_HEADER_LENGTH] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	struct packed p = pack(normal, 10, 0, 2, NULL);

	ck_assert_mem_eq(p.bytes, normal, sizeof(normal));
	free(p.bytes);
	p = pack(normal, 10, 0, 9, NULL);
	ck_assert_uint_eq(p.bytes[8], 2);
	free(p.bytes);
	p = pack(normal, 10, 0, 1, NULL);
	ck_assert_uint_eq(p.bytes[8], 4);
	free(p.bytes);
}
END_TEST

START_TEST(pieces_make_no_difference)
{
	const size_t len = 2000000, pieces[] = {1, 4095, 65536, 2000000};
	uint8_t *rows = make_rows(len, 2);
	struct packed a = pack(rows, len, 0, 2, NULL), b;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		b = pack(rows, len, pieces[i], 2, NULL);
		ck_assert_uint_eq(a.length, b.length);
		ck_assert_mem_eq(a.bytes, b.bytes, a.length);
		free(b.bytes);
	}
	free(a.bytes);
	free(rows);
}
END_TEST

/* Neither do threads, at any level: bytes, totals and index are the same. */
START_TEST(jobs_make_no_difference)
{
	const size_t len = 2000000;
	const unsigned jobs[] = {1, 2, 3, 8, GZ_JOBS_MAX};
	uint8_t *rows = make_rows(len, 5), *noise = make_noise(len / 4, 6);
	struct packed a, b;
	char *index;

	memcpy(rows + len / 2, noise, len / 4);
	a = pack_by(1, rows, len, len, _i, "first");
	index = strdup(unit_read("first"));
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		b = pack_by(jobs[i], rows, len, 0, _i, "second");
		ck_assert_uint_eq(a.length, b.length);
		ck_assert_mem_eq(a.bytes, b.bytes, a.length);
		ck_assert_mem_eq(&a.totals, &b.totals, sizeof(a.totals));
		ck_assert_str_eq(unit_read("second"), index);
		free(b.bytes);
	}
	free(index);
	free(a.bytes);
	free(noise);
	free(rows);
}
END_TEST

/* Each fragment of the index can be unpacked alone, from where and to where it says. */
START_TEST(the_index_leads_to_every_fragment)
{
	const size_t len = 3000000;
	uint8_t *rows = make_rows(len, 3), *plain = malloc(CUT_MAX + 1);
	const char *name = "index";
	struct gz_index_entry e;
	struct gz_index_reader *x;
	struct packed p = pack(rows, len, 0, 2, name);
	FILE *f = fopen(name, "rb");
	uint64_t count = 0;
	char hex[HASH_HEX];

	ck_assert(f != NULL && plain != NULL);
	ck_assert_int_eq(gz_index_open(fileno(f), name, &x), 0);
	ck_assert_uint_eq(gz_index_packed(x), p.length);
	ck_assert_uint_eq(gz_index_plain(x), len);
	ck_assert_uint_eq(gz_index_fragments(x), p.totals.fragments);
	while (gz_index_next(x, &e) == 1) {
		size_t in_len = (size_t)e.packed_length, out_len = CUT_MAX + 1;

		ck_assert_int_eq(zlib_inflate(-MAX_WBITS, p.bytes + e.packed_offset, &in_len,
				     plain, &out_len),
		    Z_OK);
		ck_assert_uint_eq(in_len, e.packed_length);
		ck_assert_uint_eq(out_len, e.plain_length);
		ck_assert_mem_eq(plain, rows + e.plain_offset, out_len);
		hash_bytes(plain, out_len, hex);
		ck_assert_str_eq(e.sha256, hex);
		count++;
	}
	ck_assert_uint_eq(count, p.totals.fragments);
	ck_assert_uint_gt(count, 10);
	gz_index_close(x);
	fclose(f);
	unlink(name);
	free(p.bytes);
	free(plain);
	free(rows);
}
END_TEST

/* Each byte of the packed ones counts. */
START_TEST(what_differs_is_found)
{
	const size_t len = 3000;
	uint8_t *rows = make_rows(len, 4);
	struct fragment_packer p = {0};
	struct fragment f;

	ck_assert_int_eq(fragment_init(&f), 0);
	ck_assert_int_eq(fragment_packer_init(&p, _i, false, true), 0);
	memcpy(f.plain, rows, len);
	f.plain_length = len;
	ck_assert_int_eq(fragment_pack(&f, &p), 0);
	unit_catch();
	f.plain[len / 2] ^= 1;
	ck_assert_int_eq(fragment_check(&f, &p), 1);
	f.plain[len / 2] ^= 1;
	f.packed[f.packed_length / 2] ^= 0x10;
	ck_assert_int_eq(fragment_check(&f, &p), 1);
	f.packed[f.packed_length / 2] ^= 0x10;
	f.plain_length--;
	ck_assert_int_eq(fragment_check(&f, &p), 1);
	f.plain_length += 2;
	ck_assert_int_eq(fragment_check(&f, &p), 1);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "does not unpack to the same bytes"));
	fragment_packer_free(&p);
	fragment_free(&f);
	free(rows);
}
END_TEST

static const struct gz_writer_options plain_options = {.level = 2};

START_TEST(a_writer_that_is_given_up_leaves_nothing)
{
	const char *name = "packed";
	uint8_t *rows = make_rows(2000000, 4);
	struct output *o;
	struct gz_writer *w;

	ck_assert_int_eq(output_open(name, false, &o), 0);
	ck_assert_int_eq(gz_writer_open(o, &plain_options, NULL, &w), 0);
	ck_assert_int_eq(gz_writer_add(w, rows, 2000000), 0);
	gz_writer_free(w);
	output_abort(o);
	ck_assert_int_eq(access(name, F_OK), -1);
	free(rows);
}
END_TEST

START_TEST(a_full_disk_is_an_io_error)
{
	struct output *o;
	struct gz_writer *w;
	FILE *full = fopen("/dev/full", "wb");

	ck_assert_ptr_nonnull(full);
	ck_assert_int_ne(dup2(fileno(full), STDOUT_FILENO), -1);
	sig_setup();
	ck_assert_int_eq(output_open(NULL, false, &o), 0);
	ck_assert_int_eq(gz_writer_open(o, &plain_options, NULL, &w), EX_IOERR);
	output_abort(o);
	fclose(full);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("writer");

	tcase_add_loop_test(t, every_size_at_every_level, 1, 10);
	tcase_add_test(t, the_header_tells_no_time_and_no_name);
	tcase_add_test(t, pieces_make_no_difference);
	tcase_add_loop_test(t, jobs_make_no_difference, 1, 10);
	tcase_add_test(t, the_index_leads_to_every_fragment);
	tcase_add_loop_test(t, what_differs_is_found, 1, 10);
	tcase_add_test(t, a_writer_that_is_given_up_leaves_nothing);
	tcase_add_test(t, a_full_disk_is_an_io_error);
	return unit_main(t);
}
