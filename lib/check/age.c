/* The part of check-config that is about encryption. */
#include "check/age.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/language.h"
#include "base/rights.h"
#include "check/parts.h"
#include "set/agerun.h"
#include "set/decrypt.h"
#include "set/encrypt.h"

static void
look_at_identity(const struct config *c, struct findings *found, bool encrypts)
{
	const char *path = config_get(c, "IDENTITY");
	struct stat st;

	if (stat(path, &st) != 0) {
		findings_add(found, "warn", N_("identity"), "%s: %s", path, strerror(errno));
		findings_mend(found, "sensible-editor %s    # set IDENTITY", check_file(c));
	} else if ((st.st_mode & 077) != 0) {
		findings_add(found, "warn", N_("identity"), _("%s: open to others (mode %04o)"),
		    path, st.st_mode & 07777U);
		findings_mend(found, "chmod 0600 %s", findings_word(path));
	} else if (!check_trusts(st.st_uid)) {
		findings_add(found, "warn", N_("identity"),
		    _("%s: belongs neither to root nor to %s: a drill would not begin"), path,
		    RIGHTS_USER);
		findings_mend(found, "chown root: %s", findings_word(path));
	} else if (!encrypts && !child_exists("age")) {
		findings_add(found, "warn", N_("identity"), "%s",
		    _("IDENTITY is set, and age is not installed: a drill would not begin"));
		findings_mend(found, "apt-get install age");
	} else if (decrypt_asks(path)) {
		findings_add(found, "warn", N_("identity"),
		    _("%s: it has a passphrase, which a drill cannot ask for"), path);
		findings_mend(found, "sensible-editor %s    # set IDENTITY", check_file(c));
	} else if (encrypts) {
		findings_add(found, "warn", N_("identity"),
		    _("%s: the key that opens the backups lies on the machine that makes them"),
		    path);
		findings_mend(found,
		    "sensible-editor %s    # drill elsewhere, without IDENTITY", check_file(c));
	} else {
		findings_add(found, "ok", N_("identity"), "%s", path);
	}
}

void
checkage_look(const struct config *c, struct findings *found)
{
	const char *to = config_get(c, "ENCRYPT_TO");
	char why[AGERUN_LINE];
	size_t recipients = 1;

	if (*config_get(c, "IDENTITY") != '\0')
		look_at_identity(c, found, *to != '\0');
	if (*to == '\0')
		return;
	for (const char *at = to; *at != '\0'; at++)
		recipients += *at == ',';
	if (!child_exists("age")) {
		findings_add(found, "fail", N_("encryption"), "%s",
		    _("ENCRYPT_TO is set, and age is not installed"));
		findings_mend(found, "apt-get install age");
	} else if (encrypt_try(to, why, sizeof(why)) != 0) {
		findings_add(found, "fail", N_("encryption"), "ENCRYPT_TO: %s", why);
		findings_mend(found, "sensible-editor %s    # set ENCRYPT_TO", check_file(c));
	} else {
		findings_add(found, "ok", N_("encryption"),
		    P_("age encrypts for ENCRYPT_TO (%zu entry); this machine needs no key",
			"age encrypts for ENCRYPT_TO (%zu entries); this machine needs no key",
			recipients),
		    recipients);
	}
}
