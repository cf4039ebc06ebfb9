/* What a server's error number means for whoever started us. */
#include <err.h>
#include <string.h>
#include <sysexits.h>

#include <errmsg.h>
#include <mysqld_error.h>

#include "base/plain.h"
#include "base/sig.h"
#include "db/login.h"
#include "db/query.h"

/* my_base.h, which is not installed: HA_ERR_KEY_NOT_FOUND … */
enum { HA_ERR_FIRST = 120, HA_ERR_LAST = 200 };

int
login_fail(MYSQL *m, const char *what)
{
	unsigned int number = mysql_errno(m);
	char text[MYSQL_ERRMSG_SIZE];

	if (sig_stop() != 0)
		return 1; /* that is why, whatever the server said of it */
	if (number == 0 && mysql_field_count(m) == 0)
		return query_misfit(what); /* it sent no rows where it has to */
	/* It quotes statements and names: one line, and nothing that a terminal obeys. */
	strlcpy(text, mysql_error(m), sizeof(text));
	/* The library says nothing where it finds no memory for something small. */
	if (number == 0)
		strlcpy(text, "out of memory", sizeof(text));
	warnx("%s: %s (%u)", what, plain_text(text), number);
	switch (number) {
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_UNKNOWN_HOST:
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_IPSOCK_ERROR:
	case CR_SERVER_HANDSHAKE_ERR:
	case CR_MALFORMED_PACKET:
	case CR_SSL_CONNECTION_ERROR:
	case ER_CON_COUNT_ERROR:
	case ER_SERVER_SHUTDOWN:
	case ER_HOST_IS_BLOCKED:
	case ER_HOST_NOT_PRIVILEGED:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_NEW_ABORTING_CONNECTION:
	case ER_CONNECTION_KILLED: return EX_UNAVAILABLE;
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_LOCK_DEADLOCK:
	case ER_TABLE_DEF_CHANGED:
	case ER_CHECKREAD: return EX_TEMPFAIL;
	case ER_ACCESS_DENIED_ERROR:
	case ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
	case ER_DBACCESS_DENIED_ERROR:
	case ER_TABLEACCESS_DENIED_ERROR:
	case ER_COLUMNACCESS_DENIED_ERROR:
	case ER_SPECIFIC_ACCESS_DENIED_ERROR:
	case ER_PROCACCESS_DENIED_ERROR: return EX_NOPERM;
	case ER_BAD_DB_ERROR:
	case ER_NO_SUCH_TABLE:
	case ER_NO_SUCH_TABLE_IN_ENGINE:
	case ER_CRASHED_ON_USAGE:
	case ER_CRASHED_ON_REPAIR:
	case ER_NOT_KEYFILE:
	case ER_OLD_KEYFILE:
	case ER_FILE_NOT_FOUND:
	case ER_CANT_OPEN_FILE:
	case ER_GET_ERRNO:
	case ER_NOT_FORM_FILE:
	case ER_INDEX_CORRUPT:
	case ER_TABLESPACE_DISCARDED:
	case ER_TABLESPACE_MISSING:
	case ER_UNKNOWN_STORAGE_ENGINE:
	case ER_UNKNOWN_CHARACTER_SET: return EX_DATAERR;
	case 0:
	case CR_OUT_OF_MEMORY: return EX_OSERR;
	/* What a storage engine says of its files comes with its own number. */
	default: return number >= HA_ERR_FIRST && number <= HA_ERR_LAST ? EX_DATAERR : 1;
	}
}
