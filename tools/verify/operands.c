#include "operands.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/event.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/sig.h"
#include "base/worker.h"
#include "proofs.h"
#include "prove/audit.h"
#include "prove/crew.h"
#include "set/decrypt.h"

/* A file or a set. */
struct operand {
	const char *path;
	struct audit *audit; /* of a set; NULL for a file */
	bool set;
	int code;           /* where it could not be looked at */
	struct proof proof; /* of a file */
	struct proof inner; /* of what is in it, where inner_name is not NULL */
	char *inner_name;
};

/* Say why the operand cannot be looked at. */
static void
refuse(struct operand *op)
{
	warn("%s", op->path);
	strlcpy(op->proof.message, strerror(errno), sizeof(op->proof.message));
	op->code = op->proof.code = errno == ENOENT || errno == EACCES ? 1 : io_read_exit();
}

/* See what the operand is; add to ${*total} the bytes that its proof will read. */
static void
look_at(struct operand *op, const char *path, const struct prove_options *o, uint64_t *total)
{
	struct stat st;

	op->path = path;
	if (stat(path, &st) != 0) {
		refuse(op);
	} else if (S_ISDIR(st.st_mode)) {
		op->set = true;
		op->code = audit_open(path, o, &op->audit);
		*total += op->audit != NULL ? audit_bytes(op->audit) : 0;
	} else {
		*total += (uint64_t)st.st_size * (o->level == PROVE_STRUCTURE ? 2 : 1);
	}
}

static void
add_file(struct operand *op, struct crew *crew, const struct prove_options *o)
{
	int fd = open(op->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		refuse(op);
	else
		crew_add(crew, fd, op->path, o, &op->proof);
	io_close(&fd);
}

/* What age encrypted into a file, where somebody has the key. */
static void
add_inner(struct operand *op, struct crew *crew, const struct prove_options *o)
{
	int fd;

	if (o->identity == NULL || op->code != 0 || op->proof.code != 0 ||
	    op->proof.kind != KIND_AGE)
		return;
	fd = open(op->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		refuse(op);
	else if ((op->inner_name = decrypt_name(op->path)) == NULL)
		op->code = EX_OSERR;
	else
		crew_add_inner(crew, fd, op->path, op->inner_name, false, o, &op->inner);
	io_close(&fd);
}

static const struct proof *
inner_of(const struct operand *op)
{
	return op->inner_name != NULL ? &op->inner : NULL;
}

/* The last look, and the result. */
static int
tell(struct operand *op, const struct operands_told *t, json_t *reports)
{
	struct audit *a = op->audit;
	int rc = op->code;

	if (a != NULL) {
		rc = audit_end(a);
		if (t->record && sig_stop() == 0)
			rc = audit_worse(rc, audit_record(a));
	} else if (!op->set && rc == 0) {
		rc = op->proof.code != 0 || op->inner_name == NULL ? op->proof.code
								   : op->inner.code;
	}
	if (t->json)
		json_array_append_new(
		    reports, op->set ? proofs_json_set(op->path, a, rc)
				     : proofs_json_file(op->path, &op->proof, inner_of(op)));
	else if (!t->quiet && op->set)
		proofs_print_set(op->path, a, rc, t->verbose);
	else if (!t->quiet && op->code == 0)
		proofs_print_file(op->path, &op->proof, inner_of(op));
	return rc;
}

static int
print_reports(const json_t *reports, const struct prove_options *o, int rc)
{
	char now[24];
	json_t *root;
	int printed = -1;

	root = json_pack("{s:i,s:s,s:s,s:s,s:O}", "format", 1, "time", event_now(now), "level",
	    o->level == PROVE_STRUCTURE ? "structure" : "checksum", "result",
	    rc == 0 ? "ok" : "fail", "operands", reports);
	if (root != NULL)
		printed = json_dumpf(root, stdout, JSON_INDENT(1));
	json_decref(root);
	putchar('\n');
	return printed == 0 ? rc : io_write_exit();
}

int
operands_prove(char *const *paths, size_t n, const struct prove_options *o, unsigned jobs,
    const struct operands_told *t)
{
	struct operand *ops = calloc(n, sizeof(*ops));
	struct prove_options mine = *o;
	struct progress *progress = NULL;
	json_t *reports = json_array();
	struct crew *crew = NULL;
	uint64_t total = 0;
	int rc = EX_OSERR;

	if (ops == NULL || reports == NULL) {
		warn("%s", paths[0]);
		n = 0;
		goto out;
	}
	/* A file alone has all threads for itself; of several each has one. */
	mine.jobs = n == 1 ? jobs : 1;
	for (size_t i = 0; i < n && sig_stop() == 0; i++)
		look_at(&ops[i], paths[i], &mine, &total);
	progress = progress_start(n == 1 ? paths[0] : "siantre-verify", total, t->quiet);
	if ((crew = crew_new(jobs, progress)) == NULL)
		goto out;
	for (size_t i = 0; i < n && sig_stop() == 0; i++)
		if (ops[i].audit != NULL)
			audit_add(ops[i].audit, crew, AUDIT_INDEXES);
	crew_wait(crew);
	for (size_t i = 0; i < n && sig_stop() == 0; i++)
		if (ops[i].audit != NULL)
			audit_add(ops[i].audit, crew, AUDIT_FILES);
		else if (ops[i].code == 0)
			add_file(&ops[i], crew, &mine);
	crew_wait(crew);
	for (size_t i = 0; i < n && sig_stop() == 0; i++)
		if (ops[i].audit != NULL)
			audit_add(ops[i].audit, crew, AUDIT_INNER);
		else
			add_inner(&ops[i], crew, &mine);
	crew_wait(crew);
out:
	progress_end(progress);
	if (t->verbose && crew != NULL)
		worker_tell_locks(crew_locks(crew));
	/* What nobody has looked at is not told of, and not recorded. */
	if (crew != NULL && sig_stop() == 0) {
		rc = 0;
		for (size_t i = 0; i < n; i++)
			rc = audit_worse(rc, tell(&ops[i], t, reports));
		if (t->json)
			rc = print_reports(reports, o, rc);
	}
	for (size_t i = 0; i < n; i++) {
		audit_free(ops[i].audit);
		free(ops[i].inner_name);
	}
	json_decref(reports);
	crew_free(crew);
	free(ops);
	return rc;
}
