#ifndef NOTIFY_NOTICE_H
#define NOTIFY_NOTICE_H

#include "notify/incident.h"

/*
 * One thing that somebody is to be told of an incident.
 */
enum notice_kind {
	NOTICE_OPEN,   /* something is wrong */
	NOTICE_REMIND, /* it still is */
	NOTICE_CLIMB,  /* and nobody said that they know: this one is told too */
	NOTICE_EASED,  /* it works again, with a warning */
	NOTICE_CLOSED, /* it is over */
};

struct notice {
	const struct incident *incident;
	enum notice_kind kind;
};

#endif
