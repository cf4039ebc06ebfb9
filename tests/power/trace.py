"""What a run did to a disk, in its order: a command under strace, read as a list of operations.

record(command, root, ...) runs the command and returns (exit code, operations).  Each operation is a
dict with `op`, `at` (its number), `who` (the program), and, where they matter, `path`, `to`, `data`,
`offset`, `mode`, `from_` (the number of the operation before which it began: an fsync covers what was
done before it was called, not before it came back).  Paths are absolute and lie below root, but for
`said`, which are the bytes a program wrote to its stdout or to a file outside.

strace sees every process of the run, whatever it links, and every byte: bash, age and cp as well as
our own.  What it does not see (stores into a shared mapping) disk.py would find: what the operations
make of the disk at the beginning must be the disk at the end.
"""
import os
import re
import subprocess

CALLS = ("open openat openat2 creat write pwrite64 writev pwritev pwritev2 lseek ftruncate truncate "
         "fallocate copy_file_range sendfile splice fsync fdatasync sync syncfs sync_file_range rename "
         "renameat renameat2 link linkat symlink symlinkat unlink unlinkat mkdir mkdirat rmdir mknod "
         "mknodat chmod fchmod fchmodat chdir fchdir clone clone3 fork vfork execve").split()

START = re.compile(r"(\d+) +(\w+)\((.*)$")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)$")


class Unreadable(Exception):
    pass


def text(quoted):
    """The bytes of what strace -xx writes between quotes."""
    return bytes.fromhex(quoted.replace("\\x", ""))


def arguments(line):
    """The arguments of a call, split at the commas that stand outside of brackets and quotes."""
    out, depth, at, quoted = [], 0, 0, False
    for i, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif c in "([{<":
            depth += 1
        elif c in ")]}>" and not (c == ">" and line[i - 1] in "-="):
            depth -= 1
            if depth < 0:
                return out + [line[at:i].strip()], line[i + 1:]
        elif c == "," and depth == 0:
            out.append(line[at:i].strip())
            at = i + 1
    raise Unreadable(line[:200])


def fd_path(arg):
    """The path of "3<...>", or None for what has none."""
    got = re.match(r"(?:\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})+)>", arg)
    if got is None:
        return None
    path = os.fsdecode(text(got[1]))
    return path if path.startswith("/") else None


def string(arg):
    got = re.match(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?', arg)
    if got is None or got[2]:
        raise Unreadable(arg[:100])
    return text(got[1])


class Reader:
    def __init__(self, root, outside, cwd):
        self.root, self.outside, self.first = root, outside, cwd
        self.ops, self.cwd, self.exe, self.open_calls, self.forking = [], {}, {}, {}, []
        self.place = {}  # path: where the next write goes

    def below(self, path):
        return path is not None and (path == self.root or path.startswith(self.root + "/"))

    def known(self, pid):
        """The folder that pid works in and its program are those of who made it."""
        if pid not in self.cwd:
            parent = self.forking[-1] if self.forking else None
            self.cwd[pid] = self.cwd.get(parent, self.first)
            self.exe[pid] = self.exe.get(parent, "")

    def path(self, pid, name, folder=None):
        name = os.fsdecode(string(name))
        if not name.startswith("/"):
            name = os.path.join(fd_path(folder) if folder else self.cwd[pid], name)
        return os.path.normpath(name)

    def add(self, pid, op, **more):
        self.ops.append(dict(op=op, at=len(self.ops), pid=pid, who=self.exe[pid], **more))

    def feed(self, line):
        got = RESUMED.match(line)
        if got:
            pid = int(got[1])
            begun, rest = self.open_calls.pop(pid)
            if got[2] in ("clone", "clone3", "fork", "vfork") and pid in self.forking:
                self.forking.remove(pid)
            return self.call(pid, got[2], rest + got[3], begun)
        got = START.match(line)
        if not got:
            return None
        pid = int(got[1])
        self.known(pid)
        if got[3].endswith("<unfinished ...>"):
            self.open_calls[pid] = (len(self.ops), got[3][:-len("<unfinished ...>")])
            if got[2] in ("clone", "clone3", "fork", "vfork"):
                self.forking.append(pid)
            return None
        return self.call(pid, got[2], got[3], len(self.ops))

    def call(self, pid, name, rest, begun):
        if name in ("clone", "clone3", "fork", "vfork"):
            child = re.search(r"\) *= (\d+)", rest)
            if child and int(child[1]) not in self.cwd:
                self.cwd[int(child[1])] = self.cwd[pid]
                self.exe[int(child[1])] = self.exe[pid]
            return
        args, result = arguments(rest)
        got = re.match(r" *= (-?\d+)", result)
        if not got or int(got[1]) < 0:
            return
        value = int(got[1])
        if name == "execve":
            self.exe[pid] = os.path.basename(os.fsdecode(string(args[0])))
        elif name == "chdir":
            self.cwd[pid] = self.path(pid, args[0])
        elif name == "fchdir":
            self.cwd[pid] = fd_path(args[0])
        elif name in ("open", "openat", "openat2", "creat"):
            self.opened(pid, name, args, result)
        elif name in ("write", "pwrite64", "writev", "pwritev", "pwritev2"):
            self.written(pid, name, args, value)
        elif name == "lseek":
            if self.below(fd_path(args[0])):
                self.place[fd_path(args[0])] = value
        elif name in ("copy_file_range", "sendfile", "splice"):
            out = args[0] if name == "sendfile" else args[2]
            if self.below(fd_path(out)) and value > 0:
                raise Unreadable(f"{name} into {fd_path(out)}: bytes that are not seen")
        elif name in ("ftruncate", "truncate", "fallocate"):
            path = self.path(pid, args[0]) if name == "truncate" else fd_path(args[0])
            if self.below(path):
                if name == "fallocate":
                    if args[1] != "0":
                        raise Unreadable(f"fallocate {args[1]}")
                    self.add(pid, "grow", path=path, size=int(args[2]) + int(args[3]))
                else:
                    self.add(pid, "truncate", path=path, size=int(args[1]))
        elif name in ("fsync", "fdatasync"):
            if self.below(fd_path(args[0])):
                self.add(pid, "fsync", path=fd_path(args[0]), from_=begun)
        elif name in ("sync", "syncfs"):
            self.add(pid, "sync", from_=begun)
        elif name in ("rename", "renameat", "renameat2", "link", "linkat"):
            if name in ("rename", "link"):
                a, b = self.path(pid, args[0]), self.path(pid, args[1])
            else:
                a, b = self.path(pid, args[1], args[0]), self.path(pid, args[3], args[2])
            if self.below(a) or self.below(b):
                if "RENAME_EXCHANGE" in rest:
                    self.add(pid, "exchange", path=a, to=b)
                else:
                    self.add(pid, "link" if name.startswith("link") else "rename", path=a, to=b)
        elif name in ("unlink", "unlinkat", "rmdir"):
            path = self.path(pid, args[1], args[0]) if name == "unlinkat" else self.path(pid, args[0])
            if self.below(path):
                self.add(pid, "unlink", path=path)
        elif name in ("mkdir", "mkdirat"):
            at = name == "mkdirat"
            path = self.path(pid, args[1], args[0]) if at else self.path(pid, args[0])
            if self.below(path):
                self.add(pid, "mkdir", path=path, mode=int(args[-1], 8))
        elif name in ("symlink", "symlinkat"):
            path = self.path(pid, args[2], args[1]) if name == "symlinkat" else self.path(pid, args[1])
            if self.below(path):
                self.add(pid, "symlink", path=path, data=string(args[0]))
        elif name in ("chmod", "fchmod", "fchmodat"):
            if name == "fchmod":
                path, mode = fd_path(args[0]), args[1]
            elif name == "chmod":
                path, mode = self.path(pid, args[0]), args[1]
            else:
                path, mode = self.path(pid, args[1], args[0]), args[2]
            if self.below(path):
                self.add(pid, "chmod", path=path, mode=int(mode, 8))

    def opened(self, pid, name, args, result):
        got = re.match(r" *= (\d+<.*>)", result)
        path = fd_path(got[1]) if got else None
        if not self.below(path):
            return
        flags = "O_CREAT|O_TRUNC|O_WRONLY" if name == "creat" else args[1 if name == "open" else 2]
        if "O_TMPFILE" in flags:
            raise Unreadable("O_TMPFILE: a file without a name")
        if not re.search("O_WRONLY|O_RDWR", flags):
            return
        mode = 0o600
        if "O_CREAT" in flags:
            octal = re.search(r"0[0-7]+", args[-1] if name != "openat2" else flags)
            mode = int(octal[0], 8) if octal else 0o600
        self.place[path] = None if "O_APPEND" in flags else 0
        self.add(pid, "open", path=path, mode=mode, create="O_CREAT" in flags, trunc="O_TRUNC" in flags)

    def written(self, pid, name, args, value):
        path = fd_path(args[0])
        if name in ("write", "pwrite64"):
            # A buffer of many bytes is read only where somebody wants it.
            if not self.below(path) and not (path in self.outside or args[0].startswith("1<")):
                return
            data = string(args[1])
        else:
            data = b"".join(text(part) for part in re.findall(r'iov_base="((?:\\x[0-9a-f]{2})*)"', args[1]))
        data = data[:value]
        if not self.below(path):
            if path in self.outside or args[0].startswith("1<"):
                self.add(pid, "said", path=path or "", data=data)
            return
        if name in ("pwrite64", "pwritev", "pwritev2"):
            offset = int(args[3])
        else:
            offset = self.place.get(path)
            if offset is not None:
                self.place[path] = offset + value
        self.add(pid, "write", path=path, data=data, offset=offset)


def record(command, root, trace, outside=(), cwd="/", env=None):
    """Run the command; return (its exit code, its stderr, the operations below root)."""
    done = subprocess.run(
        ["strace", "-f", "-y", "-xx", "-s", "100000000", "-qq", "-e", "signal=none",
         "-e", "trace=" + ",".join(CALLS), "-o", trace, "--"] + command,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env=env)
    reader = Reader(root, set(outside), cwd)
    with open(trace) as lines:
        for line in lines:
            reader.feed(line.rstrip("\n"))
    return done.returncode, done.stderr.decode(errors="replace"), reader.ops
