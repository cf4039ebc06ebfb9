#include "prove/packnote.h"

#include <err.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/notes.h"
#include "base/num.h"

int
packnote_add(
    const struct gz_totals *t, const struct endmark *endmark, const struct account *account)
{
	json_t *n;

	if (!notes_wanted())
		return 0;
	n = json_pack("{ss sI ss sI ss}", "tool", "siantre-pack", "bytes",
	    (json_int_t)t->packed, "sha256", t->packed_sha256, "plain_bytes",
	    (json_int_t)t->plain, "plain_sha256", t->plain_sha256);
	if (n != NULL && endmark != NULL)
		json_object_set_new(n, "dump", json_string(endmark_digest(endmark)));
	if (n != NULL && account != NULL && account_note(account, n) == -1) {
		json_decref(n);
		return EX_OSERR;
	}
	return notes_add(n) == 0 ? 0 : EX_IOERR;
}

void
packnote_say(const char *what, const struct gz_totals *t)
{
	char packed[16], plain[16];

	num_human(packed, sizeof(packed), t->packed);
	num_human(plain, sizeof(plain), t->plain);
	warnx("%s: %s packed, %s plain (%.1f %%)", what, packed, plain,
	    t->plain > 0 ? 100.0 * (double)t->packed / (double)t->plain : 100.0);
}
