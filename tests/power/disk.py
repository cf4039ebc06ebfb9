"""A disk that forgets: what may be left of a list of operations when the power goes.

The promise that POSIX makes, and no more:
- the bytes of a file are there once it was fsynced; until then the old ones may be, or nothing,
  or half of them, or zeros;
- a name is there (or gone) once the folder that it stands in was fsynced; until then each change of a
  name may or may not have happened, whatever was changed after it;
- a rename happens or does not: nothing has two names, or none, because of it.  It lasts once the
  folder that it leads to was fsynced.
That is less than ext4, XFS or btrfs promise (they keep the order of such changes), and about what FAT
on a backup disk does.  Modes and owners are taken as they were meant.
"""
import hashlib
import os
import shutil
import stat
import time


LONG_AGO = time.time_ns() - 86400 * 10**9  # the machine was off for a day


class Node:
    """A file, a folder or a symlink."""

    def __init__(self, kind, mode, data=b""):
        self.kind, self.mode = kind, mode
        self.names = {}  # of a folder, as they are at the beginning
        self.data = data
        self.synced = data if kind != "file" else None
        self.time = LONG_AGO
        self.since = 0  # the data changed in the operation before this one

    def stays(self):
        self.synced = self.data


class Change:
    """A change of names: what `apply` does to the folders, and whether it will last."""

    def __init__(self, at, kind, folder, name, node=None, folder2=None, name2=None, other=None):
        self.at, self.kind, self.folder, self.name, self.node = at, kind, folder, name, node
        self.folder2, self.name2, self.other, self.lasts = folder2, name2, other, False

    def reaches(self, folder):
        return folder is (self.folder2 if self.kind == "move" else self.folder)

    def apply(self, names):
        here = names[self.folder]
        if self.kind == "add":
            here[self.name] = self.node
        elif self.kind == "del":
            if here.get(self.name) is self.node:
                del here[self.name]
        elif self.kind == "swap":
            here[self.name], names[self.folder2][self.name2] = self.other, self.node
        else:
            # Under whatever name it is: what came before may be lost.
            if self.node.kind == "dir":
                for other in names.values():
                    for name in [n for n, node in other.items() if node is self.node]:
                        del other[name]
            elif here.get(self.name) is self.node:
                del here[self.name]
            names[self.folder2][self.name2] = self.node


def read_tree(path):
    """The disk as it is: all of it lasts."""
    st = os.lstat(path)
    if stat.S_ISLNK(st.st_mode):
        return Node("link", 0o777, os.fsencode(os.readlink(path)))
    if stat.S_ISDIR(st.st_mode):
        node = Node("dir", stat.S_IMODE(st.st_mode))
        for name in sorted(os.listdir(path)):
            node.names[name] = read_tree(os.path.join(path, name))
        return node
    if not stat.S_ISREG(st.st_mode):
        return Node("other", stat.S_IMODE(st.st_mode))
    with open(path, "rb") as f:
        node = Node("file", stat.S_IMODE(st.st_mode), f.read())
    node.stays()
    node.time = st.st_mtime_ns
    return node


def write_tree(node, names, path, owner):
    """Make it so at path, which is a folder that may be there."""
    os.makedirs(path, exist_ok=True)
    for name, child in names[node].items():
        at = os.path.join(path, name)
        if child.kind == "dir":
            write_tree(child, names, at, owner)
        elif child.kind == "link":
            os.symlink(child.data, at)
        elif child.kind == "file":
            with open(at, "wb") as f:
                f.write(child.content)
            os.chmod(at, child.mode)
            os.utime(at, ns=(child.time, child.time))
        if owner is not None:
            os.lchown(at, *owner)
    os.chmod(path, node.mode)
    if owner is not None:
        os.lchown(path, *owner)


class Disk:
    def __init__(self, root):
        self.root, self.top = root, read_tree(root)
        self.all = []
        self._collect(self.top)
        self.now = {node: dict(node.names) for node in self.all if node.kind == "dir"}
        self.changes = []

    def _collect(self, node):
        self.all.append(node)
        for child in node.names.values():
            self._collect(child)

    def find(self, path):
        """(folder, name, node) of a path, as it is now; None for each that is not there."""
        parts = [p for p in os.path.relpath(path, self.root).split("/") if p != "."]
        folder, node, name = None, self.top, ""
        for name in parts:
            folder = node
            if folder not in self.now:
                return None, name, None
            node = self.now[folder].get(name)
            if node is None and name is not parts[-1]:
                return None, name, None
        return folder, name, node

    def new(self, node):
        self.all.append(node)
        if node.kind == "dir":
            self.now[node] = {}
        return node

    def change(self, *args):
        change = Change(*args)
        change.apply(self.now)
        self.changes.append(change)

    def step(self, op):
        """Do one operation."""
        kind, at = op["op"], op["at"]
        if kind == "said":
            return
        if kind == "sync":
            for node in self.all:
                node.stays()
            for change in self.changes:
                change.lasts = True
            return
        folder, name, node = self.find(op["path"])
        if kind == "open":
            if node is None and op["create"]:
                self.change(at, "add", folder, name, self.new(Node("file", op["mode"])))
            elif node is not None and op["trunc"]:
                node.data, node.since = b"", at
        elif kind == "mkdir":
            self.change(at, "add", folder, name, self.new(Node("dir", op["mode"])))
        elif kind == "symlink":
            self.change(at, "add", folder, name, self.new(Node("link", 0o777, op["data"])))
        elif kind == "unlink":
            if node is not None:
                self.change(at, "del", folder, name, node)
        elif kind == "link":
            folder2, name2, _ = self.find(op["to"])
            self.change(at, "add", folder2, name2, node)
        elif kind == "rename":
            folder2, name2, target = self.find(op["to"])
            if node is not None and folder2 is not None and node is not target:
                self.change(at, "move", folder, name, node, folder2, name2, target)
        elif kind == "exchange":
            folder2, name2, other = self.find(op["to"])
            self.change(at, "swap", folder, name, node, folder2, name2, other)
        elif node is None:
            return  # a file without a name any more
        elif kind == "write":
            offset = len(node.data) if op["offset"] is None else op["offset"]
            data = node.data.ljust(offset, b"\0")
            node.data, node.since = data[:offset] + op["data"] + data[offset + len(op["data"]):], at
        elif kind == "truncate":
            node.data, node.since = node.data[:op["size"]].ljust(op["size"], b"\0"), at
        elif kind == "grow":
            node.data, node.since = node.data.ljust(op["size"], b"\0"), at
        elif kind == "chmod":
            node.mode = op["mode"]
        elif kind == "fsync":
            if node.kind == "dir":
                for change in self.changes:
                    if change.at < op["from_"] and change.reaches(node):
                        change.lasts = True
            elif node.since < op["from_"]:
                node.stays()

    def loose(self):
        """The changes of names that may still be lost."""
        return [c for c in self.changes if not c.lasts]

    def names_with(self, lost):
        """The folders as they are without the changes in `lost`."""
        names = {node: dict(node.names) for node in self.all if node.kind == "dir"}
        for change in self.changes:
            if change not in lost:
                change.apply(names)
        return names

    def states(self, some, chance):
        """Ways in which the disk may look if the power goes now: (what is lost, names).  Every file
        has its bytes in .content.  `some`: so many at random beside the certain ones."""
        loose = self.loose()
        kept = self.names_with(set())
        ways = [("nothing is lost", kept, "all"), ("bytes are lost", kept, "synced"),
                ("bytes are torn", kept, "torn"), ("bytes are zeros", kept, "zeros")]
        if loose:
            least = self.names_with(set(loose))
            ways += [("names and bytes are lost", least, "synced"), ("names are lost", least, "all")]
            if len(loose) <= 24:
                for one in loose:
                    ways.append((f"the {one.kind} of {one.name} alone is lost",
                                 self.names_with({one}), "synced"))
                    ways.append((f"the {one.kind} of {one.name} alone is not lost",
                                 self.names_with(set(loose) - {one}), "synced"))
        for _ in range(some if loose else 0):
            lost = {c for c in loose if chance.random() < 0.5}
            ways.append(("some names are lost", self.names_with(lost), chance.choice(["synced", "torn"])))
        for what, names, how in ways:
            for node in self.all:
                if node.kind == "file":
                    node.content = self.bytes_of(node, how)
            yield what, names

    @staticmethod
    def bytes_of(node, how):
        old = node.synced if node.synced is not None else b""
        if how == "all" or node.synced == node.data:
            return node.data
        if how == "synced":
            return old
        same = len(os.path.commonprefix([old, node.data]))
        if how == "torn":
            return node.data[:same + (len(node.data) - same + 1) // 2]
        return node.data[:same].ljust(len(node.data), b"\0")

    def tree(self, names, node=None, at=""):
        """{path: bytes of a file, None for a folder} of what can be seen."""
        node = node or self.top
        out = {}
        for name, child in names[node].items():
            path = f"{at}/{name}" if at else name
            if child.kind == "dir":
                out[path] = None
                out.update(self.tree(names, child, path))
            else:
                out[path] = child.content if child.kind == "file" else child.data
        return out

    def seen(self):
        """The tree as programs see it now."""
        for node in self.all:
            if node.kind == "file":
                node.content = node.data
        return self.tree(self.now)

    def rebuild(self, names, owner):
        """Make the disk look so."""
        for name in os.listdir(self.root):
            at = os.path.join(self.root, name)
            if os.path.isdir(at) and not os.path.islink(at):
                shutil.rmtree(at)
            else:
                os.unlink(at)
        write_tree(self.top, names, self.root, owner)


def mark(tree):
    """One digest of a tree: what was judged once is not judged again."""
    digest = hashlib.sha256()
    for path in sorted(tree):
        data = tree[path]
        digest.update(os.fsencode(path) + b"\0" + (b"/" if data is None else hashlib.sha256(data).digest()))
    return digest.digest()
