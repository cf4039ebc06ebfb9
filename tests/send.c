/*
 * Sends one message: send CONFIG CHANNEL TO [SUBJECT [TEXT [BRIEF [ID [THREAD]]]]]
 * Prints "CODE REASON"; ends 0 unless the configuration cannot be read.
 */
#include <stdio.h>
#include <string.h>

#include "base/sig.h"
#include "notify/channel.h"

int
main(int argc, char *argv[])
{
	char subject[] = "Backup failed", text[] = "The backup failed.\n";
	char brief[] = "siantre web1: backup failed", id[] = "m-1", thread[] = "i-1";
	struct config *c;
	char reason[256];
	int rc;

	if (argc < 4)
		return 64;
	sig_setup();
	if ((rc = config_read(argv[1], &c)) != 0)
		return rc;
	struct message m = {
	    .channel = argv[2],
	    .to = argv[3],
	    .subject = argc > 4 ? argv[4] : subject,
	    .text = argc > 5 ? argv[5] : text,
	    .brief = argc > 6 ? argv[6] : brief,
	    .id = argc > 7 ? argv[7] : id,
	    .thread = argc > 8 ? argv[8] : thread,
	    .time = 1764122400,
	};
	rc = channel_send(c, &m, reason);
	printf("%d %s\n", rc, reason);
	config_free(c);
	return 0;
}
