/* The digests below need no memory and cannot fail, as those of the EVP interface can. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/io.h"

static void
to_hex(const uint8_t digest[SHA256_DIGEST_LENGTH], char hex[HASH_HEX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * i] = '\0';
}

void
hash_start(struct hash *h)
{
	SHA256_Init(&h->sha);
}

void
hash_add(struct hash *h, const void *buf, size_t len)
{
	SHA256_Update(&h->sha, buf, len);
}

void
hash_take(struct hash *h, char hex[HASH_HEX])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256_Final(digest, &h->sha);
	to_hex(digest, hex);
	SHA256_Init(&h->sha);
}

int
hash_fd(int fd, char hex[HASH_HEX], uint64_t *bytes)
{
	const size_t size = 256 * 1024;
	struct hash h;
	uint8_t *buf;
	uint64_t sum = 0;
	ssize_t n = -1;
	int saved;

	if ((buf = malloc(size)) == NULL)
		return -1;
	/* A hint only: pipes refuse it. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	hash_start(&h);
	while ((n = io_read_some(fd, buf, size)) > 0) {
		hash_add(&h, buf, (size_t)n);
		sum += (uint64_t)n;
	}
	saved = errno;
	free(buf);
	errno = saved;
	if (n == -1)
		return -1;
	hash_take(&h, hex);
	if (bytes != NULL)
		*bytes = sum;
	return 0;
}

void
hash_bytes(const void *buf, size_t len, char hex[HASH_HEX])
{
	struct hash h;

	hash_start(&h);
	hash_add(&h, buf, len);
	hash_take(&h, hex);
}
