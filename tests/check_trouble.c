#include "unit.h"

#include <sysexits.h>

#include "ship/trouble.h"

/* What these programs said, word for word: rsync 3.5.0 and 3.2.7, OpenSSH 9.2, rclone 1.60. */
static const struct said {
	const char *program;
	int status;
	const char *text;
	int code;
	bool passing;
	const char *line, *hint; /* hint: a part; NULL: none */
} all[] = {
    {"rsync", 1,
	"ERROR: module is read only\n"
	"rsync error: syntax or usage error (code 1) at main.c(1185) [Receiver=3.5.0]\n"
	"rsync: [sender] read error: Connection reset by peer (104)\n",
	EX_NOPERM, false, "ERROR: module is read only",
	"\"read only = no\" in its rsyncd.conf"},
    {"rsync", 1,
	"ERROR: module is write only\n"
	"rsync error: syntax or usage error (code 1) at main.c(951) [sender=3.5.0]\n",
	EX_NOPERM, false, "ERROR: module is write only", "it must be readable, too"},
    {"rsync", 23,
	"rsync: [sender] link_stat \"none\" (in backup) failed: No such file or directory (2)\n"
	"rsync error: some files/attrs were not transferred (see previous errors) (code 23) at "
	"main.c(1956) [Receiver=3.5.0]\n",
	EX_CONFIG, false,
	"rsync: [sender] link_stat \"none\" (in backup) failed: No such file or directory (2)",
	NULL},
    {"rsync", 5,
	"@ERROR: Unknown module 'nothing'\n"
	"rsync error: error starting client-server protocol (code 5) at main.c(1954) "
	"[sender=3.5.0]\n",
	EX_CONFIG, false, "@ERROR: Unknown module 'nothing'", NULL},
    {"rsync", 5,
	"@ERROR: auth failed on module secret\n"
	"rsync error: error starting client-server protocol (code 5) at main.c(1814) "
	"[sender=3.2.7]\n",
	EX_NOPERM, false, "@ERROR: auth failed on module secret", "--password-file"},
    {"rsync", 1,
	"ERROR: password file must not be other-accessible\n"
	"rsync error: syntax or usage error (code 1) at authenticate.c(196) [sender=3.2.7]\n",
	EX_CONFIG, false, "ERROR: password file must not be other-accessible", "chmod 0600"},
    {"rsync", 5,
	"@ERROR: max connections (10) reached -- try again later\n"
	"rsync error: error starting client-server protocol (code 5) at main.c(1954) "
	"[sender=3.5.0]\n",
	EX_UNAVAILABLE, true, "@ERROR: max connections (10) reached -- try again later", NULL},
    {"rsync", 10,
	"rsync: [sender] failed to connect to 127.0.0.1 (127.0.0.1): Connection refused (111)\n"
	"rsync error: error in socket IO (code 10) at clientserver.c(138) [sender=3.2.7]\n",
	EX_UNAVAILABLE, true,
	"rsync: [sender] failed to connect to 127.0.0.1 (127.0.0.1): Connection refused (111)",
	NULL},
    {"rsync", 10,
	"rsync: getaddrinfo: nohost.invalid 873: Name or service not known\n"
	"rsync error: error in socket IO (code 10) at clientserver.c(165) [sender=3.5.0]\n",
	EX_UNAVAILABLE, true,
	"rsync: getaddrinfo: nohost.invalid 873: Name or service not known", NULL},
    {"rsync", 4,
	"rsync: The server is configured to refuse --delete\n"
	"rsync error: requested action not supported (code 4) at clientserver.c(1267) "
	"[Receiver=3.5.0]\n"
	"rsync: [sender] read error: Connection reset by peer (104)\n",
	EX_CONFIG, false, "rsync: The server is configured to refuse --delete",
	"refuse options"},
    {"rsync", 11,
	"rsync: [receiver] write failed on \"/d/big\" (in full): No space left on device (28)\n"
	"rsync error: error in file IO (code 11) at receiver.c(657) [receiver=3.5.0]\n"
	"rsync error: error in file IO (code 11) at io.c(1892) [generator=3.5.0]\n",
	EX_IOERR, false,
	"rsync: [receiver] write failed on \"/d/big\" (in full): No space left on device (28)",
	"make room at the far end"},
    {"rsync", 255,
	"root@127.0.0.1: Permission denied (publickey).\r\n"
	"rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"
	"rsync error: unexplained error (code 255) at io.c(231) [sender=3.2.7]\n",
	EX_NOPERM, false, "root@127.0.0.1: Permission denied (publickey).", "authorized_keys"},
    {"rsync", 12,
	"@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
	"Host key for [127.0.0.1]:49275 has changed and you have requested strict checking.\r\n"
	"Host key verification failed.\r\n"
	"rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"
	"rsync error: error in rsync protocol data stream (code 12) at io.c(285) "
	"[sender=3.5.0]\n",
	EX_CONFIG, false,
	"Host key for [127.0.0.1]:49275 has changed and you have requested strict checking.",
	"another machine answers"},
    {"rsync", 12,
	"/usr/bin/rrsync error: sending to read-only server is not allowed\n"
	"rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"
	"rsync error: error in rsync protocol data stream (code 12) at io.c(285) "
	"[sender=3.5.0]\n",
	EX_NOPERM, false, "/usr/bin/rrsync error: sending to read-only server is not allowed",
	"the restriction of this key"},
    {"rsync", 12,
	"/usr/bin/rrsync error: option --delete has been disabled on this server.\n"
	"rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n",
	EX_CONFIG, false,
	"/usr/bin/rrsync error: option --delete has been disabled on this server.", NULL},
    {"rsync", 127,
	"bash: line 1: rsync: command not found\n"
	"rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"
	"rsync error: remote command not found (code 127) at io.c(231) [sender=3.2.7]\n",
	EX_CONFIG, false, "bash: line 1: rsync: command not found", "apt install rsync"},
    {"rsync", 2,
	"protocol version mismatch -- is your shell clean?\n"
	"(see the rsync manpage for an explanation)\n"
	"rsync error: protocol incompatibility (code 2) at compat.c(622) [sender=3.2.7]\n",
	EX_CONFIG, false, "protocol version mismatch -- is your shell clean?",
	"nothing may be printed"},
    {"rsync", 30,
	"[sender] io timeout after 120 seconds -- exiting\n"
	"rsync error: timeout in data send/receive (code 30) at io.c(197) [sender=3.2.7]\n",
	EX_UNAVAILABLE, true,
	"rsync error: timeout in data send/receive (code 30) at io.c(197) [sender=3.2.7]",
	NULL},
    {"rsync", 12,
	"rsync: [sender] write error: Broken pipe (32)\n"
	"rsync error: error in rsync protocol data stream (code 12) at io.c(848) "
	"[sender=3.2.7]\n",
	EX_UNAVAILABLE, true,
	"rsync error: error in rsync protocol data stream (code 12) at io.c(848) "
	"[sender=3.2.7]",
	NULL},
    {"ssh", 255,
	"ssh: Could not resolve hostname nohost.invalid: Name or service not known\r\n",
	EX_UNAVAILABLE, true,
	"ssh: Could not resolve hostname nohost.invalid: Name or service not known", NULL},
    {"ssh", 255, "Host key verification failed.\r\n", EX_CONFIG, false,
	"Host key verification failed.", "ssh-keyscan HOST, compare, and add it"},
    {"ssh", 1, "bash: line 1: cd: /none: No such file or directory\n", EX_CONFIG, false,
	"bash: line 1: cd: /none: No such file or directory", NULL},
    {"ssh", 1, "20261123_020000: File exists\n", EX_CANTCREAT, false,
	"20261123_020000: File exists", "nothing that is there is replaced"},
    {"ssh", 1, "mv: cannot move 'a' to 'b': Read-only file system\n", EX_CANTCREAT, false,
	"mv: cannot move 'a' to 'b': Read-only file system", NULL},
    {"rclone", 3,
	"2026/11/27 00:19:21 ERROR : : error listing: directory not found\n"
	"2026/11/27 00:19:21 Failed to lsf with 2 errors: last error was: error in ListJSON: "
	"directory not found\n",
	EX_CONFIG, false, ": error listing: directory not found", NULL},
    {"rclone", 1,
	"2026/11/27 00:19:21 Failed to create file system for \"sftp-wrong:\": NewFs: couldn't "
	"connect SSH: ssh: handshake failed: ssh: unable to authenticate, attempted methods "
	"[none "
	"password], no supported methods remain\n",
	EX_NOPERM, false,
	"Failed to create file system for \"sftp-wrong:\": NewFs: couldn't connect "
	"SSH: ssh: handshake failed: ssh: unable to authenticate, attempted methods "
	"[none password], no supported methods remain",
	NULL},
    {"rclone", 1,
	"2026/11/27 00:19:21 Failed to create file system for \"x:\": NewFs: couldn't connect "
	"SSH: "
	"ssh: handshake failed: knownhosts: key is unknown\n",
	EX_CONFIG, false,
	"Failed to create file system for \"x:\": NewFs: couldn't connect SSH: "
	"ssh: handshake failed: knownhosts: key is unknown",
	"compare, and add it"},
    {"rclone", 1,
	"2026/11/27 00:19:21 ERROR : : error listing: couldn't list files: Unauthorized: 401 "
	"Unauthorized\n",
	EX_NOPERM, false,
	": error listing: couldn't list files: Unauthorized: 401 Unauthorized", NULL},
    {"rclone", 1,
	"2026/11/27 00:19:21 Failed to lsf with 2 errors: last error was: error in ListJSON: "
	"InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our "
	"records.\n"
	"\tstatus code: 403, request id: , host id: \n",
	EX_NOPERM, false,
	"Failed to lsf with 2 errors: last error was: error in ListJSON: InvalidAccessKeyId: "
	"The AWS "
	"Access Key Id you provided does not exist in our records.",
	NULL},
    {"rclone", 1,
	"2026/11/27 00:19:21 Failed to create file system for \"none:x\": didn't find section "
	"in "
	"config file\n",
	EX_CONFIG, false,
	"Failed to create file system for \"none:x\": didn't find section in config file",
	"rclone config"},
    {"rclone", 1,
	"Error: unknown flag: --nonsense\nUsage:\n  rclone lsf remote:path [flags]\n\n"
	"2026/11/27 00:19:21 Fatal error: unknown flag: --nonsense\n",
	EX_CONFIG, false, "Error: unknown flag: --nonsense", "a newer rclone"},
    {"rclone", 1,
	"2026/11/27 00:19:22 ERROR : big: Failed to copy: Update Close failed: sftp: \"write "
	"/d/big: no space left on device\" (SSH_FX_FAILURE)\n",
	EX_IOERR, false,
	"big: Failed to copy: Update Close failed: sftp: \"write /d/big: no space left "
	"on device\" (SSH_FX_FAILURE)",
	"make room at the far end"},
    {"rclone", 1,
	"2026/11/27 00:19:21 Failed to purge: rmdir failed: Not Found: 404 Not Found\n",
	EX_CONFIG, false, "Failed to purge: rmdir failed: Not Found: 404 Not Found", NULL},
    {"rclone", 1,
	"2026/11/27 00:19:22 Failed to deletefile: sftp:d/x is a directory or doesn't exist\n",
	EX_CONFIG, false, "Failed to deletefile: sftp:d/x is a directory or doesn't exist",
	NULL},
    {"rclone", 5,
	"2026/11/27 00:19:24 ERROR : : error listing: couldn't list files: Propfind "
	"\"http://127.0.0.1:55321/\": dial tcp 127.0.0.1:55321: connect: connection refused\n",
	EX_UNAVAILABLE, true,
	": error listing: couldn't list files: Propfind \"http://127.0.0.1:55321/\": dial tcp "
	"127.0.0.1:55321: connect: connection refused",
	NULL},
    /* No words that we know: the code decides, and the last line tells. */
    {"rsync", 1, "rsync: --nonsense: unknown option\n", EX_CONFIG, false,
	"rsync: --nonsense: unknown option", NULL},
    {"rsync", 11, "a\n\nlast words\n\n", EX_IOERR, true, "last words", NULL},
    {"rsync", 20, "", EX_UNAVAILABLE, true, "rsync ended with code 20", NULL},
    {"rclone", 7, "odd\n", EX_UNAVAILABLE, false, "odd", NULL},
    {"rclone", 2, "odd\n", EX_CONFIG, false, "odd", NULL},
    {"ssh", 255, "\n", EX_UNAVAILABLE, true, "ssh ended with code 255", NULL},
    {"ssh", 2, "odd\n", EX_IOERR, false, "odd", NULL},
    {"ssh", 127, "sh: 1: sha256sum: missing\n", EX_CONFIG, false, "sh: 1: sha256sum: missing",
	NULL},
    {"ssh", 255, "\x1b[31mred\a\n", EX_UNAVAILABLE, true, "?[31mred?", NULL},
};

START_TEST(word_for_word)
{
	struct trouble t;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct said *s = &all[i];

		trouble_judge(s->program, s->status, s->text, &t);
		ck_assert_msg(t.code == s->code && t.passing == s->passing, "%s %d: %s: %d %d",
		    s->program, s->status, s->text, t.code, t.passing);
		ck_assert_str_eq(t.line, s->line);
		ck_assert_msg((t.hint == NULL) == (s->hint == NULL) &&
				  (t.hint == NULL || strstr(t.hint, s->hint) != NULL),
		    "%s: %s", s->text, t.hint != NULL ? t.hint : "no hint");
	}
}
END_TEST

/* A long line is cut, whatever stands in it. */
START_TEST(long_lines)
{
	struct trouble t;
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	trouble_judge("rsync", 12, text, &t);
	ck_assert_uint_eq(strlen(t.line), sizeof(t.line) - 1);
	memcpy(text, "2026/11/27 00:19:2", 18);
	trouble_judge("rclone", 1, text, &t);
	ck_assert_int_eq(strncmp(t.line, "2026/11/27", 10), 0);
	trouble_judge("rclone", 1, "2026/11/27 00:19:21 ", &t);
	trouble_judge("rclone", 1, "2026/11/27 00:19:21 ERROR :", &t);
	ck_assert_str_eq(t.line, "rclone ended with code 1");
}
END_TEST

/* What rsync may manage when it is asked more simply; a full disk stays full. */
START_TEST(another_way)
{
	struct trouble t;

	trouble_judge("rsync", 23, "rsync error: some files were not transferred\n", &t);
	ck_assert(t.differently);
	trouble_judge("rsync", 24, "", &t);
	ck_assert(t.differently);
	trouble_judge(
	    "rsync", 23, "rsync: mkstemp \"/x\" failed: No space left on device (28)\n", &t);
	ck_assert(!t.differently);
	trouble_judge(
	    "rsync", 23, "rsync: mkstemp \"/x\" failed: Permission denied (13)\n", &t);
	ck_assert(!t.differently);
	trouble_judge("rsync", 12, "", &t);
	ck_assert(!t.differently);
	trouble_judge("rclone", 23, "", &t);
	ck_assert(!t.differently);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("trouble");

	tcase_add_test(cases, word_for_word);
	tcase_add_test(cases, long_lines);
	tcase_add_test(cases, another_way);
	return unit_main(cases);
}
