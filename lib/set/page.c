#include "set/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/num.h"

#define PAGE_MAX (8 << 20)

bool
page_get(const char *url, struct page *p)
{
	/* The status stands on a line of its own behind the page. */
	static const char *const words[] = {"curl", "--silent", "--location", "--max-redirs",
	    "5", "--proto", "=http,https", "--noproxy", "*", "--max-time", "30", "--connect-to",
	    "::127.0.0.1:", "--write-out", "\n%{http_code}", "--"};
	const char *list[sizeof(words) / sizeof(words[0]) + 2];
	const size_t n = sizeof(words) / sizeof(words[0]);
	char *argv[sizeof(list) / sizeof(list[0])], *last;
	uint64_t status = 0;
	int rc;

	*p = (struct page){0};
	if (!child_exists("curl")) {
		strlcpy(p->why, "curl is not installed", sizeof(p->why));
		return false;
	}
	memcpy(list, words, sizeof(words));
	list[n] = url;
	list[n + 1] = NULL;
	memcpy(argv, list, sizeof(argv));
	rc = child_output(argv, PAGE_MAX, &p->text);
	if (p->text != NULL && (last = strrchr(p->text, '\n')) != NULL) {
		if (num_count(last + 1, 0, 999, &status) == 0)
			p->status = (int)status;
		*last = '\0';
	}
	if (p->status == 0)
		snprintf(p->why, sizeof(p->why),
		    rc == 7    ? "%s: nobody answers"
		    : rc == 60 ? "%s: its certificate is not valid"
		    : rc == 28 ? "%s: no answer within 30 s"
			       : "%s: curl ended %d",
		    url, rc);
	else if (p->status < 200 || p->status > 399)
		snprintf(p->why, sizeof(p->why), "%s: HTTP %d", url, p->status);
	return p->status >= 200 && p->status <= 399;
}

void
page_free(struct page *p)
{
	free(p->text);
	p->text = NULL;
}
