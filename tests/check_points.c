#include "gz/points.h"

#include <fcntl.h>

#include "gz/output.h"
#include "gz/reader.h"
#include "gz/writer.h"
#include "gz_data.h"
#include "unit.h"

#define PLAIN ((size_t)12 << 20)

/* Bytes that compress well, badly and not at all, by turns. */
static uint8_t *
make_plain(void)
{
	uint8_t *all = make_rows(PLAIN, 1), *noise = make_noise(1 << 20, 2);

	memcpy(all + (2 << 20), noise, 1 << 20);
	memset(all + (4 << 20), 'x', 1 << 20);
	free(noise);
	return all;
}

/* A file as gzip makes it, with a flush every ${flush} bytes (0: none). */
static size_t
foreign(const uint8_t *in, size_t len, size_t flush, uint8_t *out, size_t room)
{
	z_stream z = {0};

	ck_assert_int_eq(
	    deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.next_out = out;
	z.avail_out = (uInt)room;
	for (size_t done = 0; flush > 0 && done + flush < len; done += flush) {
		z.avail_in = (uInt)flush;
		ck_assert_int_eq(deflate(&z, Z_SYNC_FLUSH), Z_OK);
	}
	z.avail_in = (uInt)(len - z.total_in);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static int
own(const uint8_t *in, size_t len)
{
	const char *name = "packed";
	const struct gz_writer_options options = {.level = 2};
	struct gz_writer *w;
	struct output *o;
	int fd;

	ck_assert_int_eq(output_open(name, false, &o), 0);
	ck_assert_int_eq(gz_writer_open(o, &options, NULL, &w), 0);
	ck_assert_int_eq(gz_writer_add(w, in, len), 0);
	ck_assert_int_eq(gz_writer_end(w), 0);
	gz_writer_free(w);
	ck_assert_int_eq(output_commit(o), 0);
	ck_assert_int_ne(fd = open(name, O_RDONLY | O_CLOEXEC), -1);
	unlink(name);
	return fd;
}

/* Read ${r} to its end: it is ${plain}, and what stands behind that is right, too. */
static void
read_all(struct gz_reader *r, const uint8_t *plain, size_t len)
{
	static uint8_t buf[65536];
	size_t done = 0;
	ssize_t got;

	while ((got = gz_reader_read(r, buf, sizeof(buf))) > 0) {
		ck_assert_uint_le((size_t)got, len - done);
		ck_assert_mem_eq(buf, plain + done, (size_t)got);
		done += (size_t)got;
	}
	ck_assert_msg(got == 0, "%s", gz_reader_error(r));
	ck_assert_uint_eq(done, len);
	gz_reader_free(r);
}

/* Learn the points of ${fd} with ${jobs} threads, and begin at each with none and with some. */
static void
begin_everywhere(int fd, const uint8_t *plain, size_t len, unsigned jobs)
{
	struct gz_points points = {0};
	struct gz_reader_options o = {.jobs = jobs, .points = &points};
	const struct gz_point *p;
	struct gz_reader *r;

	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_ptr_nonnull(r = gz_reader_open(fd, &o));
	read_all(r, plain, len);
	ck_assert_uint_ge(points.len, len / (4 << 20));
	o.points = NULL;
	for (size_t i = 0; i < points.len; i += 3) {
		p = &points.items[i];
		ck_assert(i == 0 || p->plain >= points.items[i - 1].plain + points.apart);
		ck_assert_ptr_eq(gz_points_before(&points, p->plain), p);
		for (o.jobs = 0; o.jobs < 3; o.jobs += 2) {
			ck_assert_ptr_nonnull(r = gz_reader_resume(fd, &o, p));
			read_all(r, plain + p->plain, len - (size_t)p->plain);
		}
	}
	gz_points_free(&points);
}

START_TEST(own_files)
{
	uint8_t *plain = make_plain();
	int fd = own(plain, PLAIN);

	begin_everywhere(fd, plain, PLAIN, (unsigned)_i);
	close(fd);
	free(plain);
}
END_TEST

/* With none and many flushes, and of two members. */
START_TEST(files_of_others)
{
	static const size_t flushes[] = {0, 777, 100000};
	const size_t room = PLAIN + PLAIN / 8, half = PLAIN / 2;
	uint8_t *plain = make_plain(), *packed = malloc(room);
	size_t len;
	int fd;

	ck_assert_ptr_nonnull(packed);
	for (size_t i = 0; i < 3; i++) {
		len = foreign(plain, PLAIN, flushes[i], packed, room);
		fd = make_file(packed, len);
		begin_everywhere(fd, plain, PLAIN, (unsigned)_i);
		close(fd);
		len = foreign(plain, half, flushes[i], packed, room);
		len += foreign(plain + half, half, 0, packed + len, room - len);
		fd = make_file(packed, len);
		begin_everywhere(fd, plain, PLAIN, (unsigned)_i);
		close(fd);
	}
	free(packed);
	free(plain);
}
END_TEST

START_TEST(few_are_kept)
{
	uint8_t window[3] = {1, 2, 3};
	struct gz_points points = {0};
	struct gz_point p = {.window = window, .window_length = 3};
	const uint64_t n = 5000;

	ck_assert_ptr_null(gz_points_before(&points, 5));
	for (p.plain = 0; p.plain < n << 20; p.plain += 1 << 20) {
		p.packed = p.plain / 4;
		if (gz_points_want(&points, p.plain))
			ck_assert_int_eq(gz_points_add(&points, &p), 0);
	}
	ck_assert_uint_le(points.len, GZ_POINTS);
	ck_assert_uint_eq(points.apart, 16 << 20);
	for (uint64_t at = 0; at < n << 20; at += 12345678) {
		const struct gz_point *before = gz_points_before(&points, at);

		ck_assert_uint_le(before->plain, at);
		ck_assert_uint_lt(at - before->plain, points.apart);
		ck_assert_uint_eq(before->packed, before->plain / 4);
		ck_assert_mem_eq(before->window, window, 3);
	}
	gz_points_free(&points);
	ck_assert_uint_eq(points.len, 0);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("points");

	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, own_files, 0, 3);
	tcase_add_loop_test(t, files_of_others, 0, 3);
	tcase_add_test(t, few_are_kept);
	return unit_main(t);
}
