/* In a file of its own so that only those who give up root need libcap-ng. */
#include <cap-ng.h>
#include <err.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/nocore.h"
#include "base/rights.h"

/* Become ${pw}, whose groups are set, with the one capability.  Return 0, or -1 after reporting. */
static int
become(const struct passwd *pw)
{
	const capng_type_t kinds =
	    CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE | CAPNG_AMBIENT;
	int rc;

	capng_clear(CAPNG_SELECT_ALL);
	if (capng_update(CAPNG_ADD, kinds, CAP_DAC_READ_SEARCH) == -1) {
		warnx("become %s: CAP_DAC_READ_SEARCH is not known", pw->pw_name);
		return -1;
	}
	rc = capng_change_id((int)pw->pw_uid, (int)pw->pw_gid, CAPNG_CLEAR_BOUNDING);
	if (rc != 0) {
		warn("become %s (step %d)", pw->pw_name, -rc);
		return -1;
	}
	/* No set-id program below gives back what was given up. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) {
		warn("become %s", pw->pw_name);
		return -1;
	}
	/* Believe the kernel, not the library. */
	if (capng_get_caps_process() == -1 || getuid() != pw->pw_uid ||
	    geteuid() != pw->pw_uid ||
	    !capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH) ||
	    !capng_have_capability(CAPNG_AMBIENT, CAP_DAC_READ_SEARCH) ||
	    capng_have_capability(CAPNG_PERMITTED, CAP_SETUID) ||
	    capng_have_capability(CAPNG_PERMITTED, CAP_DAC_OVERRIDE)) {
		warnx("become %s: the rights are not as asked for", pw->pw_name);
		return -1;
	}
	return 0;
}

int
rights_drop(void)
{
	const struct passwd *pw;
	int rc;

	umask(077);
	if (geteuid() != 0)
		return 0;
	if ((rc = rights_user(&pw)) != 0 || (rc = rights_groups(pw)) != 0)
		return rc;
	if (become(pw) == -1)
		return EX_NOPERM;
	nocore_set();
	return rights_home(pw);
}

int
rights_forgo(void)
{
	capng_clear(CAPNG_SELECT_CAPS);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 ||
	    capng_apply(CAPNG_SELECT_CAPS) != 0 || capng_get_caps_process() == -1) {
		warn("give up rights");
		return EX_NOPERM;
	}
	/* Believe the kernel, not the library. */
	if (capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH) ||
	    capng_have_capability(CAPNG_AMBIENT, CAP_DAC_READ_SEARCH)) {
		warnx("give up rights: they are still there");
		return EX_NOPERM;
	}
	return 0;
}
