#include "base/buf.h"

#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
buf_room(struct buf *b, size_t len)
{
	size_t need, size;
	char *data;

	if (b->size - b->len >= len)
		return 0;
	if (b->failed || len > SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return -1;
	}

	/* Double what is small; grow what is large by a quarter, so that a giant row costs little. */
	need = b->len + len;
	size = b->size < 1 << 20 ? b->size * 2 : b->size + b->size / 4;
	if (size < need)
		size = need;
	if (size < 256)
		size = 256;
	data = realloc(b->data, size);
	if (data == NULL) {
		b->failed = true;
		return -1;
	}
	b->data = data;
	b->size = size;
	return 0;
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0 || buf_room(b, len) != 0)
		return;
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

void
buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0 || buf_room(b, (size_t)len + 1) != 0) {
		b->failed = true;
		return;
	}
	va_start(ap, format);
	vsnprintf(b->data + b->len, (size_t)len + 1, format, ap);
	va_end(ap);
	b->len += (size_t)len;
}

const char *
buf_string(struct buf *b)
{
	if (b->failed || buf_room(b, 1) != 0) {
		if (!b->reported)
			warnx("out of memory");
		b->reported = true;
		return NULL;
	}
	b->data[b->len] = '\0';
	return b->data;
}

void
buf_reset(struct buf *b, size_t keep)
{
	if (b->size > keep)
		buf_free(b);
	b->len = 0;
	b->failed = b->reported = false;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
