#include "ship/shipment.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/stat.h>

#include "base/tree.h"
#include "set/manifest.h"
#include "set/space.h"
#include "set/sums.h"
#include "ship/digests.h"

int
shipment_check(const char *folder)
{
	struct digests *promised = NULL, *got = NULL;
	int rc;

	if ((rc = digests_promised(folder, true, &promised)) == 0 &&
	    (rc = digests_read(folder, &got)) == 0)
		rc = digests_hold(promised, got, folder, true);
	digests_free(promised);
	digests_free(got);
	return rc;
}

/* Send the files to ${at} and prove them there; try once more where they differ. */
static int
send_proven(struct far *f, const char *local, const char *at, const char *basis)
{
	int rc;

	if ((rc = f->kind->send(f, local, at, basis, FAR_FILES)) != 0)
		return rc;
	/* What gets its name later is proven with all that belongs to it. */
	if ((rc = f->kind->prove(f, local, at, f->renames)) != EX_DATAERR)
		return rc;
	warnx("%s: %s did not arrive as it was sent; once more", f->remote->text, at);
	if ((rc = f->kind->send(f, local, at, NULL, FAR_ANEW)) != 0)
		return rc;
	return f->kind->prove(f, local, at, f->renames);
}

/* SHA256SUMS, sent last, has come back in the mirror as it is here. */
static int
prove_sums(struct far *f, const char *local, const char *name)
{
	struct sums *here = NULL, *there = NULL;
	char *folder = NULL;
	int rc;

	if ((rc = far_look(f)) != 0)
		return rc;
	if (asprintf(&folder, "%s/%s", f->mirror, name) == -1) {
		warn("%s", name);
		far_seen(f);
		return EX_OSERR;
	}
	if ((rc = sums_read(local, &here)) == 0 && (rc = sums_read(folder, &there)) != 0)
		rc = EX_DATAERR;
	if (rc == 0 && strcmp(sums_digest(here), sums_digest(there)) != 0) {
		warnx("%s/%s/" SUMS_NAME ": other bytes than were sent", f->remote->text, name);
		rc = EX_DATAERR;
	}
	sums_free(here);
	sums_free(there);
	free(folder);
	far_seen(f);
	return rc;
}

/* Where ${name} is made before it has its name. */
static void
work_place(const char *name, char at[64])
{
	snprintf(at, 64, FAR_PARTIAL "/%s", basename(name));
}

/* SHA256SUMS, where it makes the set one. */
static int
send_sums(struct far *f, const char *local, const char *name)
{
	int rc;

	for (int tries = 2; tries > 0; tries--) {
		if ((rc = f->kind->send(f, local, name, NULL, FAR_SUMS)) != 0 ||
		    (rc = prove_sums(f, local, name)) != EX_DATAERR)
			return rc;
	}
	/* What is there now is not the set: nobody must take it for one. */
	(void)f->kind->drop(f, name);
	return rc;
}

int
shipment_send(struct far *f, const char *local, const char *name, const char *basis)
{
	char at[64];
	int rc;

	if (!f->renames) {
		rc = send_proven(f, local, name, basis);
		return rc == 0 ? send_sums(f, local, name) : rc;
	}
	work_place(name, at);
	rc = send_proven(f, local, at, basis);
	return rc == 0 ? f->kind->publish(f, name) : rc;
}

/* Beside what is damaged of it there where that can be. */
int
shipment_mend(struct far *f, const char *local, const char *name)
{
	char at[64];
	int rc;

	warnx("%s: %s is damaged there; sending it anew", f->remote->text, name);
	if (!f->renames) {
		/* File by file, each of which is replaced at once. */
		if ((rc = f->kind->send(f, local, name, NULL, FAR_ANEW)) != 0 ||
		    (rc = f->kind->send(f, local, name, NULL, FAR_SUMS)) != 0)
			return rc;
		return f->kind->prove(f, local, name, true);
	}
	work_place(name, at);
	if ((rc = send_proven(f, local, at, name)) != 0 || (rc = f->kind->drop(f, name)) != 0)
		return rc;
	return f->kind->publish(f, name);
}

/* Whether ${folder} has room for the set whose small texts lie in ${texts}. */
static int
has_room(const char *folder, const char *texts, const char *where)
{
	struct manifest *m = NULL;
	uint64_t room;
	int rc = EX_DATAERR;

	if (manifest_read(texts, &m) != 0)
		return rc;
	if (space_free(folder, &room) != 0) {
		warn("%s", folder);
		rc = EX_IOERR;
	} else if ((uint64_t)manifest_bytes(m) > room) {
		warnx("%s: no room in %s to read it back: %jd bytes, %ju are free", where,
		    folder, (intmax_t)manifest_bytes(m), (uintmax_t)room);
		rc = EX_CANTCREAT;
	} else
		rc = 0;
	manifest_free(m);
	return rc;
}

/* Hold ${name} there against the small texts of the mirror, by what is read from there. */
static int
read_back(struct far *f, const char *name)
{
	struct digests *promised = NULL, *got = NULL;
	char *texts = NULL, *back = NULL, *where = NULL;
	int rc = EX_OSERR;

	if (asprintf(&texts, "%s/%s", f->mirror, name) == -1 ||
	    asprintf(&back, "%s/back", f->state) == -1 ||
	    asprintf(&where, "%s/%s", f->remote->text, name) == -1) {
		warn("%s", name);
		goto out;
	}
	if (f->hashes || f->reads) {
		rc = f->kind->prove(f, texts, name, true);
		goto out;
	}
	if (tree_remove(back, true) != 0 || mkdir(back, 0700) != 0) {
		warn("%s", back);
		rc = EX_CANTCREAT;
		goto out;
	}
	if ((rc = has_room(back, texts, where)) == 0 &&
	    (rc = f->kind->fetch(f, name, back)) == 0 && (rc = digests_read(back, &got)) == 0 &&
	    (rc = digests_promised(texts, true, &promised)) == 0)
		rc = digests_hold(promised, got, where, true);
	(void)tree_remove(back, true);
out:
	digests_free(promised);
	digests_free(got);
	free(texts);
	free(back);
	free(where);
	return rc;
}

int
shipment_prove(struct far *f, const char *local, const char *name, bool *mend)
{
	int rc, here = 0;

	*mend = false;
	/* That two are the same proves nothing, unless one of them is right. */
	if (!f->hashes && !f->reads && (here = shipment_check(local)) != 0) {
		if (here != EX_DATAERR)
			return here;
		rc = read_back(f, name);
	} else
		rc = f->kind->prove(f, local, name, true);
	if (rc == EX_DATAERR && here == 0)
		here = shipment_check(local);
	if (here != 0 && (rc == 0 || rc == EX_DATAERR))
		warnx("%s: %s is %s", f->remote->text, name,
		    rc == 0 ? "damaged here, and whole there" : "damaged there, and here");
	*mend = rc == EX_DATAERR && here == 0;
	return rc;
}

int
shipment_reprove(struct far *f, const char *name)
{
	int rc = read_back(f, name);

	if (rc == EX_DATAERR)
		warnx("%s: %s is damaged there, and not here any more", f->remote->text, name);
	return rc;
}
