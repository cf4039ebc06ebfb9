/*
 * Patterns with gitignore's meaning.
 *
 * A pattern is matched as it stands, in one pass over pattern and name with two places to come
 * back to: the last `*` (which then takes one byte more, never a slash) and the last
 * globstar, `**` as a whole component (which then takes one component more).  Coming back to
 * the last one of each kind is enough: what an earlier one could take, the later one can take
 * too.  So the time is bounded by length of pattern × length of name per component, whatever
 * the pattern; there is no recursion.
 *
 * Learned from git's documentation and its `check-ignore`, which the tests use as the judge.
 * Where the two disagree, git decides: it cuts off what a pattern with a slash begins with
 * before its first wildcard, so that the asterisks of `foo**` + `/bar` are a globstar (`x?foo**`
 * has ordinary ones); and `**\/` with an escaped slash is a globstar that takes at least one
 * component.
 */
#include "tar/exclude.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/rights.h"

#define LIST_MAX ((size_t)1 << 20)

struct rule {
	char *text;     /* without `!`, without the slashes at both ends */
	size_t literal; /* bytes before the first wildcard */
	bool taken;     /* `!`: what fits is packed after all */
	bool folder;    /* fits folders only */
	bool name;      /* is compared with the last component, at any depth */
};

struct exclude {
	struct rule *rules;
	size_t len;
	size_t size;
};

struct exclude *
exclude_new(void)
{
	struct exclude *x = calloc(1, sizeof(*x));

	if (x == NULL)
		warn(NULL);
	return x;
}

/* The length of ${text} without the blanks at its end that no backslash protects. */
static size_t
trimmed(const char *text, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len)
			i++;
		else if (text[i] == ' ')
			continue;
		end = i + 1;
	}
	return end;
}

static int
add(struct exclude *x, const char *text, size_t len)
{
	struct rule rule = {0};
	size_t size;
	struct rule *grown;

	if (len == 0 || text[0] == '#')
		return 0;
	len = trimmed(text, len);
	if (len > 0 && text[0] == '!') {
		rule.taken = true;
		text++;
		len--;
	}
	if (len > 0 && text[len - 1] == '/') {
		rule.folder = true;
		len--;
	}
	rule.name = memchr(text, '/', len) == NULL;
	if (len > 0 && text[0] == '/') {
		text++;
		len--;
	}
	if (len == 0)
		return 0;
	if (x->len == x->size) {
		size = x->size ? 2 * x->size : 16;
		if ((grown = reallocarray(x->rules, size, sizeof(*grown))) == NULL) {
			warn(NULL);
			return -1;
		}
		x->rules = grown;
		x->size = size;
	}
	if ((rule.text = strndup(text, len)) == NULL) {
		warn(NULL);
		return -1;
	}
	rule.literal = strcspn(rule.text, "*?[\\");
	x->rules[x->len++] = rule;
	return 0;
}

int
exclude_add(struct exclude *x, const char *pattern)
{
	return add(x, pattern, strlen(pattern));
}

int
exclude_file(struct exclude *x, const char *path)
{
	static const char mark[] = "\xef\xbb\xbf"; /* what Windows editors put in front */
	int rc = EX_CONFIG, fd = -1;
	char *list = NULL, *line, *end;
	size_t len = 0, n;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    io_read_file(fd, LIST_MAX, &list, &len) == -1) {
		warn("%s", path);
		goto out;
	}
	line = list;
	if (strncmp(line, mark, strlen(mark)) == 0)
		line += strlen(mark);
	for (; line < list + len; line = end + 1) {
		if ((end = memchr(line, '\n', (size_t)(list + len - line))) == NULL)
			end = list + len;
		n = (size_t)(end - line);
		if (n > 0 && line[n - 1] == '\r')
			n--;
		/* A name cannot hold NUL, so a line with one would never do what it says. */
		if (memchr(line, '\0', n) != NULL) {
			warnx("%s: a NUL byte in the list", path);
			goto out;
		}
		if (add(x, line, n) == -1) {
			rc = 1;
			goto out;
		}
	}
	rc = 0;
out:
	free(list);
	(void)io_close(&fd);
	return rc;
}

/* Whether ${c} is in the class ${name} of ${len} bytes, in ASCII; -1: there is no such class. */
static int
class_has(const char *name, size_t len, uint8_t c)
{
	static const struct {
		const char *name;
		int (*has)(int c);
	} classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank},
	    {"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph}, {"lower", islower},
	    {"print", isprint}, {"punct", ispunct}, {"space", isspace}, {"upper", isupper},
	    {"xdigit", isxdigit}};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0)
			return c < 0x80 && classes[i].has(c) != 0;
	return -1;
}

/*
 * Whether ${c} fits the bracket expression whose `[` is at ${*at}; ${*at} moves behind its `]`.
 * -1: the expression is broken.
 */
static int
set_has(const char **at, uint8_t c)
{
	const char *p = *at + 1, *end;
	bool inverted = *p == '!' || *p == '^', has = false, first = true;
	int low = -1, in;
	uint8_t member;

	if (inverted)
		p++;
	for (; first || *p != ']'; first = false) {
		if (*p == '[' && p[1] == ':' && (end = strchr(p + 2, ']')) != NULL &&
		    end > p + 2 && end[-1] == ':') {
			in = class_has(p + 2, (size_t)(end - 1 - (p + 2)), c);
			if (in == -1)
				return -1;
			has |= in;
			p = end + 1;
			low = -1;
			continue;
		}
		/* A range needs a member before the dash and one behind it. */
		if (*p == '-' && low != -1 && p[1] != ']' && p[1] != '\0') {
			p++;
			if (*p == '\\')
				p++;
			if (*p == '\0')
				return -1;
			member = (uint8_t)*p++;
			has |= c >= low && c <= member;
			low = -1;
			continue;
		}
		if (*p == '\\')
			p++;
		if (*p == '\0')
			return -1;
		member = (uint8_t)*p++;
		has |= c == member;
		low = member;
	}
	*at = p + 1;
	return has != inverted && c != '/';
}

/* The length of the asterisks at ${p} if they are a globstar, else 0; ${start}: of wildcards. */
static size_t
globstar(const char *start, const char *p)
{
	size_t n = strspn(p, "*");

	if (n < 2 || (p > start && p[-1] != '/'))
		return 0;
	return p[n] == '\0' || p[n] == '/' || (p[n] == '\\' && p[n + 1] == '/') ? n : 0;
}

static bool
fits(const struct rule *rule, const char *name)
{
	const char *p = rule->text, *t = name;
	const char *star_p = NULL,
		   *star_t = NULL; /* behind the last `*`; what it took ends here */
	const char *globs_p = NULL, *globs_t = NULL; /* behind the last globstar, likewise */
	const char *next;
	size_t n;
	int in;

	if (strncmp(p, t, rule->literal) != 0)
		return false;
	p += rule->literal;
	t += rule->literal;
	for (;;) {
		if ((n = globstar(rule->text + rule->literal, p)) > 0) {
			p += n;
			if (*p == '\0')
				return true;
			p += *p == '/';
			globs_p = p;
			globs_t = t;
			star_p = NULL;
			continue;
		}
		if (*p == '*') {
			p += strspn(p, "*");
			star_p = p;
			star_t = t;
			continue;
		}
		if (*p == '\0' && *t == '\0')
			return true;
		next = p;
		if (*t == '\0' || *p == '\0')
			in = 0;
		else if (*p == '?')
			in = *t != '/', next++;
		else if (*p == '[') {
			if ((in = set_has(&next, (uint8_t)*t)) == -1)
				return false;
		} else {
			if (*next == '\\')
				next++;
			in = *next == *t;
			if (*next != '\0')
				next++;
		}
		if (in == 1) {
			if (*t == '/')
				star_p = NULL; /* its component is done */
			p = next;
			t++;
		} else if (star_p != NULL && *star_t != '\0' && *star_t != '/') {
			p = star_p;
			t = ++star_t;
		} else if (globs_p != NULL && (globs_t = strchr(globs_t, '/')) != NULL) {
			p = globs_p;
			t = globs_t++;
			/* An escaped slash is still to be fitted. */
			if (*p != '\\' || p[1] != '/' || p[-1] != '*')
				t++;
			star_p = NULL;
		} else
			return false;
	}
}

bool
exclude_match(const struct exclude *x, const char *path, bool folder)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const struct rule *rule;

	for (size_t i = x != NULL ? x->len : 0; i > 0; i--) {
		rule = &x->rules[i - 1];
		if (rule->folder && !folder)
			continue;
		if (fits(rule, rule->name ? name : path))
			return !rule->taken;
	}
	return false;
}

bool
exclude_cache(int fd)
{
	static const char signature[] = "Signature: 8a477f597d28d172789f06886806bc55";
	char begin[sizeof(signature) - 1];
	int tag = rights_open(fd, "CACHEDIR.TAG", O_RDONLY);
	struct stat st;
	bool marked;

	marked = tag != -1 && fstat(tag, &st) == 0 && S_ISREG(st.st_mode) &&
		 io_read(tag, begin, sizeof(begin)) == sizeof(begin) &&
		 memcmp(begin, signature, sizeof(begin)) == 0;
	(void)io_close(&tag);
	return marked;
}

void
exclude_free(struct exclude *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->len; i++)
		free(x->rules[i].text);
	free(x->rules);
	free(x);
}
