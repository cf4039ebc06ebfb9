/*
 * tests/proxy.c: a bad line for scenarios.  `proxy [--for SECONDS] [--count FILE] LISTEN_PORT
 * TARGET_PORT MODE [N]` takes connections on 127.0.0.1:LISTEN_PORT (0: a free one, printed as the
 * first line of stdout) and passes them on to 127.0.0.1:TARGET_PORT:
 *
 *   count           untouched
 *   cut N           a connection is reset on both sides once N bytes went from client to server
 *   cut-back N      … from server to client        cut-both N     … in both directions together
 *   cut-total N     N bytes of all connections together; once, what comes later is untouched
 *   cut-total-back N
 *   flip N          one bit of the Nth byte from client to server, of all connections together, is
 *                   turned (the first byte is 1); once
 *   flip-back N     … from server to client
 *   slow N          N bytes a second in each direction, all connections together
 *   stall N         after N bytes from client to server nothing moves any more in this connection,
 *   stall-back N    but it stays open
 *   refuse          nobody listens, and nobody else gets the port
 *
 * --count FILE holds, at every moment, `to BYTES back BYTES connections COUNT open COUNT`: bytes
 * that came from clients and from the server.  SIGTERM ends it with 0, and so do --for SECONDS
 * (600), so that a test that was killed leaves nothing behind.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 256

enum { TO, BACK }; /* from client to server, from server to client; fd[TO] is the client */

enum what { PASS, CUT, FLIP, SLOW, STALL, REFUSE };

static const struct mode {
	const char *name;
	enum what what;
	bool counts[2]; /* which directions N is about */
	bool total;     /* N is about all connections together, and happens once */
} modes[] = {
    {"count", PASS, {false, false}, false},
    {"cut", CUT, {true, false}, false},
    {"cut-back", CUT, {false, true}, false},
    {"cut-both", CUT, {true, true}, false},
    {"cut-total", CUT, {true, false}, true},
    {"cut-total-back", CUT, {false, true}, true},
    {"flip", FLIP, {true, false}, true},
    {"flip-back", FLIP, {false, true}, true},
    {"slow", SLOW, {true, true}, true},
    {"stall", STALL, {true, false}, false},
    {"stall-back", STALL, {false, true}, false},
    {"refuse", REFUSE, {false, false}, false},
};

/* A direction: what was read from fd[way] and is not yet written to fd[!way]. */
struct half {
	uint8_t buf[65536];
	size_t off, len;
	uint64_t passed; /* bytes read in all */
	bool ended;      /* the end was read */
	bool told;       /* and passed on */
};

struct conn {
	int fd[2];
	struct half half[2];
	bool connecting;
	int64_t reached; /* when N was reached, or 0: since then nothing is read */
};

static struct {
	const struct mode *mode;
	uint64_t n;
	uint64_t passed[2]; /* of all connections */
	bool happened;      /* what is to happen once */
	int64_t allowed[2]; /* slow: bytes that may be read now */
	int64_t filled;     /* when that was last filled up, in microseconds */
	int count;          /* the file of --count, or -1 */
	unsigned connections, open;
	struct conn *conn[CONNECTIONS];
} proxy;

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One write of a fixed length: who reads the file meanwhile sees one state or the other. */
static void
record(void)
{
	char line[128];
	int len = snprintf(line, sizeof(line),
	    "to %-20ju back %-20ju connections %-10u open %-4u\n", (uintmax_t)proxy.passed[TO],
	    (uintmax_t)proxy.passed[BACK], proxy.connections, proxy.open);

	if (proxy.count != -1 && pwrite(proxy.count, line, (size_t)len, 0) != len)
		err(1, "write the counts");
}

static void
hang_up(struct conn **slot, bool hard)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	for (int side = 0; side < 2; side++) {
		if (hard)
			setsockopt(
			    (*slot)->fd[side], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close((*slot)->fd[side]);
	}
	free(*slot);
	*slot = NULL;
	proxy.open--;
	record();
}

/* How many bytes of this direction may be read before N is reached. */
static uint64_t
until_n(const struct conn *c, int way)
{
	uint64_t passed = 0;

	if (!proxy.mode->counts[way] || proxy.happened)
		return UINT64_MAX;
	for (int w = 0; w < 2; w++)
		if (proxy.mode->counts[w])
			passed += proxy.mode->total ? proxy.passed[w] : c->half[w].passed;
	return passed < proxy.n ? proxy.n - passed : 0;
}

/* How many bytes of this direction may be read now. */
static size_t
may_read(const struct conn *c, int way)
{
	const struct half *h = &c->half[way];
	uint64_t may = h->len == 0 && !h->ended ? sizeof(h->buf) : 0;

	if (c->connecting || c->reached != 0)
		return 0;
	if ((proxy.mode->what == CUT || proxy.mode->what == STALL) && until_n(c, way) < may)
		may = until_n(c, way);
	if (proxy.mode->what == SLOW && proxy.allowed[way] < (int64_t)may)
		may = proxy.allowed[way] > 0 ? (uint64_t)proxy.allowed[way] : 0;
	return (size_t)may;
}

/* Return -1 where the connection is broken. */
static int
read_half(struct conn *c, int way)
{
	struct half *h = &c->half[way];
	ssize_t got;

	if ((got = read(c->fd[way], h->buf, may_read(c, way))) == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (got == 0) {
		h->ended = true;
		return 0;
	}
	if (proxy.mode->what == FLIP && until_n(c, way) <= (uint64_t)got) {
		h->buf[until_n(c, way) - 1] ^= 0x10;
		proxy.happened = true;
	}
	h->off = 0;
	h->len = (size_t)got;
	h->passed += (uint64_t)got;
	proxy.passed[way] += (uint64_t)got;
	proxy.allowed[way] -= got;
	record();
	return 0;
}

static int
write_half(struct conn *c, int way)
{
	struct half *h = &c->half[way];
	ssize_t got;

	if (h->len > 0) {
		if ((got = write(c->fd[!way], h->buf + h->off, h->len)) == -1)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		h->off += (size_t)got;
		h->len -= (size_t)got;
	}
	if (h->len == 0 && h->ended && !h->told) {
		shutdown(c->fd[!way], SHUT_WR);
		h->told = true;
	}
	return 0;
}

/* What was read until N is on its way first: a reset takes along what the kernel still holds. */
static bool
passed_on(const struct conn *c)
{
	int held = 0;

	for (int way = 0; way < 2; way++)
		if (c->half[way].len > 0 ||
		    (ioctl(c->fd[!way], SIOCOUTQ, &held) == 0 && held > 0))
			return false;
	return true;
}

/* Return true where N is reached in this connection, by what it just read. */
static bool
reaches_n(const struct conn *c)
{
	return (proxy.mode->what == CUT || proxy.mode->what == STALL) &&
	       (until_n(c, TO) == 0 || until_n(c, BACK) == 0);
}

/* After poll said ${revents} about both sides. */
static void
serve(struct conn **slot, const struct pollfd *p)
{
	struct conn *c = *slot;
	bool broken = false, cut;

	if (c->connecting && p[BACK].revents != 0) {
		int problem = 0;
		socklen_t len = sizeof(problem);

		getsockopt(c->fd[BACK], SOL_SOCKET, SO_ERROR, &problem, &len);
		c->connecting = false;
		broken = problem != 0;
	}
	for (int way = 0; way < 2 && !broken; way++) {
		if ((p[way].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
		    may_read(c, way) > 0)
			broken = read_half(c, way) != 0;
		if (!broken && !c->connecting)
			broken = write_half(c, way) != 0;
		broken = broken || (p[way].revents & POLLERR) != 0;
	}
	if (!broken && !c->connecting && c->reached == 0 && reaches_n(c)) {
		c->reached = now();
		proxy.happened = proxy.mode->total;
	}
	/* A peer that does not read for a second loses what was meant for it. */
	cut = proxy.mode->what == CUT && c->reached != 0 &&
	      (passed_on(c) || now() > c->reached + 1000000);
	if (broken || cut)
		hang_up(slot, true);
	else if (c->half[TO].told && c->half[BACK].told)
		hang_up(slot, false);
}

/*
 * The kernel takes megabytes on its own account while the line stands still, which hides from
 * the sender that it does: a small buffer lets it know soon.
 */
static void
small_buffer(int fd)
{
	int bytes = 65536;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) == -1)
		err(1, "SO_RCVBUF");
}

static void
take(int listener, in_port_t target)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = target};
	struct conn *c, **slot = NULL;

	for (int i = 0; i < CONNECTIONS && slot == NULL; i++)
		if (proxy.conn[i] == NULL)
			slot = &proxy.conn[i];
	if (slot == NULL || (c = calloc(1, sizeof(*c))) == NULL)
		errx(1, "more than %d connections", CONNECTIONS);
	if ((c->fd[TO] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) == -1) {
		free(c);
		return;
	}
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((c->fd[BACK] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) ==
	    -1)
		err(1, "socket");
	small_buffer(c->fd[BACK]);
	/* An error is found when poll says that it has ended. */
	c->connecting = true;
	(void)connect(c->fd[BACK], (const struct sockaddr *)&a, sizeof(a));
	*slot = c;
	proxy.connections++;
	proxy.open++;
	record();
}

static int
listen_on(uint64_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Two who are willing to share may both have a port on which nobody listens. */
	int share = proxy.mode->what != REFUSE;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1)
		err(1, "socket");
	small_buffer(fd); /* those that it takes inherit it */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &share, sizeof(share)) == -1 ||
	    bind(fd, (const struct sockaddr *)&a, sizeof(a)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1 ||
	    (proxy.mode->what != REFUSE && listen(fd, 64) == -1))
		err(1, "port %ju", (uintmax_t)port);
	printf("%u\n", ntohs(a.sin_port));
	if (fflush(stdout) != 0)
		err(1, "write stdout");
	return fd;
}

/* What was not used is not saved up for more than a twentieth of a second. */
static void
fill_up(void)
{
	int64_t t = now(), most = (int64_t)proxy.n / 20 + 1;
	int64_t more = (t - proxy.filled) * (int64_t)proxy.n / 1000000;

	if (more == 0)
		return;
	for (int way = 0; way < 2; way++)
		if ((proxy.allowed[way] += more) > most)
			proxy.allowed[way] = most;
	proxy.filled = t;
}

/* Fill ${p} with a listener and both sides of each connection; return for how long to poll. */
static int
prepare(struct pollfd *p, int listener)
{
	int wait = 200;

	p[0] =
	    (struct pollfd){.fd = proxy.mode->what == REFUSE ? -1 : listener, .events = POLLIN};
	if (proxy.mode->what == SLOW)
		fill_up();
	for (int i = 0; i < CONNECTIONS; i++) {
		struct conn *c = proxy.conn[i];

		for (int way = 0; way < 2; way++) {
			struct pollfd *q = &p[1 + 2 * i + way];

			*q = (struct pollfd){.fd = -1};
			if (c == NULL)
				continue;
			if (may_read(c, way) > 0)
				q->events |= POLLIN;
			if (c->half[!way].len > 0 || (c->connecting && way == BACK))
				q->events |= POLLOUT;
			if (q->events != 0)
				q->fd = c->fd[way];
			if (proxy.mode->what == SLOW ||
			    (proxy.mode->what == CUT && c->reached != 0))
				wait = 5;
		}
	}
	return wait;
}

static uint64_t
number(const char *text, uint64_t most)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || n > most)
		errx(64, "%s: not a number up to %ju", text, (uintmax_t)most);
	return n;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"for", required_argument, NULL, 'f'},
	    {"count", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0}};
	struct pollfd p[1 + 2 * CONNECTIONS];
	struct sigaction act = {.sa_handler = on_signal};
	uint64_t seconds = 600;
	in_port_t target;
	int64_t end;
	int listener, opt;

	proxy.count = -1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'f')
			seconds = number(optarg, 86400);
		else if (opt != 'c')
			return 64;
		else if ((proxy.count = open(optarg, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) ==
			 -1)
			err(1, "%s", optarg);
	}
	argc -= optind;
	argv += optind;
	for (size_t i = 0; argc >= 3 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[2], modes[i].name) == 0)
			proxy.mode = &modes[i];
	if (proxy.mode == NULL ||
	    argc != (proxy.mode->what == PASS || proxy.mode->what == REFUSE ? 3 : 4))
		errx(64, "usage: proxy [--for SECONDS] [--count FILE] LISTEN_PORT TARGET_PORT "
			 "count|cut[-total][-back]|cut-both|flip[-back]|slow|stall[-back]|"
			 "refuse [N]");
	target = htons((in_port_t)number(argv[1], UINT16_MAX));
	if (argc == 4)
		proxy.n = number(argv[3], UINT64_C(1) << 40);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	record();
	listener = listen_on(number(argv[0], UINT16_MAX));
	end = now() + (int64_t)seconds * 1000000;
	proxy.filled = now();
	while (!stop && now() < end) {
		if (poll(p, 1 + 2 * CONNECTIONS, prepare(p, listener)) == -1) {
			if (errno != EINTR)
				err(1, "poll");
			continue;
		}
		for (int i = 0; i < CONNECTIONS; i++)
			if (proxy.conn[i] != NULL)
				serve(&proxy.conn[i], &p[1 + 2 * i]);
		if ((p[0].revents & POLLIN) != 0)
			take(listener, target);
	}
	for (int i = 0; i < CONNECTIONS; i++)
		if (proxy.conn[i] != NULL)
			hang_up(&proxy.conn[i], true);
	close(listener);
	return 0;
}
