#include "recover/intoplace.h"

#include <err.h>
#include <fcntl.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/sig.h"
#include "prove/carry.h"

/* Copy what the new tree lacks from the old one. */
static int
carry(const struct intoplace *x)
{
	struct carry c = {.from = place_path(x->place),
	    .to = x->fd,
	    .names = x->carry,
	    .special = x->special,
	    .quiet = x->quiet};
	int fd = -1, rc;

	if (x->top != NULL) {
		fd = openat(x->fd, x->top, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1) {
			warn("%s", x->top);
			return EX_CANTCREAT;
		}
		c.to = fd;
	}
	rc = carry_over(&c);
	(void)io_close(&fd);
	return rc;
}

int
intoplace_run(const struct intoplace *x, const char **kept)
{
	int rc = 0, again;

	*kept = NULL;
	if (place_exists(x->place) && x->carry != NULL && x->carry[0] != NULL)
		rc = carry(x);
	if (rc == 0)
		rc = place_sync(x->place);
	if (rc == 0 && sig_stop() != 0)
		rc = 1;
	if (rc == 0)
		rc = units_stop(x->units);
	if (rc != 0)
		return rc;
	rc = place_commit(x->place, x->top, kept);
	again = units_start(x->units);
	return rc != 0 ? rc : again;
}
