#include "stopping.h"

int
stopping_stop(void *s)
{
	const struct stopping *t = s;

	return units_stop(t->units);
}

int
stopping_start(void *s)
{
	struct stopping *t = s;
	int rc = units_start(t->units);

	if (rc == 0)
		stopping_settle(t);
	return rc;
}

void
stopping_settle(struct stopping *s)
{
	if (!s->settled)
		(void)units_settle(s->config);
	s->settled = true;
}
