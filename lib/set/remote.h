#ifndef SET_REMOTE_H
#define SET_REMOTE_H

/*
 * The name of a destination, as people write it:
 *
 *	/mnt/usb/siantre, ./copies             a folder of this machine
 *	rsync://[user@]host[:port]/module/path an rsync daemon
 *	[user@]host:path                       rsync over ssh
 *	ssh://[user@]host[:port]/path          the same, with a port
 *	rclone:NAME:path                       a remote that rclone.conf names
 */
enum remote_kind { REMOTE_FOLDER, REMOTE_DAEMON, REMOTE_SSH, REMOTE_RCLONE };

struct remote {
	enum remote_kind kind;
	char *text; /* as it was written, for messages */
	char *host; /* ssh: [user@]host; else NULL */
	char *port; /* ssh: digits, or NULL */
	/*
	 * Where the sets lie: the path of the folder, at the far end for ssh; the whole URL for a
	 * daemon; NAME:path for rclone.  Without a slash at its end, unless it is all there is.
	 */
	char *path;
};

/**
 * remote_parse(text, out):
 * Take ${text} apart.  ${*out} is the caller's (remote_free).  Return 0, or EX_USAGE after
 * reporting what is no destination (a password in it, too: it would be seen by everybody).
 */
int remote_parse(const char *text, struct remote **out);

/**
 * remote_mask(text):
 * Make the destinations ${text}, with blanks between, fit for a message: stars in place of what may
 * be a password in a URL, and no control characters.  Return ${text}.
 */
char *remote_mask(char *text);

/**
 * remote_judge(text):
 * Return what is wrong with the destinations ${text}, with blanks between, for a message
 * "KEY=VALUE: what", or NULL.
 */
const char *remote_judge(const char *text);

/**
 * remote_free(r):
 * NULL is fine.
 */
void remote_free(struct remote *r);

#endif
