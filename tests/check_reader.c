#include "gz/reader.h"

#include <fcntl.h>
#include <sysexits.h>

#include "gz/output.h"
#include "gz/seal.h"
#include "gz/writer.h"
#include "gz_data.h"
#include "unit.h"

/* Read ${in} to its end in pieces of ${piece} bytes; hold it against ${plain} if not NULL. */
static ssize_t
read_all(struct gz_reader *r, size_t piece, const uint8_t *plain, size_t len)
{
	uint8_t *buf = malloc(piece);
	size_t done = 0;
	ssize_t got;

	ck_assert_ptr_nonnull(buf);
	while ((got = gz_reader_read(r, buf, piece)) > 0) {
		ck_assert_uint_le((size_t)got, piece);
		if (plain != NULL) {
			ck_assert_uint_le((size_t)got, len - done);
			ck_assert_mem_eq(buf, plain + done, (size_t)got);
		}
		done += (size_t)got;
	}
	ck_assert_uint_eq(gz_reader_plain(r), done);
	free(buf);
	return got == 0 ? (ssize_t)done : -1;
}

/* How a file is read: by one thread or several, strictly or not. */
static const struct gz_reader_options ways[] = {
    {0}, {.jobs = 1}, {.jobs = 3}, {.flags = GZ_QUICK}, {.flags = GZ_QUICK, .jobs = 2}};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct gz_reader *
open_way(int fd, size_t way, int flags)
{
	struct gz_reader_options o = ways[way];
	struct gz_reader *r;

	o.flags |= flags;
	ck_assert_ptr_nonnull(r = gz_reader_open(fd, &o));
	return r;
}

static void
accept(const uint8_t *in, size_t in_len, int flags, const uint8_t *plain, size_t len)
{
	const size_t pieces[] = {1, 7, 32768, 1 << 20};

	for (size_t i = len > 100000 ? 2 : 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (size_t way = 0; way < WAYS; way++) {
			int fd = make_file(in, in_len);
			struct gz_reader *r = open_way(fd, way, flags);

			ck_assert_int_eq(read_all(r, pieces[i], plain, len), (ssize_t)len);
			ck_assert_ptr_null(gz_reader_error(r));
			ck_assert_int_eq(gz_reader_exit(r), 0);
			ck_assert_uint_eq(gz_reader_packed(r), in_len);
			ck_assert_int_eq(gz_reader_read(r, &fd, 1), 0);
			gz_reader_free(r);
			close(fd);
		}
	}
}

static void
refuse_way(const uint8_t *in, size_t in_len, size_t way, int flags, const char *words)
{
	int fd = make_file(in, in_len);
	struct gz_reader *r = open_way(fd, way, flags);

	ck_assert_int_eq(read_all(r, 65536, NULL, 0), -1);
	ck_assert_ptr_nonnull(gz_reader_error(r));
	ck_assert_int_eq(gz_reader_exit(r), EX_DATAERR);
	if (words != NULL)
		ck_assert_str_eq(gz_reader_error(r), words);
	/* A reader that said no once does not change its mind. */
	ck_assert_int_eq(gz_reader_read(r, &fd, 1), -1);
	gz_reader_free(r);
	close(fd);
}

/* ${words} NULL: any. */
static void
refuse(const uint8_t *in, size_t in_len, int flags, const char *words)
{
	static size_t turn;

	/* Threads take their time: by turns, where there are thousands of files. */
	refuse_way(in, in_len, 0, flags, words);
	refuse_way(in, in_len, 1 + turn++ % (WAYS - 1), flags, words);
}

/* A file as gzip makes it, with the header that ${h} asks for (NULL: a plain one). */
static size_t
foreign(const uint8_t *in, size_t len, gz_header *h, uint8_t *out, size_t room)
{
	z_stream z = {0};

	ck_assert_int_eq(
	    deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	if (h != NULL)
		ck_assert_int_eq(deflateSetHeader(&z, h), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

/* A file as siantre-pack makes it. */
static uint8_t *
own(const uint8_t *in, size_t len, int level, size_t *out_len)
{
	const char *name = "packed";
	struct output *o;
	struct gz_writer_options options = {.level = level};
	struct gz_writer *w;
	uint8_t *out;
	FILE *f;

	ck_assert_int_eq(output_open(name, false, &o), 0);
	ck_assert_int_eq(gz_writer_open(o, &options, NULL, &w), 0);
	ck_assert_int_eq(gz_writer_add(w, in, len), 0);
	ck_assert_int_eq(gz_writer_end(w), 0);
	*out_len = (size_t)gz_writer_totals(w)->packed;
	gz_writer_free(w);
	ck_assert_int_eq(output_commit(o), 0);
	ck_assert_ptr_nonnull(f = fopen(name, "rb"));
	ck_assert_ptr_nonnull(out = malloc(*out_len + 2));
	ck_assert_uint_eq(fread(out, 1, *out_len, f), *out_len);
	fclose(f);
	unlink(name);
	return out;
}

START_TEST(own_files_of_every_level)
{
	uint8_t *rows = make_rows(1500000, 1), *in;
	size_t in_len;

	in = own(rows, 1500000, _i, &in_len);
	accept(in, in_len, GZ_OWN, rows, 1500000);
	accept(in, in_len, GZ_SINGLE, rows, 1500000);
	accept(in, in_len, 0, rows, 1500000);
	free(in);
	in = own(rows, 0, _i, &in_len);
	accept(in, in_len, GZ_OWN, rows, 0);
	free(in);
	free(rows);
}
END_TEST

START_TEST(foreign_headers)
{
	uint8_t extra[300] = {0}, out[2000];
	uint8_t name[] = "a.sql", comment[] = "by hand";
	gz_header h = {.text = 1,
	    .time = 1234,
	    .os = 3,
	    .extra = extra,
	    .extra_len = sizeof(extra),
	    .name = name,
	    .comment = comment,
	    .hcrc = 1};
	const uint8_t *plain = (const uint8_t *)"hello, queue";
	size_t len = foreign(plain, 12, &h, out, sizeof(out));

	accept(out, len, 0, plain, 12);
	accept(out, len, GZ_SINGLE, plain, 12);
	refuse(out, len, GZ_OWN, "no seal: not written by siantre-pack");
	out[20] ^= 1;
	refuse(out, len, 0, "header checksum differs");
	len = foreign(plain, 12, NULL, out, sizeof(out));
	accept(out, len, 0, plain, 12);
	out[3] |= 0x40;
	refuse(out, len, 0, "header flags 0x40 are unknown");
	out[2] = 7;
	refuse(out, len, 0, "compression method 7 is unknown");
	out[1] = 0;
	refuse(out, len, 0, "not gzip data");
	refuse(plain, 1, 0, "not gzip data");
	refuse(plain, 12, 0, "not gzip data");
	refuse(plain, 0, 0, "empty, not gzip data");
}
END_TEST

START_TEST(members_one_after_the_other)
{
	const uint8_t *plain = (const uint8_t *)"onetwo";
	uint8_t out[200];
	size_t one = foreign(plain, 3, NULL, out, sizeof(out));
	size_t two = one + foreign(plain + 3, 3, NULL, out + one, sizeof(out) - one);
	char words[80];
	struct gz_reader *r;
	int fd;

	accept(out, two, 0, plain, 6);
	snprintf(words, sizeof(words), "second member at byte %zu", one);
	refuse(out, two, GZ_SINGLE, words);
	refuse(out, two, GZ_OWN, NULL);
	for (size_t n = one + 1; n < two; n++) {
		snprintf(words, sizeof(words), "truncated after %zu bytes", n);
		refuse(out, n, 0, words);
	}
	snprintf(words, sizeof(words), "bytes behind the end, from byte %zu on", two);
	out[two] = 0;
	refuse(out, two + 1, 0, words);
	out[two] = 'x';
	refuse(out, two + 1, 0, words);
	/* Two sealed members are not one sealed file. */
	fd = make_file(out, two);
	r = open_way(fd, 0, 0);
	ck_assert_int_eq(read_all(r, 100, plain, 6), 6);
	ck_assert(!gz_reader_sealed(r));
	gz_reader_free(r);
	close(fd);
}
END_TEST

START_TEST(cut_short_at_every_length)
{
	uint8_t *rows = make_rows(3000, 2), *in;
	char words[80];
	size_t in_len;

	in = own(rows, 3000, 2, &in_len);
	for (size_t n = 1; n < in_len; n += each()) {
		snprintf(words, sizeof(words), "truncated after %zu bytes", n);
		refuse(in, n, n % 2 == 0 ? 0 : GZ_OWN, words);
	}
	in[in_len] = 0x1f;
	refuse(in, in_len + 1, GZ_OWN, NULL);
	free(in);
	free(rows);
}
END_TEST

/* Each bit, even those that leave the plain bytes as they are; nobody need know whose it is. */
START_TEST(every_flipped_bit_of_an_own_file)
{
	uint8_t *rows = make_rows(4000, 3), *in;
	size_t in_len;

	in = own(rows, 4000, _i, &in_len);
	for (size_t bit = 0; bit < in_len * 8; bit += each()) {
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refuse(in, in_len, bit % 3 == 0 ? GZ_OWN : 0, NULL);
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	accept(in, in_len, GZ_OWN, rows, 4000);
	free(in);
	free(rows);
}
END_TEST

START_TEST(every_flipped_bit_of_the_seal)
{
	uint8_t *rows = make_rows(4000, 4), *in;
	size_t in_len;

	in = own(rows, 4000, 2, &in_len);
	for (size_t bit = (in_len - 8 - SEAL_LENGTH) * 8; bit < (in_len - 8) * 8; bit++) {
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refuse(in, in_len, 0, NULL);
		refuse(in, in_len, GZ_OWN, NULL);
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(in);
	free(rows);
}
END_TEST

START_TEST(the_trailer_is_held_against_the_bytes)
{
	uint8_t *rows = make_rows(1000, 5), *in;
	size_t in_len;

	in = own(rows, 1000, 2, &in_len);
	in[in_len - 8] ^= 1;
	refuse(in, in_len, 0, "checksum differs");
	in[in_len - 8] ^= 1;
	in[in_len - 1] ^= 1;
	refuse(in, in_len, 0, "length differs");
	in[in_len - 1] ^= 1;
	in[5] ^= 1;
	refuse(in, in_len, 0, "seal differs: a packed byte was changed");
	free(in);
	free(rows);
}
END_TEST

/* A deflate stream, bit by bit. */
struct bits {
	uint8_t out[512];
	size_t count;
};

static void
put(struct bits *b, unsigned value, unsigned count)
{
	for (unsigned i = 0; i < count; i++, b->count++)
		b->out[b->count / 8] |= (uint8_t)((value >> i & 1) << b->count % 8);
}

/* Huffman codes have their highest bit first. */
static void
put_code(struct bits *b, unsigned code, unsigned count)
{
	while (count-- > 0)
		put(b, code >> count & 1, 1);
}

/*
 * A final block with dynamic codes: ${literals} and ${distances} tell the length of each code as
 * a digit, a run of zeros as '-'.  The code length codes are 0: 0, 1: 10, 2: 11, or without 0's
 * first bit, so that they are incomplete.
 */
static void
put_dynamic(struct bits *b, const char *literals, const char *distances, bool complete)
{
	static const uint8_t order[] = {
	    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1};
	uint8_t lengths[400] = {0};
	size_t n[2] = {0, 0}, total = 0;

	for (int list = 0; list < 2; list++) {
		for (const char *p = list == 0 ? literals : distances; *p != '\0'; p++) {
			for (int run = *p == '-' ? 254 : 1; run > 0; run--, n[list]++)
				lengths[total++] = *p == '-' ? 0 : (uint8_t)(*p - '0');
		}
	}
	put(b, 1, 1);
	put(b, 2, 2);
	put(b, (unsigned)n[0] - 257, 5);
	put(b, (unsigned)n[1] - 1, 5);
	put(b, sizeof(order) - 4, 4);
	for (size_t i = 0; i < sizeof(order); i++)
		put(b, order[i] > 2 ? 0 : order[i] == 0 && complete ? 1 : 2, 3);
	for (size_t i = 0; i < total; i++) {
		// cppcheck-suppress uninitvar ; it is all zeros at first
		if (lengths[i] == 0)
			put_code(b, 0, complete ? 1 : 2);
		else
			put_code(b, (complete ? 1U : 0U) + lengths[i], 2);
	}
}

/* Literal 'a' and a match of 3 bytes at a distance symbol, with fixed codes. */
static void
put_match(struct bits *b, unsigned distance)
{
	put(b, 3, 3);
	put_code(b, 0x91, 8);
	put_code(b, 1, 7);
	put_code(b, distance, 5);
	put_code(b, 0, 7);
}

static void
refuse_body(const struct bits *b, const char *words)
{
	uint8_t file[10 + sizeof(b->out)] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	int fd;
	struct gz_reader *r;
	const char *error;

	memcpy(file + 10, b->out, sizeof(b->out));
	fd = make_file(file, sizeof(file));
	r = open_way(fd, 0, 0);
	ck_assert_int_eq(read_all(r, 100, NULL, 0), -1);
	ck_assert_ptr_nonnull(error = gz_reader_error(r));
	ck_assert_int_eq(strncmp(error, "damaged before byte ", 20), 0);
	ck_assert_str_eq(strstr(error, ": ") + 2, words);
	gz_reader_free(r);
	close(fd);
}

/* What RFC 1951 forbids and lax decoders are known to let pass. */
START_TEST(invalid_deflate_data)
{
	struct bits b;

	b = (struct bits){.out = {7}};
	refuse_body(&b, "invalid block type");
	b = (struct bits){.out = {1, 1, 0, 0xff, 0xff, 'a'}};
	refuse_body(&b, "invalid stored block lengths");

	b = (struct bits){.count = 0};
	put_match(&b, 1);
	refuse_body(&b, "invalid distance too far back");
	for (unsigned symbol = 30; symbol < 32; symbol++) {
		b = (struct bits){.count = 0};
		put_match(&b, symbol);
		refuse_body(&b, "invalid distance code");
	}
	for (unsigned code = 0xc6; code < 0xc8; code++) { /* symbols 286 and 287 */
		b = (struct bits){.count = 0};
		put(&b, 3, 3);
		put_code(&b, code, 8);
		refuse_body(&b, "invalid literal/length code");
	}

	b = (struct bits){.count = 0};
	put_dynamic(&b, "11-0", "11", true);
	refuse_body(&b, "invalid code -- missing end-of-block");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "11-1", "11", true);
	refuse_body(&b, "invalid literal/lengths set");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "02-2", "11", true);
	refuse_body(&b, "invalid literal/lengths set");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1", "22", true);
	refuse_body(&b, "invalid distances set");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1", "111", true);
	refuse_body(&b, "invalid distances set");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1", "11", false);
	refuse_body(&b, "invalid code lengths set");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1", "00000000000000000000000000000011", true);
	refuse_body(&b, "too many length or distance symbols");
	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1000000000000000000000000000000", "11", true);
	refuse_body(&b, "too many length or distance symbols");
}
END_TEST

/* … and that the vectors above are refused for what they say, not for a slip of theirs. */
START_TEST(valid_deflate_data)
{
	uint8_t file[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, [100] = 0};
	struct bits b = {.count = 0};
	size_t used;
	uint32_t crc;

	put_match(&b, 0);
	used = (b.count + 7) / 8;
	memcpy(file + 10, b.out, used);
	crc = (uint32_t)crc32(0, (const uint8_t *)"aaaa", 4);
	memcpy(file + 10 + used, &crc, 4);
	file[10 + used + 4] = 4;
	accept(file, 10 + used + 8, 0, (const uint8_t *)"aaaa", 4);

	b = (struct bits){.count = 0};
	put_dynamic(&b, "01-1", "11", true);
	put_code(&b, 1, 1);
	used = (b.count + 7) / 8;
	memset(file + 10, 0, sizeof(file) - 10);
	memcpy(file + 10, b.out, used);
	accept(file, 10 + used + 8, 0, file, 0);
}
END_TEST

/* A packed file of ${n} parts of ${plain}, with what stands between them as ${flush} makes it. */
static size_t
flushed(const uint8_t *plain, size_t len, size_t n, int flush, uint8_t *out, size_t room)
{
	z_stream z = {0};

	ck_assert_int_eq(
	    deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = out;
	z.avail_out = (uInt)room;
	for (size_t i = 0; i < n; i++) {
		z.next_in = (Bytef *)(uintptr_t)(plain + len / n * i);
		z.avail_in = (uInt)(i + 1 < n ? len / n : len - len / n * i);
		ck_assert_int_eq(
		    deflate(&z, i + 1 < n ? flush : Z_FINISH), i + 1 < n ? Z_OK : Z_STREAM_END);
	}
	deflateEnd(&z);
	return z.total_out;
}

/* Matches reach over a flush, or do not; some parts unpack by themselves and some do not. */
START_TEST(flushes_of_others)
{
	const size_t len = 700000, room = len * 2;
	uint8_t *rows = make_rows(len, 7), *out = malloc(room);
	size_t n;

	ck_assert_ptr_nonnull(out);
	n = flushed(rows, len, 50, Z_SYNC_FLUSH, out, room);
	accept(out, n, GZ_SINGLE, rows, len);
	n = flushed(rows, len, 50, Z_FULL_FLUSH, out, room);
	accept(out, n, GZ_SINGLE, rows, len);
	/* The last one has more flushes than one tries. */
	n = flushed(rows, len / 2, 3, Z_FULL_FLUSH, out, room);
	n += flushed(rows + len / 2, len - len / 2, 30, Z_SYNC_FLUSH, out + n, room - n);
	accept(out, n, 0, rows, len);
	free(out);
	free(rows);
}
END_TEST

/* Bytes that look like the end of a fragment, wherever they are stored. */
START_TEST(marks_that_are_none)
{
	const size_t len = 900000;
	uint8_t *noise = make_noise(len, 8), *in;
	size_t in_len;

	for (size_t i = 0; i < len; i += _i == 0 ? 1000 : 70000)
		memcpy(noise + i, "\0\0\377\377", 4);
	in = own(noise, len, 2, &in_len);
	accept(in, in_len, GZ_OWN, noise, len);
	in[in_len / 2] ^= 1;
	refuse(in, in_len, 0, NULL);
	refuse(in, in_len - 100, 0, NULL);
	free(in);
	free(noise);
}
END_TEST

/* What several threads do with a damaged file of many fragments. */
START_TEST(damage_and_threads)
{
	const size_t len = 1500000;
	uint8_t *rows = make_rows(len, 9), *in;
	char words[80];
	size_t in_len, at;

	in = own(rows, len, 2, &in_len);
	for (unsigned i = 1; i < 40; i++) {
		at = in_len / 40 * i;
		for (size_t way = 0; way < WAYS; way++) {
			in[at] ^= (uint8_t)(1 << i % 8);
			refuse_way(in, in_len, way, 0, NULL);
			in[at] ^= (uint8_t)(1 << i % 8);
			snprintf(words, sizeof(words), "truncated after %zu bytes", at);
			refuse_way(in, at, way, 0, words);
		}
	}
	free(in);
	free(rows);
}
END_TEST

START_TEST(what_cannot_be_read_is_no_damage)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	struct gz_reader *r = open_way(fd, 0, 0);
	uint8_t byte;

	ck_assert_int_eq(gz_reader_read(r, &byte, 1), -1);
	ck_assert_str_eq(gz_reader_error(r), "read: Is a directory");
	ck_assert_int_eq(gz_reader_exit(r), EX_IOERR);
	gz_reader_free(r);
	gz_reader_free(NULL);
	close(fd);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("reader");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, own_files_of_every_level, 1, 10);
	tcase_add_test(t, foreign_headers);
	tcase_add_test(t, members_one_after_the_other);
	tcase_add_test(t, cut_short_at_every_length);
	tcase_add_loop_test(t, every_flipped_bit_of_an_own_file, 1, 5);
	tcase_add_test(t, every_flipped_bit_of_the_seal);
	tcase_add_test(t, the_trailer_is_held_against_the_bytes);
	tcase_add_test(t, invalid_deflate_data);
	tcase_add_test(t, valid_deflate_data);
	tcase_add_test(t, flushes_of_others);
	tcase_add_loop_test(t, marks_that_are_none, 0, 2);
	tcase_add_test(t, damage_and_threads);
	tcase_add_test(t, what_cannot_be_read_is_no_damage);
	return unit_main(t);
}
