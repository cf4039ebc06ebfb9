#include "unit.h"

#include <sysexits.h>

#include "set/remote.h"

/* What a destination comes apart to; NULL for what it has not. */
static const struct place {
	const char *text;
	enum remote_kind kind;
	const char *host, *port, *path;
} places[] = {
    {"/mnt/usb/siantre", REMOTE_FOLDER, NULL, NULL, "/mnt/usb/siantre"},
    {"/mnt/usb/siantre//", REMOTE_FOLDER, NULL, NULL, "/mnt/usb/siantre"},
    {"/", REMOTE_FOLDER, NULL, NULL, "/"},
    {"./a:b", REMOTE_FOLDER, NULL, NULL, "./a:b"},
    {"/a:b", REMOTE_FOLDER, NULL, NULL, "/a:b"},
    {"copies", REMOTE_FOLDER, NULL, NULL, "copies"},
    {"/with blank/it's \"it\"", REMOTE_FOLDER, NULL, NULL, "/with blank/it's \"it\""},
    {"rsync://host/module", REMOTE_DAEMON, NULL, NULL, "rsync://host/module"},
    {"rsync://user@host:873/module/path/", REMOTE_DAEMON, NULL, NULL,
	"rsync://user@host:873/module/path"},
    {"rsync://[::1]:873/module", REMOTE_DAEMON, NULL, NULL, "rsync://[::1]:873/module"},
    {"host:path", REMOTE_SSH, "host", NULL, "path"},
    {"user@host:/path/", REMOTE_SSH, "user@host", NULL, "/path"},
    {"user@host:", REMOTE_SSH, "user@host", NULL, "."},
    {"host:/a b/c:d", REMOTE_SSH, "host", NULL, "/a b/c:d"},
    {"host:~/copies", REMOTE_SSH, "host", NULL, "copies"},
    {"host:~", REMOTE_SSH, "host", NULL, "."},
    {"[::1]:path", REMOTE_SSH, "[::1]", NULL, "path"},
    {"user@[fe80::1%eth0]:/path", REMOTE_SSH, "user@[fe80::1%eth0]", NULL, "/path"},
    {"ssh://host/path", REMOTE_SSH, "host", NULL, "/path"},
    {"ssh://user@host:2222/path/", REMOTE_SSH, "user@host", "2222", "/path"},
    {"ssh://user@[::1]:22/p", REMOTE_SSH, "user@[::1]", "22", "/p"},
    {"ssh://[::1]/p", REMOTE_SSH, "[::1]", NULL, "/p"},
    {"ssh://host/~/copies", REMOTE_SSH, "host", NULL, "copies"},
    {"ssh://host/~", REMOTE_SSH, "host", NULL, "."},
    {"rclone:s3:bucket/path/", REMOTE_RCLONE, NULL, NULL, "s3:bucket/path"},
    {"rclone:sftp:", REMOTE_RCLONE, NULL, NULL, "sftp:"},
    /* The root there, and not the account's home. */
    {"rclone:sftp:/", REMOTE_RCLONE, NULL, NULL, "sftp:/"},
    {"rclone:sftp://", REMOTE_RCLONE, NULL, NULL, "sftp:/"},
    {"rclone:sftp:/x/", REMOTE_RCLONE, NULL, NULL, "sftp:/x"},
    {"rclone:sftp:/x:/", REMOTE_RCLONE, NULL, NULL, "sftp:/x:"},
};

static void
same(const char *got, const char *want, const char *text)
{
	ck_assert_msg(
	    (got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
	    "%s: %s, not %s", text, got != NULL ? got : "nothing",
	    want != NULL ? want : "nothing");
}

START_TEST(comes_apart)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];
		struct remote *r;

		ck_assert_msg(remote_parse(p->text, &r) == 0, "%s", p->text);
		same(r->text, p->text, p->text);
		ck_assert_msg(r->kind == p->kind, "%s", p->text);
		same(r->host, p->host, p->text);
		same(r->port, p->port, p->text);
		same(r->path, p->path, p->text);
		remote_free(r);
	}
	remote_free(NULL);
}
END_TEST

static const struct {
	const char *text, *problem;
} refused[] = {
    {"", "it is empty"},
    {"a\nb", "it holds a control character"},
    {"rsync://host", "it names no module"},
    {"rsync://host//", "it names no module"},
    {"rsync:///module", "it names no host"},
    {"rsync://@host/module", "it names no host"},
    {"rsync://user@/module", "it names no host"},
    {"rsync://user:secret@host/module",
	"a password does not belong there: use --password-file"},
    {"rsync://-oProxyCommand=x/m", "a host does not begin with a dash"},
    {"-oProxyCommand=x:path", "a host does not begin with a dash"},
    {"user@-oProxyCommand=x:path", "a host does not begin with a dash"},
    {":path", "it names no host"},
    {"a b:path", "a host holds no blanks"},
    {"host::module/path", "write rsync://host/module/path for a daemon"},
    {"host:~other/path", "a folder is named without a tilde"},
    {"ssh://host", "it names no folder"},
    {"ssh://-x/path", "a host does not begin with a dash"},
    {"ssh://user:secret@host/path", "a password does not belong there: use a key"},
    {"ssh://host:0/path", "its port is none"},
    {"ssh://host:65536/path", "its port is none"},
    {"ssh://host:/path", "its port is none"},
    {"ssh://host:22x/path", "its port is none"},
    {"rclone:", "not rclone:NAME:path"},
    {"rclone:s3", "not rclone:NAME:path"},
    {"rclone::local:/", "not rclone:NAME:path"},
    {"rclone:--config=/x:y", "not rclone:NAME:path"},
    {"ftp://host/path",
	"only rsync:// and ssh:// are known; for others there is rclone:NAME:path"},
};

START_TEST(is_refused)
{
	char line[300];
	struct remote *r;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *said;

		unit_catch();
		int rc = remote_parse(refused[i].text, &r);
		said = unit_caught();
		ck_assert_msg(rc == EX_USAGE && r == NULL, "%s", refused[i].text);
		snprintf(line, sizeof(line), ": not a destination: %s\n", refused[i].problem);
		ck_assert_msg(strstr(said, line) != NULL, "%s: %s", refused[i].text, said);
		ck_assert_msg(strstr(said, "secret") == NULL, "%s", said);
	}
}
END_TEST

START_TEST(is_masked)
{
	static const char *const texts[][2] = {
	    {"", ""},
	    {"/a:b@c", "/a:b@c"},
	    {"rsync://u@h:873/m user@host:/p", "rsync://u@h:873/m user@host:/p"},
	    {"rsync://u:se@ret@h/m:x@y", "rsync://u:******@h/m:x@y"},
	    {"/b ftp://u:pw@h ssh://:p@h/", "/b ftp://u:**@h ssh://:*@h/"},
	    {"rsync://u:p\033@h/\a", "rsync://u:**@h/?"},
	};
	char text[100];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		strlcpy(text, texts[i][0], sizeof(text));
		ck_assert_str_eq(remote_mask(text), texts[i][1]);
	}
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("remote");

	tcase_add_test(cases, comes_apart);
	tcase_add_test(cases, is_refused);
	tcase_add_test(cases, is_masked);
	return unit_main(cases);
}
