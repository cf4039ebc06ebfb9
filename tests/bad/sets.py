"""Whole sets."""

import gzip
import json
import os

from content import dump, sha, tree
from packed import fragments


def sets(folder, note):
    sql = dump([("queues", [(1, "satu"), (2, "dua")])])[0]
    packed, index = fragments(sql)
    tar = tree()
    end = json.loads(sql[sql.rindex(b"-- siantre-end") + 15 :])
    table = json.loads(sql[sql.index(b"-- siantre-table") + 17 :].split(b"\n")[0])

    def make(name, what, change=None, seal=None):
        files = {
            "db_backup.sql.gz": packed,
            "db_backup.sql.gz.idx": index.encode(),
            "app_files.tar.gz": gzip.compress(tar, 6, mtime=0),
            "env_backup.env": b"APP_NAME=SiAntre\nDB_DATABASE=siantre\n",
        }
        plain = {"db_backup.sql.gz": sql, "app_files.tar.gz": tar}
        info = []
        for f in sorted(files):
            entry = {"name": f, "bytes": len(files[f]), "sha256": sha(files[f])}
            if f in plain:
                entry["plain_bytes"] = len(plain[f])
                entry["plain_sha256"] = sha(plain[f])
            if f == "app_files.tar.gz":
                entry["entries"] = 7
            if f == "db_backup.sql.gz":
                entry["dump"] = {"digest": end["sha256"], "server": "10.11.6-MariaDB",
                                 "started": "2026-11-22T19:00:00Z", "position": None,
                                 "databases": ["siantre"], "tables": [dict(table)], "warnings": []}
            info.append(entry)
        about = {"format": 1, "job": "db", "application": "siantre", "set": name,
                 "host": "web1", "tool": "siantre-backup 0.1.0",
                 "started": "2026-11-22T19:00:00Z", "ended": "2026-11-22T19:00:41Z",
                 "status": "ok", "files": info, "warnings": []}
        if change:
            change(files, about)
        if "set.json" not in files:
            files["set.json"] = (json.dumps(about, indent=1) + "\n").encode()
        sums = {f: sha(files[f]) for f in files}
        text = "".join("%s  %s\n" % (sums[f], f) for f in sorted(sums))
        if seal:
            text = seal(files, text)
        if text is not None:
            files["SHA256SUMS"] = text.encode()
        os.makedirs(os.path.join(folder, name), mode=0o700, exist_ok=True)
        for f, data in files.items():
            with open(os.path.join(folder, name, f), "wb") as out:
                out.write(data)
        note(name, "set", what)

    def entry(about, name):
        return next(f for f in about["files"] if f["name"] == name)

    def reindex(text):
        """Another index, as good as the first as far as it can say itself."""
        body = text[: text.index("\nend ") + 1]
        return "%send %d %s\n" % (body, body.count("\n") - 1, sha(body.encode()))

    def index_other(files, about):
        set_index(files, about, fragments(sql + b"-- more\n")[1])

    def index_digest(files, about):
        line = index.splitlines()[1]
        set_index(files, about, reindex(index.replace(line, line[:-64] + sha(b"other"))))

    def index_alone(files, about):
        about["files"].remove(entry(about, "db_backup.sql.gz"))
        del files["db_backup.sql.gz"]

    def set_index(files, about, text):
        files["db_backup.sql.gz.idx"] = text.encode()
        entry(about, "db_backup.sql.gz.idx").update(bytes=len(text), sha256=sha(text.encode()))

    def change(**keys):
        def apply(files, about):
            entry(about, "db_backup.sql.gz").update(keys)
        return apply

    def digest(files, about):
        entry(about, "db_backup.sql.gz")["dump"]["tables"][0]["sha256"] = sha(b"other")

    def cut(files, about):
        files["db_backup.sql.gz"] = packed[:-10]
        entry(about, "db_backup.sql.gz").update(bytes=len(packed) - 10, sha256=sha(packed[:-10]))

    def huge(files, about):
        about["warnings"] = ["x" * 1000] * 70000
        files["set.json"] = json.dumps(about).encode()

    make("good-set", "a set")
    make("set-no-sums", "no SHA256SUMS", seal=lambda files, text: None)
    make("set-sums-empty", "an empty SHA256SUMS", seal=lambda files, text: "")
    make("set-sums-cut", "SHA256SUMS cut short", seal=lambda files, text: text[:-30])
    make("set-sums-garbage", "a line that is no digest", seal=lambda files, text: "hello\n" + text)
    make("set-sums-double", "a file is listed twice",
         seal=lambda files, text: text + text.splitlines(keepends=True)[0])
    make("set-sums-up", "a listed path leads out of the set",
         seal=lambda files, text: text + "%s  ../good-set/set.json\n" % sha(b""))
    make("set-sums-absolute", "a listed path is absolute",
         seal=lambda files, text: text + "%s  /etc/hostname\n" % sha(b""))
    make("set-sums-self", "SHA256SUMS lists itself",
         seal=lambda files, text: text + "%s  SHA256SUMS\n" % sha(b""))
    make("set-missing", "a listed file is missing",
         seal=lambda files, text: files.pop("env_backup.env") and text)
    make("set-unlisted", "a file is not listed",
         seal=lambda files, text: files.update({"extra.sh": b"echo\n"}) or text)
    make("set-changed", "a file's bytes differ",
         seal=lambda files, text: files.update({"env_backup.env": b"APP_NAME=SiAntre\nDB_HOST=x\n"})
         or text)
    make("set-json-bytes", "set.json has another size", change(bytes=1))
    make("set-json-digest", "set.json has another digest", change(sha256=sha(b"x")))
    make("set-json-plain", "set.json has another plain size", change(plain_bytes=7))
    make("set-json-plain-digest", "set.json has another plain digest",
         change(plain_sha256=sha(b"x")))
    make("set-json-table", "set.json has another table digest", digest)
    make("set-json-lost", "set.json leaves a file out",
         lambda files, about: about["files"].pop(0))
    make("set-json-extra", "set.json names a file too many",
         lambda files, about: about["files"].append({"name": "z", "bytes": 0, "sha256": sha(b"")}))
    make("set-json-none", "no set.json at all", seal=lambda files, text:
         "".join(line for line in text.splitlines(keepends=True)
                 if "set.json" not in line) if files.pop("set.json") else None)
    make("set-json-text", "set.json is no JSON",
         lambda files, about: files.update({"set.json": b"{\"format\":1,\n"}))
    make("set-json-format", "set.json of a later format",
         lambda files, about: about.update(format=2))
    make("set-json-deep", "set.json nested without end",
         lambda files, about: files.update({"set.json": b"[" * 200000}))
    make("set-json-huge", "set.json of 70 MB", huge)
    make("set-index-other", "the index of another file", index_other)
    make("set-index-digest", "the index has another digest of a fragment", index_digest)
    make("set-index-alone", "an index without its file", index_alone)
    make("set-cut", "a cut dump under right digests", cut)
