#include "ship/shell.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/sig.h"
#include "ship/deposit.h"
#include "ship/digests.h"

void
shell_ssh(const struct far *f, struct words *w)
{
	const struct transfer_options *o = f->transfer.options;
	int64_t alive = o->timeout / 4 > 0 ? o->timeout / 4 : 1;

	words_add(w, "ssh");
	words_add(w, "-oBatchMode=yes");
	words_add(w, "-oConnectTimeout=%" PRId64, o->timeout < 30 ? o->timeout : 30);
	words_add(w, "-oServerAliveInterval=%" PRId64, alive);
	words_add(w, "-oServerAliveCountMax=4");
	words_add(w, "-oClearAllForwardings=yes");
	if (o->ssh_key != NULL) {
		words_add(w, "-oIdentitiesOnly=yes");
		words_add(w, "-i%s", o->ssh_key);
	}
	if (o->known_hosts != NULL)
		words_add(w, "-oUserKnownHostsFile=%s", o->known_hosts);
	if (f->remote->port != NULL)
		words_add(w, "-p%s", f->remote->port);
}

/* Start a command that begins in the destination's folder. */
static void
begin(const struct far *f, struct words *w)
{
	char *path = words_quote(f->remote->path);

	/* A path that begins with a dash is none of cd's options. */
	words_add(w, "cd -- %s &&", path != NULL ? path : "/nonexistent");
	if (path == NULL)
		w->failed = 1;
	free(path);
}

/* Run the script, whose parts ${script} holds, at the far end. */
static int
run(struct far *f, const char *doing, const struct words *script, unsigned flags,
    struct deposit *d)
{
	struct words w = {0};
	struct buf line = {0};
	struct transfer_run r = {.doing = doing, .flags = flags};
	int rc = EX_OSERR;

	for (size_t i = 0; i < script->count; i++) {
		if (i > 0)
			buf_text(&line, " ");
		buf_text(&line, script->list[i]);
	}
	shell_ssh(f, &w);
	words_add(&w, "--");
	words_add(&w, "%s", f->remote->host);
	if (buf_string(&line) != NULL)
		words_add(&w, "%s", line.data);
	if (!script->failed && !w.failed && !line.failed) {
		r.argv = w.list;
		if (d != NULL) {
			r.feed = deposit_feed;
			r.ctx = d;
		}
		rc = transfer_run(&f->transfer, &r);
	}
	buf_free(&line);
	words_free(&w);
	return rc;
}

/* Append ${text} as one word of the far end's shell. */
static void
quoted(struct words *w, const char *text)
{
	char *word = words_quote(text);

	if (word != NULL)
		words_add(w, "%s", word);
	else
		w->failed = 1;
	free(word);
}

int
shell_probe(struct far *f)
{
	struct words w = {0};
	const char *said;
	int rc;

	/* Whatever a login script says before it does not matter. */
	words_add(&w, "echo siantre-shell; command -v sha256sum >/dev/null && echo siantre-sums; exit 0");
	rc = run(f, "connect", &w, TRANSFER_SILENT, NULL);
	words_free(&w);
	if (rc == 0 && (said = buf_string(&f->transfer.out)) != NULL) {
		f->shell = f->renames = strstr(said, "siantre-shell\n") != NULL;
		f->hashes = f->shell && strstr(said, "siantre-sums\n") != NULL;
	}
	/* What the forced command of an account without a shell answers, rsync can find out. */
	return sig_stop() != 0 ? 1 : 0;
}

int
shell_prove(struct far *f, const char *local, const char *at, bool sums)
{
	struct words w = {0};
	struct digests *promised = NULL, *told = NULL;
	char *where = NULL;
	int rc;

	begin(f, &w);
	words_add(&w, "cd");
	quoted(&w, at);
	/* Files with a dot in front, too: whatever does not belong there is found. */
	words_add(&w, "&& for f in * .[!.]*; do if [ -f \"$f\" ]; then sha256sum -- \"$f\" || exit; "
		      "elif [ -e \"$f\" ]; then printf '%%064d  %%s\\n' 0 \"$f\"; fi; done");
	if ((rc = run(f, "compare", &w, 0, NULL)) != 0)
		goto out;
	rc = EX_OSERR;
	if (asprintf(&where, "%s/%s", f->remote->text, at) == -1) {
		where = NULL;
		warn("%s", at);
		goto out;
	}
	if (buf_string(&f->transfer.out) == NULL)
		goto out;
	if ((rc = digests_told(f->transfer.out.data, &told)) == 0 &&
	    (rc = digests_promised(local, sums, &promised)) == 0)
		rc = digests_hold(promised, told, where, sums);
out:
	digests_free(promised);
	digests_free(told);
	free(where);
	words_free(&w);
	return rc;
}

int
shell_publish(struct far *f, const char *name)
{
	struct words w = {0};
	char *from = NULL;
	int rc = EX_OSERR;

	if (asprintf(&from, FAR_PARTIAL "/%s", far_base(name)) == -1) {
		warn("%s", name);
		return rc;
	}
	begin(f, &w);
	/* On the disk before it has its name; not into a folder that has it. */
	words_add(&w, "{ sync -f %s || sync; } 2>/dev/null &&", from);
	words_add(&w, "mkdir -p full && if [ -e %s ]; then echo '%s: File exists' >&2; exit 1; fi &&",
	    name, name);
	words_add(&w, "mv -- %s %s && { sync -f . || sync; } 2>/dev/null", from, name);
	rc = run(f, "rename", &w, TRANSFER_ONCE, NULL);
	words_free(&w);
	free(from);
	return rc;
}

int
shell_drop(struct far *f, const char *at)
{
	struct words w = {0};
	int rc;

	begin(f, &w);
	if (strncmp(at, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0)
		words_add(&w, "rm -rf -- %s", at);
	else
		words_add(&w,
		    "mkdir -p " FAR_PARTIAL " && rm -rf -- " FAR_PARTIAL "/%s.gone && "
		    "if [ -e %s ]; then mv -- %s " FAR_PARTIAL "/%s.gone && rm -rf -- "
		    FAR_PARTIAL "/%s.gone; fi",
		    far_base(at), at, at, far_base(at), far_base(at));
	rc = run(f, "remove", &w, 0, NULL);
	words_free(&w);
	return rc;
}

int
shell_make(struct far *f)
{
	struct words w = {0};
	char *path = words_quote(f->remote->path);
	int rc;

	if (path == NULL)
		return EX_OSERR;
	words_add(&w, "umask 077 && mkdir -p -- %s && cd -- %s && mkdir -p full " FAR_PARTIAL, path, path);
	rc = run(f, "create", &w, 0, NULL);
	words_free(&w);
	free(path);
	return rc;
}

int
shell_deposit(struct far *f, struct deposit *d)
{
	struct words w = {0};
	char *tmp = NULL;
	const char *told;
	int rc = EX_OSERR;

	if (asprintf(&tmp, ".%s.partial", deposit_name(d)) == -1) {
		tmp = NULL;
		warn("%s", deposit_name(d));
		goto out;
	}
	begin(f, &w);
	words_add(&w, "if [ -e");
	quoted(&w, deposit_name(d));
	words_add(&w, "]; then echo 'File exists' >&2; exit 1; fi; umask 077 && cat >");
	quoted(&w, tmp);
	rc = run(f, "send", &w, TRANSFER_ONCE, d);
	words_free(&w);
	if (rc == 0)
		rc = deposit_end(d);
	if (rc != 0)
		goto drop;
	begin(f, &w);
	words_add(&w, "{ sync -f . || sync; } 2>/dev/null && sha256sum <");
	quoted(&w, tmp);
	if ((rc = run(f, "compare", &w, 0, NULL)) != 0)
		goto drop;
	words_free(&w);
	told = buf_string(&f->transfer.out);
	if (told == NULL || strncmp(told, deposit_sha256(d), 64) != 0) {
		warnx("%s/%s: other bytes than were sent", f->remote->text, deposit_name(d));
		rc = EX_DATAERR;
		goto drop;
	}
	begin(f, &w);
	words_add(&w, "mv -f --");
	quoted(&w, tmp);
	quoted(&w, deposit_name(d));
	words_add(&w, "&& { sync -f . || sync; } 2>/dev/null");
	rc = run(f, "rename", &w, TRANSFER_ONCE, NULL);
	goto out;
drop:
	words_free(&w);
	begin(f, &w);
	words_add(&w, "rm -f --");
	quoted(&w, tmp);
	(void)run(f, "remove", &w, TRANSFER_ONCE | TRANSFER_SILENT, NULL);
out:
	words_free(&w);
	free(tmp);
	return rc;
}
