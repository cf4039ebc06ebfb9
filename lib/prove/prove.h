#ifndef PROVE_PROVE_H
#define PROVE_PROVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/progress.h"
#include "set/kind.h"

/*
 * The proof of one file.  What it is, is found from its content: gzip, and inside or bare: a
 * dump (proven to its end mark), a tar archive (entry by entry), an index, anything else.  The
 * name only adds what it promises: x.tar.gz that holds no archive is damaged.
 *
 * A descriptor goes in and a flat struct comes out, with no global state and no open(), so that
 * a process without any rights can do it.
 */
enum prove_level {
	PROVE_CHECKSUM,  /* the digest of the file's bytes, nothing else */
	PROVE_STRUCTURE, /* everything that the content can prove */
};

struct prove_options {
	enum prove_level level;
	const char *sha256;   /* what the file's bytes must have; NULL: anything */
	int64_t bytes;        /* what its size must be; -1: anything */
	bool require_end;     /* SQL without an end mark is an error */
	bool require_proof;   /* so is all content that proves nothing about itself */
	int index;            /* the index of the packed file, a descriptor; -1: none */
	unsigned jobs;        /* threads that unpack; 0: none.  An index needs one. */
	bool plain_digest;    /* also the digest of the unpacked bytes */
	const char *identity; /* opens what is encrypted; for crew_add_inner() alone */
};

struct proof {
	int code; /* what prove_fd returned */
	enum kind kind;
	bool packed; /* in gzip */
	bool sealed; /* so that every packed bit is proven (gz/seal.h) */
	uint64_t bytes;
	char sha256[HASH_HEX];
	uint64_t plain_bytes;        /* unpacked; only where packed.  Of age: decrypted */
	char plain_sha256[HASH_HEX]; /* empty where not asked for or not packed */
	uint64_t entries; /* of a tar archive; fragments of an index; recipients (age) */
	uint64_t tables;  /* of a dump, as are the next three */
	uint64_t rows;
	char dump[HASH_HEX];          /* its digest, the "sha256" of its last line */
	char tables_sha256[HASH_HEX]; /* see prove_add_table */
	char message[512];            /* what is wrong; empty where nothing is */
};

/**
 * prove_fd(fd, name, o, progress, p):
 * Prove the regular file ${fd} from its start to its end, and fill ${*p}; ${progress} (may be
 * NULL) counts its bytes, once a pass.  ${name} is for
 * messages, and its suffixes are promises.  Return 0, or the exit code after reporting:
 * EX_DATAERR for damage and for what ${o} refuses, EX_CONFIG for what is encrypted where a proof
 * is required, EX_IOERR where it cannot be read, EX_OSERR without memory, 1 after a stop signal
 * (silently).
 */
int prove_fd(int fd, const char *name, const struct prove_options *o, struct progress *progress,
    struct proof *p);

/**
 * prove_check(p, code):
 * Make of ${*p}, which somebody has filled whom one need not trust, and who ended with ${code},
 * a proof that can be used: texts end, digests are digests, the kind exists, and code and
 * message agree.
 */
void prove_check(struct proof *p, int code);

/**
 * prove_add_table(h, database, table, rows, sha256):
 * Add one table to the digest over the tables of a dump in their order: two lists of tables
 * are equal if and only if their digests are.
 */
void prove_add_table(
    struct hash *h, const char *database, const char *table, uint64_t rows, const char *sha256);

/**
 * prove_describe(p, buf, size):
 * Write what was proven for people into ${buf} of ${size} bytes (160 are enough): "dump, 12
 * tables, 5 rows", "tar archive, 7 entries", "foreign SQL: no end mark to prove", …; return
 * ${buf}.
 */
const char *prove_describe(const struct proof *p, char *buf, size_t size);

/**
 * prove_kind(p):
 * Return one word for JSON: "dump", "foreign", "tar", "index", "age", "gzip" (other content,
 * packed) or "other".
 */
const char *prove_kind(const struct proof *p);

#endif
