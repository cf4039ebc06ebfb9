#include "unit.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/progress.h"
#include "base/sig.h"

/* Let so much time pass that a line is drawn again. */
static void
pass(void)
{
	const struct timespec t = {.tv_nsec = 300 * 1000 * 1000};

	nanosleep(&t, NULL);
}

/*
 * Run ${act} with a terminal of ${columns} as its stderr, in the foreground of it; return what
 * came to the screen.
 */
static const char *
screen(unsigned short columns, void (*act)(void))
{
	static char text[16384];
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	size_t used = 0;
	ssize_t n;
	pid_t pid;
	int fd;

	if ((pid = forkpty(&fd, NULL, NULL, &size)) == 0) {
		act();
		_exit(0);
	}
	ck_assert_int_ne(pid, -1);
	/* At the end of the last user Linux says EIO. */
	while (
	    used < sizeof(text) - 1 && (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fd);
	ck_assert_int_eq(unit_wait(pid), 0);
	return text;
}

START_TEST(nothing_off_a_terminal)
{
	struct progress *p;

	unit_catch();
	p = progress_start("name", 100, false);
	progress_add(p, 10);
	pass();
	progress_note(p, "note");
	progress_add(p, 10);
	progress_end(p);
	ck_assert_str_eq(unit_caught(), "");
	progress_add(NULL, 1);
	progress_note(NULL, "x");
	progress_end(NULL);
}
END_TEST

START_TEST(a_line_on_request)
{
	struct progress *p;
	const char *text;

	sig_setup();
	unit_catch();
	p = progress_start("name", 0, true);
	progress_add(p, 1536);
	raise(SIGUSR1);
	progress_add(p, 0);
	progress_add(p, 0);
	progress_end(p);
	text = unit_caught();
	ck_assert_int_eq(strncmp(text, "name: 1.5 KiB, ", 15), 0);
	ck_assert_str_eq(strchr(text, '/'), "/s\n");
	unit_catch();
	p = progress_start("name", 4096, true);
	progress_note(p, "t, 3 of 12 tables");
	raise(SIGUSR1);
	progress_add(p, 1024);
	progress_end(p);
	text = unit_caught();
	ck_assert_int_eq(
	    strncmp(text, "name: 1.0 KiB of 4.0 KiB [#####---------------] 25 %, ", 54), 0);
	ck_assert_ptr_nonnull(strstr(text, " left, "));
	ck_assert_str_eq(strstr(text, "/s, "), "/s, t, 3 of 12 tables\n");
	/* More than the total is told without it. */
	unit_catch();
	p = progress_start("name", 10, true);
	raise(SIGUSR1);
	progress_add(p, 11);
	progress_end(p);
	ck_assert_int_eq(strncmp(unit_caught(), "name: 11 B, ", 12), 0);
}
END_TEST

static void
draw_and_wipe(void)
{
	struct progress *p = progress_start("name", 1 << 20, false);

	pass();
	progress_add(p, 1 << 19);
	progress_end(p);
}

START_TEST(drawn_and_wiped)
{
	const char *text = screen(200, draw_and_wipe), *end;
	size_t len;

	ck_assert_int_eq(
	    strncmp(text, "\rname: 512 KiB of 1.0 MiB [##########----------] 50 %, ", 55), 0);
	ck_assert_ptr_null(strchr(text, '\n'));
	/* Then as many spaces, and back. */
	ck_assert_ptr_nonnull(end = strchr(text + 1, '\r'));
	len = (size_t)(end - text - 1);
	ck_assert_uint_eq(strspn(end + 1, " "), len);
	ck_assert_str_eq(end + 1 + len, "\r");
}
END_TEST

static void
quiet(void)
{
	struct progress *p = progress_start("name", 0, true);

	pass();
	progress_add(p, 1);
	progress_end(p);
}

static void
background(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		draw_and_wipe();
		_exit(0);
	}
	if (unit_wait(pid) != 0)
		_exit(1);
}

START_TEST(not_drawn)
{
	ck_assert_str_eq(screen(80, quiet), "");
	ck_assert_str_eq(screen(80, background), "");
}
END_TEST

/* Two on one terminal, as dump and pack are: the second draws when the first has ended. */
static void
two_filters(void)
{
	struct progress *first = progress_start("first", 0, false);
	struct progress *second = progress_start("second", 0, false);

	pass();
	progress_add(first, 1);
	progress_add(second, 1);
	progress_end(first);
	pass();
	progress_add(second, 1);
	progress_end(second);
}

START_TEST(one_at_a_time)
{
	const char *text = screen(80, two_filters), *second = strstr(text, "second");

	ck_assert_int_eq(strncmp(text, "\rfirst: 1 B, ", 13), 0);
	ck_assert_ptr_nonnull(second);
	ck_assert_int_eq(strncmp(second, "second: 2 B, ", 13), 0);
	ck_assert_ptr_null(strstr(second, "first"));
}
END_TEST

static void
hostile_names(void)
{
	struct progress *p = progress_start("a\x1b[2J\n\xc2\x9b\xff\xc3\xa9z", 0, false);

	progress_note(p, "\rnote\x7f");
	pass();
	progress_add(p, 1);
	progress_end(p);
}

START_TEST(names_do_not_steer)
{
	const char *text = screen(80, hostile_names);

	ck_assert_int_eq(strncmp(text, "\ra?[2J????\xc3\xa9z: 1 B, ", 19), 0);
	ck_assert_ptr_nonnull(strstr(text, "/s, ?note?"));
}
END_TEST

static void
long_name(void)
{
	char name[2001];
	struct progress *p;
	size_t i;

	for (i = 0; i < sizeof(name) - 1; i += 2)
		memcpy(name + i, "\xc3\xa9", 2);
	name[sizeof(name) - 1] = '\0';
	p = progress_start(name, 0, false);
	progress_note(p, name);
	pass();
	progress_add(p, 1);
	progress_end(p);
}

/* A line as wide as the terminal would wrap. */
START_TEST(within_the_line)
{
	const char *text = screen(20, long_name);
	size_t i;

	ck_assert_int_eq(text[0], '\r');
	for (i = 0; i < 19; i++)
		ck_assert_mem_eq(text + 1 + 2 * i, "\xc3\xa9", 2);
	ck_assert_int_eq(text[1 + 2 * 19], '\r');
	/* A terminal that does not know its width has 80 columns. */
	text = screen(0, long_name);
	ck_assert_uint_eq(strspn(strchr(text + 1, '\r') + 1, " "), 79);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("progress");

	tcase_add_test(t, nothing_off_a_terminal);
	tcase_add_test(t, a_line_on_request);
	tcase_add_test(t, drawn_and_wiped);
	tcase_add_test(t, not_drawn);
	tcase_add_test(t, one_at_a_time);
	tcase_add_test(t, names_do_not_steer);
	tcase_add_test(t, within_the_line);
	return unit_main(t);
}
