#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/sha.h>

/*
 * SHA-256 (libcrypto, with the CPU's instructions) as lowercase hexadecimal text.
 */
#define HASH_HEX 65 /* 64 digits and a NUL */

struct hash {
	SHA256_CTX sha; /* hash.c's alone */
};

/**
 * hash_start(h):
 * Begin a digest in ${h}.  It takes nothing that would have to be given back.
 */
void hash_start(struct hash *h);

/**
 * hash_add(h, buf, len):
 * Add ${len} bytes.
 */
void hash_add(struct hash *h, const void *buf, size_t len);

/**
 * hash_take(h, hex):
 * Write the digest of all bytes added since the start or the last take, and start anew.
 */
void hash_take(struct hash *h, char hex[HASH_HEX]);

/**
 * hash_fd(fd, hex, bytes):
 * Digest ${fd} from its current position to its end; ${*bytes} (may be NULL) is what was read.
 * Return 0, or -1 with errno set.
 */
int hash_fd(int fd, char hex[HASH_HEX], uint64_t *bytes);

/**
 * hash_bytes(buf, len, hex):
 * The digest of ${len} bytes at ${buf}.
 */
void hash_bytes(const void *buf, size_t len, char hex[HASH_HEX]);

#endif
