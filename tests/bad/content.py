"""Dumps and archives: sound ones, and damaged in one way each."""

import gzip
import hashlib
import io
import tarfile

WORDS = ("A-001", "Loket 3", "antrian", "Poli Gigi", "selesai", "menunggu", "Jl. Merdeka 17")


def sample(size, seed=1):
    """Text that compresses, the same on every machine."""
    out, state = [], seed
    length = 0
    while length < size:
        state = (state * 1103515245 + 12345) % (1 << 31)
        word = "%s;%d;" % (WORDS[state % len(WORDS)], state % 100000)
        out.append(word)
        length += len(word)
    return "".join(out).encode()[:size]


def sha(data):
    return hashlib.sha256(data).hexdigest()


def region(table, rows):
    if not rows:
        return b""
    text = "INSERT INTO `%s` (`id`,`nama`) VALUES\n" % table
    return (text + ",\n".join("(%d,'%s')" % r for r in rows) + ";\n").encode()


def end_mark(total, regions, schema):
    """The lines behind the last section: one a table, then the end."""
    lines, count = "", 0
    for table, text in regions:
        rows = text.count(b"\n(")
        count += rows
        lines += '-- siantre-table {"database":"siantre","table":"%s","rows":%d,"bytes":%d,' \
            '"sha256":"%s"}\n' % (table, rows, len(text), sha(text))
    end = '-- siantre-end {"format":1,"tables":%d,"rows":%d,"bytes":%d,"schema":"%s"' % (
        len(regions), count, total, schema)
    return (lines + end + ',"sha256":"%s"}\n' % sha((lines + end).encode())).encode()


def dump(tables, tail=b"-- a comment behind the rows\n"):
    """A small dump: (bytes, offset of its end mark)."""
    body, outside, regions = b"", b"", []

    def schema(text):
        nonlocal body, outside
        body += text
        outside += text

    schema(b"-- siantre-dump 1\nSET NAMES utf8mb4;\nSET FOREIGN_KEY_CHECKS=0;\n")
    for table, rows in tables:
        schema(("DROP TABLE IF EXISTS `%s`;\nCREATE TABLE `%s` (\n  `id` int NOT NULL,\n"
                "  `nama` varchar(80) DEFAULT 'a;\\'-- b',\n  PRIMARY KEY (`id`)\n);\n"
                % (table, table)).encode())
        text = region(table, rows)
        if text:
            schema(('-- siantre-rows {"database":"siantre","table":"%s"}\n' % table).encode())
        body += text
        regions.append((table, text))
    # A body whose lines look like our own marks, inside strings and comments only.
    schema(b"DELIMITER ;;\nCREATE PROCEDURE `p`()\nBEGIN\n"
           b"-- siantre-rows {\"database\":\"siantre\",\"table\":\"x\"}\n"
           b"  SELECT '\n-- siantre-end {\"format\":1}\n', \"`\", `a```;\nEND;;\nDELIMITER ;\n")
    schema(tail)
    return body + end_mark(len(body), regions, sha(outside)), len(body)


def sqls(put):
    rows = [(i, WORDS[i % len(WORDS)]) for i in range(1, 300)]
    tables = [("queues", rows), ("empty", []), ("users", [(1, "Budi"), (2, "Siti \\'K\\'")])]
    good, at = dump(tables)
    end = good.rindex(b"-- siantre-end")

    def both(name, what, data):
        put(name + ".sql", "sql", what, data)
        put(name + ".sql.gz", "sql", what + ", packed", gzip.compress(data, 6, mtime=0))

    foreign = (b"-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n--\nCREATE TABLE `t` (`id` int);\n"
               b"INSERT INTO `t` VALUES (1),(2);\n-- Dump completed on 2026-11-23  2:00:01\n")
    both("good-dump", "a dump", good)
    both("good-dump-empty", "a dump without tables", dump([])[0])
    both("good-foreign", "another tool's dump", foreign)
    members = gzip.compress(good[:end], mtime=0)
    put("sql-member-lost.sql.gz", "sql", "a second member with the end mark is lost", members)
    both("sql-no-end", "no end mark at all", good[:at])
    both("sql-header-only", "the first line alone", good[: good.index(b"\n") + 1])
    both("sql-cut-rows", "cut among the rows", good[: good.index(b"(150,")])
    both("sql-cut-end", "cut inside the last line", good[:-20])
    both("sql-no-newline", "the last newline is missing", good[:-1])
    both("sql-behind", "a statement behind the end", good + b"DROP TABLE `queues`;\n")
    both("sql-twice", "two dumps in one file", good + good)
    both("sql-row-lost", "a row is missing",
         good.replace(b"(150,'" + rows[149][1].encode() + b"'),\n", b""))
    both("sql-row-changed", "a row differs", good.replace(b"(150,'", b"(150,'X", 1)
         .replace(rows[149][1].encode() + b"'),\n(151", rows[149][1][1:].encode() + b"'),\n(151", 1))
    both("sql-schema-changed", "a definition differs", good.replace(b"int NOT NULL", b"int NULL    ", 1))
    both("sql-table-line-lost", "a table's line is missing from the end mark",
         good.replace(good[good.index(b"-- siantre-table"):
                           good.index(b"\n", good.index(b"-- siantre-table")) + 1], b"", 1))
    both("sql-rows-count", "another number of rows", good.replace(b'"rows":299', b'"rows":298', 1))
    both("sql-end-digest", "another digest in the last line",
         good[:-5] + (b"0" if good[-5:-4] != b"0" else b"1") + good[-4:])
    both("sql-format", "format 2", good[:end] + good[end:].replace(b'"format":1', b'"format":2'))
    both("sql-json", "the last line is no JSON", good[:end] + b"-- siantre-end {\"format\":1,\n")
    both("sql-in-string", "an end mark that stands inside a string",
         good[:at] + b"SELECT '\n" + good[at:])


def tree():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        def add(name, data=b"", kind=tarfile.REGTYPE, link=""):
            info = tarfile.TarInfo(name)
            info.type, info.size, info.mtime, info.linkname = kind, len(data), 1700000000, link
            info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
            tar.addfile(info, io.BytesIO(data))
        add("siantre/", kind=tarfile.DIRTYPE)
        add("siantre/.env", b"APP_KEY=base64:abc\nDB_DATABASE=siantre\n")
        add("siantre/empty")
        add("siantre/" + "x" * 150 + "\u00e9.txt", sample(3000, 5))
        add("siantre/public/foto.jpg", sample(70000, 7))
        add("siantre/link", kind=tarfile.SYMTYPE, link="public/foto.jpg")
        add("siantre/hard", kind=tarfile.LNKTYPE, link="siantre/.env")
    return out.getvalue()


def tars(put):
    good = tree()
    last = len(good.rstrip(b"\0"))
    last += -last % 512  # the end of the last entry
    photo = good.index(b"siantre/public/foto.jpg")

    def both(name, what, data):
        put(name + ".tar", "tar", what, data)
        put(name + ".tar.gz", "tar", what + ", packed", gzip.compress(data, 6, mtime=0))

    both("good-tree", "a tree", good)
    both("good-tree-empty", "an archive of nothing", bytes(10240))
    both("tar-cut-data", "cut inside a file's data", good[: photo + 512 + 30000])
    both("tar-cut-header", "cut inside a header", good[: photo + 100])
    both("tar-cut-entry", "cut between two entries", good[:photo])
    both("tar-no-end", "no blocks of zeros at the end", good[:last])
    both("tar-checksum", "a header with another checksum",
         good[: photo + 4] + b"X" + good[photo + 5 :])
    both("tar-size", "a size that is no number",
         good[: photo + 124] + b"zzzzzzzzzzz\0" + good[photo + 136 :])
    both("tar-garbage", "bytes behind the end", good[:last] + bytes(1024) + sample(5000, 3))
