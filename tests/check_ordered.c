#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/ordered.h"
#include "base/sig.h"

#define RING 5

struct item {
	unsigned number, square;
};

static struct item ring[RING];
static void *items[RING];
static atomic_uint workers_seen; /* a bit for each */
static atomic_uint last_put;

static int
square(void *worker, void *item)
{
	struct item *i = item;
	unsigned *w = worker;

	/* Some take longer than those behind them. */
	if (i->number % 3 == 0)
		usleep(500);
	atomic_fetch_or(&workers_seen, 1U << *w);
	i->square = i->number * i->number;
	return 0;
}

static unsigned names[3] = {0, 1, 2};
static void *const contexts[3] = {&names[0], &names[1], &names[2]};

static struct ordered *
start(unsigned workers, unsigned readers, unsigned early)
{
	struct ordered_plan plan = {.items = items,
	    .count = RING,
	    .workers = workers,
	    .work = square,
	    .contexts = contexts,
	    .readers = readers,
	    .early = early};
	struct ordered *o;

	for (unsigned i = 0; i < RING; i++)
		items[i] = &ring[i];
	ck_assert_ptr_nonnull(o = ordered_start(&plan));
	return o;
}

/* A reader that holds everything against what was put. */
struct reader {
	struct ordered *o;
	unsigned number, count;
	bool worked, wrong;
};

static void *
read_all(void *ctx)
{
	struct reader *r = ctx;
	struct item *i;

	while ((i = ordered_next(r->o, r->number)) != NULL) {
		if (i->number != r->count || (r->worked && i->square != r->count * r->count))
			r->wrong = true;
		r->count++;
		if (r->count % 50 == r->number)
			usleep(1000);
		ordered_done(r->o, r->number);
	}
	return NULL;
}

static void
put(struct ordered *o, unsigned number)
{
	struct item *i = ordered_room(o);

	ck_assert_ptr_nonnull(i);
	i->number = number;
	i->square = 0;
	last_put = number;
	ordered_put(o);
}

/* ${_i}: how many workers.  One reader does not wait for them, two do. */
START_TEST(all_in_order)
{
	const unsigned counts[] = {0, 1, RING - 1, RING, RING + 1, 1000};
	struct reader readers[3];
	struct ordered *o;

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		o = start((unsigned)_i, 3, 1);
		for (unsigned r = 0; r < 3; r++) {
			readers[r] =
			    (struct reader){.o = o, .number = r, .worked = r > 0 && _i > 0};
			ck_assert_int_eq(ordered_thread(o, read_all, &readers[r]), 0);
		}
		for (unsigned i = 0; i < counts[c]; i++)
			put(o, i);
		ordered_end(o);
		ck_assert_int_eq(ordered_join(o), 0);
		for (unsigned r = 0; r < 3; r++) {
			ck_assert_uint_eq(readers[r].count, counts[c]);
			ck_assert(!readers[r].wrong);
		}
		ordered_free(o);
	}
	ck_assert_uint_eq(workers_seen, (1U << _i) - 1);
}
END_TEST

/* The ring is full as long as one reader has seen nothing. */
static atomic_bool let_go;

static void *
read_late(void *ctx)
{
	while (!let_go)
		usleep(1000);
	return read_all(ctx);
}

static void *
fill(void *ctx)
{
	for (unsigned i = 0; i < 2 * RING; i++)
		put(ctx, i);
	ordered_end(ctx);
	return NULL;
}

START_TEST(who_is_ahead_waits)
{
	struct ordered *o = start(2, 2, 0);
	struct reader fast = {.o = o, .number = 0}, slow = {.o = o, .number = 1};

	ck_assert_int_eq(ordered_thread(o, read_all, &fast), 0);
	ck_assert_int_eq(ordered_thread(o, read_late, &slow), 0);
	ck_assert_int_eq(ordered_thread(o, fill, o), 0);
	usleep(100000);
	ck_assert_uint_eq(last_put, RING - 1);
	let_go = true;
	ck_assert_int_eq(ordered_join(o), 0);
	ck_assert_uint_eq(slow.count, 2 * RING);
	ordered_free(o);
}
END_TEST

static int
fail_at_seven(void *worker, void *item)
{
	(void)worker;
	return ((struct item *)item)->number == 7 ? EX_DATAERR : 0;
}

START_TEST(a_failure_of_a_worker_stops_all)
{
	struct ordered_plan plan = {.items = items,
	    .count = RING,
	    .workers = 2,
	    .work = fail_at_seven,
	    .contexts = contexts,
	    .readers = 1};
	struct reader r = {.number = 0};
	struct ordered *o;
	struct item *i;
	unsigned n = 0;

	for (unsigned k = 0; k < RING; k++)
		items[k] = &ring[k];
	ck_assert_ptr_nonnull(o = r.o = ordered_start(&plan));
	ck_assert_int_eq(ordered_thread(o, read_all, &r), 0);
	while ((i = ordered_room(o)) != NULL) {
		i->number = n++;
		ordered_put(o);
	}
	ck_assert_int_eq(ordered_code(o), EX_DATAERR);
	ordered_fail(o, 1);
	ck_assert_int_eq(ordered_join(o), EX_DATAERR);
	ck_assert_uint_le(r.count, 7);
	ck_assert_uint_gt(n, 7);
	ordered_free(o);
}
END_TEST

/* A thread that waits for bytes which never come. */
static int nobody_writes[2];

static void *
read_for_ever(void *ctx)
{
	char byte;

	if (io_read_some(nobody_writes[0], &byte, 1) != -1 || errno != EINTR)
		abort();
	return ctx;
}

static void *
write_for_ever(void *ctx)
{
	static char much[1 << 20];

	if (io_write(nobody_writes[1], much, sizeof(much)) != -1 || errno != EINTR)
		abort();
	return ctx;
}

START_TEST(no_descriptor_keeps_a_thread)
{
	struct ordered *o = start(1, 1, 0);

	ck_assert_int_eq(pipe(nobody_writes), 0);
	ck_assert_int_eq(ordered_thread(o, _i == 0 ? read_for_ever : write_for_ever, o), 0);
	usleep(20000);
	ordered_fail(o, EX_IOERR);
	ck_assert_int_eq(ordered_join(o), EX_IOERR);
	ordered_free(o);
}
END_TEST

START_TEST(a_signal_stops_all)
{
	struct ordered *o;

	sig_setup();
	ck_assert_int_eq(pipe(nobody_writes), 0);
	o = start(2, 1, 0);
	ck_assert_int_eq(ordered_thread(o, write_for_ever, o), 0);
	for (unsigned i = 0; i < RING; i++)
		put(o, i);
	raise(SIGTERM);
	ck_assert_ptr_null(ordered_room(o));
	ordered_end(o);
	ck_assert_int_eq(ordered_join(o), 1);
	ordered_free(o);
}
END_TEST

START_TEST(given_up_in_the_middle)
{
	struct ordered *o = start(3, 1, 0);
	struct reader r = {.o = o};

	ck_assert_int_eq(ordered_thread(o, read_all, &r), 0);
	put(o, 0);
	put(o, 1);
	ordered_free(o);
	ordered_free(NULL);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("ordered");

	tcase_add_loop_test(t, all_in_order, 0, 4);
	tcase_add_test(t, who_is_ahead_waits);
	tcase_add_test(t, a_failure_of_a_worker_stops_all);
	tcase_add_loop_test(t, no_descriptor_keeps_a_thread, 0, 2);
	tcase_add_test(t, a_signal_stops_all);
	tcase_add_test(t, given_up_in_the_middle);
	return unit_main(t);
}
