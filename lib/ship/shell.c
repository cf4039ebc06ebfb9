#include "ship/shell.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/sig.h"
#include "set/sums.h"
#include "ship/deposit.h"
#include "ship/digests.h"

/*
 * Add the option ${name} with a file: ssh takes blanks for the end of it, and what follows a
 * percent sign for something that it knows.
 */
static void
add_file(struct words *w, const char *name, const char *path)
{
	struct buf b = {0};

	if (strpbrk(path, "\"'\\") != NULL) {
		warnx("%s: a quote or a backslash in a path is more than ssh can take", path);
		w->failed = 1;
		return;
	}
	for (; *path != '\0'; path++)
		buf_add(&b, *path == '%' ? "%%" : path, *path == '%' ? 2 : 1);
	if (buf_string(&b) != NULL)
		words_add(w, "-o%s=\"%s\"", name, b.data);
	else
		w->failed = 1;
	buf_free(&b);
}

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
		add_file(w, "IdentityFile", o->ssh_key);
	}
	if (o->known_hosts != NULL)
		add_file(w, "UserKnownHostsFile", o->known_hosts);
	if (f->remote->port != NULL)
		words_add(w, "-p%s", f->remote->port);
}

/* Start a command that begins in the destination's folder. */
static void
begin(const struct far *f, struct words *w)
{
	char *path = words_quote(f->remote->path);

	/* A path that begins with a dash is none of cd's options. */
	words_add(w, "umask 077; cd -- %s || exit;", path != NULL ? path : "/nonexistent");
	if (path == NULL)
		w->failed = 1;
	free(path);
}

/* [user@]host for ssh itself, which wants an address of IPv6 without its brackets. */
static void
add_host(struct words *w, const char *host)
{
	const char *at = strrchr(host, '@');
	int user = at != NULL ? (int)(at + 1 - host) : 0;
	size_t len = strlen(host + user);

	if (host[user] == '[' && host[user + (int)len - 1] == ']')
		words_add(w, "%.*s%.*s", user, host, (int)len - 2, host + user + 1);
	else
		words_add(w, "%s", host);
}

/* Run the script, whose parts ${script} holds, at the far end. */
static int
run(struct far *f, const char *doing, const struct words *script, unsigned flags,
    struct deposit *d)
{
	struct words w = {0};
	struct buf line = {0};
	struct transfer_run r = {.doing = doing, .flags = flags};
	char *word = NULL;
	int rc = EX_OSERR;

	for (size_t i = 0; i < script->count; i++) {
		if (i > 0)
			buf_text(&line, " ");
		buf_text(&line, script->list[i]);
	}
	shell_ssh(f, &w);
	words_add(&w, "--");
	add_host(&w, f->remote->host);
	/* Whatever the shell of the account is, csh and fish too. */
	if (buf_string(&line) != NULL && (word = words_quote(line.data)) != NULL)
		words_add(&w, "exec sh -c %s", word);
	else
		w.failed = 1;
	free(word);
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

int
shell_probe(struct far *f)
{
	struct words w = {0};
	char *path = words_quote(f->remote->path);
	const char *said;
	int rc;

	if (path == NULL)
		return EX_OSERR;
	/* What somebody has removed of a place, rsync would not make. */
	words_add(&w,
	    "umask 077; cd -- %s 2>/dev/null && [ -e " FAR_MARK " ] && "
	    "mkdir -p full " FAR_PARTIAL " 2>/dev/null;",
	    path);
	free(path);
	/* Whatever a login script says before it does not matter. */
	words_add(&w, "echo; echo siantre-shell; command -v sha256sum >/dev/null && "
		      "echo siantre-sums; exit 0");
	rc = run(f, "connect", &w, TRANSFER_ASK, NULL);
	words_free(&w);
	if (rc == 0) {
		if ((said = buf_string(&f->transfer.out)) == NULL)
			return EX_OSERR;
		f->shell = f->renames = strstr(said, "siantre-shell\n") != NULL;
		f->hashes = f->shell && strstr(said, "siantre-sums\n") != NULL;
		return 0;
	}
	/* What the forced command of an account without a shell answers, rsync can find out. */
	return f->transfer.answered && sig_stop() == 0 ? 0 : rc;
}

int
shell_prove(struct far *f, const char *local, const char *at, bool sums)
{
	struct words w = {0};
	struct digests *promised = NULL, *told = NULL;
	char *where = NULL;
	int rc;

	begin(f, &w);
	words_add(&w, "cd %s", at);
	/*
	 * Files with a dot in front, too: whatever does not belong there is found.  Bytes that the disk
	 * there does not give back twice are other bytes; without the right to read, or where sha256sum
	 * was killed or cannot begin (no memory), nobody can say.
	 */
	words_add(&w,
	    "&& for f in * .[!.]*; do if [ \"$f\" = " FAR_RSYNC_PARTIAL " ]; then :; "
	    "elif [ -f \"$f\" ] && [ ! -h \"$f\" ]; then sha256sum -- \"$f\" 2>/dev/null || "
	    "sha256sum -- \"$f\" || { [ $? = 1 ] && [ -r \"$f\" ] || exit; "
	    "printf '%%064d  %%s\\n' 0 \"$f\"; }; "
	    "elif [ -e \"$f\" ] || [ -h \"$f\" ]; then printf '%%064d  %%s\\n' 0 \"$f\"; "
	    "fi; done");
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

	if (asprintf(&from, FAR_PARTIAL "/%s", basename(name)) == -1) {
		warn("%s", name);
		return rc;
	}
	begin(f, &w);
	/* Where the line was cut behind the rename, this is another try. */
	words_add(
	    &w, "if [ ! -d %s ] && [ -e %s/" SUMS_NAME " ]; then exit 0; fi;", from, name);
	/* On the disk before it has its name. */
	words_add(&w,
	    "rm -rf %s/" FAR_RSYNC_PARTIAL " && { sync -f %s || sync; } 2>/dev/null &&", from,
	    from);
	/* Not over a set, nor into a folder; what has no SHA256SUMS is no set. */
	words_add(&w,
	    "mkdir -p full && if [ -e %s/" SUMS_NAME " ]; then "
	    "echo '%s: File exists' >&2; exit 1; fi && rm -rf -- %s &&",
	    name, name, name);
	words_add(&w, "mv -- %s %s && { sync -f . || sync; } 2>/dev/null", from, name);
	rc = run(f, "rename", &w, 0, NULL);
	words_free(&w);
	free(from);
	return rc;
}

int
shell_drop(struct far *f, const char *at)
{
	struct words w = {0};
	char *word = words_quote(at);
	int rc;

	if (word == NULL)
		return EX_OSERR;
	begin(f, &w);
	/* What lies in .partial, others may have named. */
	if (strncmp(at, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0)
		words_add(&w, "rm -rf -- %s", word);
	else
		words_add(&w,
		    "mkdir -p " FAR_PARTIAL " && rm -rf -- " FAR_PARTIAL "/%s" FAR_GONE " && "
		    "if [ -e %s ]; then mv -- %s " FAR_PARTIAL "/%s" FAR_GONE
		    " && rm -rf -- " FAR_PARTIAL "/%s" FAR_GONE "; fi",
		    basename(at), at, at, basename(at), basename(at));
	rc = run(f, "remove", &w, 0, NULL);
	words_free(&w);
	free(word);
	return rc;
}

/* Take ".partial/./NAME" of each line, as find prints it. */
static void
take_names(struct buf *out, struct buf *names)
{
	static const char head[] = FAR_PARTIAL "/./";
	const char *line = buf_string(out);

	for (size_t len; line != NULL && *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, head, sizeof(head) - 1) == 0)
			buf_printf(names, FAR_PARTIAL "/%.*s\n", (int)(len - sizeof(head) + 1),
			    line + sizeof(head) - 1);
	}
}

int
shell_unfinished(struct far *f, struct buf *names)
{
	struct words w = {0};
	int rc;

	begin(f, &w);
	words_add(&w,
	    "[ ! -d " FAR_PARTIAL " ] || { find " FAR_PARTIAL "/. ! -name . -prune -type d && "
	    "find " FAR_PARTIAL "/. ! -name . -prune -type f -mtime +%d; }",
	    FAR_STREAM_DAYS);
	rc = run(f, "look", &w, 0, NULL);
	words_free(&w);
	if (rc == 0)
		take_names(&f->transfer.out, names);
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
	words_add(&w, "umask 077; mkdir -p -- %s && cd -- %s && mkdir -p full " FAR_PARTIAL,
	    path, path);
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

	if (asprintf(&tmp, FAR_PARTIAL "/%s" FAR_STREAM, deposit_name(d)) == -1) {
		tmp = NULL;
		warn("%s", deposit_name(d));
		goto out;
	}
	begin(f, &w);
	words_add(&w, "if [ -e %s ]; then echo '%s: File exists' >&2; exit 1; fi; cat >%s",
	    deposit_name(d), deposit_name(d), tmp);
	rc = run(f, "send", &w, TRANSFER_ONCE, d);
	words_free(&w);
	if (rc == 0)
		rc = deposit_end(d);
	if (rc != 0)
		goto drop;
	begin(f, &w);
	words_add(&w, "{ sync -f . || sync; } 2>/dev/null && sha256sum <%s", tmp);
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
	words_add(&w,
	    "if [ -e %s ]; then if [ -e %s ]; then echo '%s: File exists' >&2; exit 1; fi; "
	    "mv -- %s %s; fi && { sync -f . || sync; } 2>/dev/null",
	    tmp, deposit_name(d), deposit_name(d), tmp, deposit_name(d));
	rc = run(f, "rename", &w, 0, NULL);
	goto out;
drop:
	words_free(&w);
	begin(f, &w);
	words_add(&w, "rm -f -- %s", tmp);
	(void)run(f, "remove", &w, TRANSFER_ONCE | TRANSFER_SILENT, NULL);
out:
	words_free(&w);
	free(tmp);
	return rc;
}
