"""gzip files and their indexes, down to the bit."""

import struct
import zlib

from content import sample, sha


class Bits:
    """Deflate's bit order: fields from the low bit up, Huffman codes from the high bit down."""

    def __init__(self):
        self.bits = []

    def field(self, value, count):
        self.bits += [(value >> i) & 1 for i in range(count)]
        return self

    def code(self, value, count):
        self.bits += [(value >> i) & 1 for i in range(count - 1, -1, -1)]
        return self

    def fixed(self, symbol):
        """A literal or length symbol in the fixed code."""
        if symbol < 144:
            return self.code(0x30 + symbol, 8)
        if symbol < 256:
            return self.code(0x190 + symbol - 144, 9)
        if symbol < 280:
            return self.code(symbol - 256, 7)
        return self.code(0xC0 + symbol - 280, 8)

    def lengths(self, hlit, hdist, code_lengths):
        """A dynamic block's head; code_lengths: symbol of the code length code -> bits."""
        order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
        last = max(order.index(s) for s in code_lengths) + 1 if code_lengths else 4
        last = max(last, 4)
        self.field(1, 1).field(2, 2)
        self.field(hlit - 257, 5).field(hdist - 1, 5).field(last - 4, 4)
        for symbol in order[:last]:
            self.field(code_lengths.get(symbol, 0), 3)
        return self

    def bytes(self):
        pad = self.bits + [0] * (-len(self.bits) % 8)
        return bytes(
            sum(bit << i for i, bit in enumerate(pad[at : at + 8])) for at in range(0, len(pad), 8)
        )


HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


def trailer(plain):
    return struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)


def member(deflated, plain, header=HEADER):
    return header + deflated + trailer(plain)


def deflate(plain, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
    c = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return c.compress(plain) + c.flush()


def seal(crc):
    """The final block of a file that we packed: the CRC of all before it, spelled in codes."""
    b = Bits().lengths(257, 2, {0: 2, 1: 2, 6: 2, 18: 2})
    for i in range(32):
        six, none = 2, 0
        for code in (none, six) if crc >> i & 1 else (six, none):
            b.code(code, 2)
    b.code(3, 2).field(138 - 11, 7).code(3, 2).field(54 - 11, 7)
    b.code(1, 2).code(1, 2).code(1, 2).code(0, 1)
    return b.bytes()


def fragments(plain, size=4096):
    """Our own shape: one member whose fragments are fully flushed, and the index of it."""
    packed, lines, at = b"", [], len(HEADER)
    for start in range(0, len(plain), size):
        piece = plain[start : start + size]
        c = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = c.compress(piece) + c.flush(zlib.Z_FULL_FLUSH)
        lines.append("%d %d %d %d %s\n" % (start, len(piece), at, len(body), sha(piece)))
        packed += body
        at += len(body)
    whole = HEADER + packed
    whole += seal(zlib.crc32(whole)) + trailer(plain)
    head = "siantre-index 1 %d %d\n" % (len(whole), len(plain))
    text = head + "".join(lines)
    return whole, text + "end %d %s\n" % (len(lines), sha(text.encode()))


def gzips(put):
    plain = sample(20000)
    good = member(deflate(plain), plain)
    body = len(good) // 2

    put("good-plain.gz", "gzip", "one member", good)
    put("good-empty.gz", "gzip", "nothing, packed", member(b"\x03\x00", b""))
    put("good-stored.gz", "gzip", "stored blocks", member(deflate(plain, 0), plain))
    put("good-fixed.gz", "gzip", "the fixed code", member(deflate(plain, 6, zlib.Z_FIXED), plain))
    put("good-level9.gz", "gzip", "packed hard", member(deflate(plain, 9), plain))
    name = b"\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03" + b"\x04\x00ab\x00\x00" + b"n\x00" + b"c\x00"
    name += struct.pack("<H", zlib.crc32(name) & 0xFFFF)
    put("good-header.gz", "gzip", "every optional header field", member(deflate(plain), plain, name))
    put("good-members.gz", "gzip", "two members", member(deflate(plain[:9]), plain[:9]) + good)
    packed = fragments(plain)[0]
    put("good-fragments.gz", "gzip", "fragments under a seal", packed)

    put("gz-no-bytes.gz", "gzip", "an empty file", b"")
    put("gz-cut-magic.gz", "gzip", "cut inside the magic", good[:1])
    put("gz-cut-header.gz", "gzip", "cut inside the header", good[:7])
    put("gz-cut-body.gz", "gzip", "cut in the middle", good[:body])
    put("gz-cut-trailer.gz", "gzip", "cut inside the trailer", good[:-5])
    put("gz-cut-last.gz", "gzip", "the last byte is missing", good[:-1])
    put("gz-cut-fragment.gz", "gzip", "cut between two fragments",
        packed[: packed.index(b"\0\0\xff\xff", 1000) + 4])
    put("gz-seal.gz", "gzip", "a header byte that gzip leaves free, under a seal",
        packed[:4] + b"\x01" + packed[5:])
    put("gz-flipped.gz", "gzip", "one bit flipped in the middle",
        good[:body] + bytes([good[body] ^ 4]) + good[body + 1 :])
    put("gz-crc.gz", "gzip", "another CRC", good[:-8] + b"\x01\x02\x03\x04" + good[-4:])
    put("gz-length.gz", "gzip", "another length", good[:-4] + b"\x01\x02\x03\x04")
    put("gz-behind.gz", "gzip", "bytes behind the trailer", good + b"behind")
    put("gz-zeros.gz", "gzip", "zeros behind the trailer", good + bytes(512))
    put("gz-second-cut.gz", "gzip", "the second member is cut", good + good[:body])
    put("gz-method.gz", "gzip", "compression method 7", good[:2] + b"\x07" + good[3:])
    put("gz-flags.gz", "gzip", "a reserved flag", good[:3] + b"\x20" + good[4:])
    put("gz-header-crc.gz", "gzip", "another header CRC",
        member(deflate(plain), plain, name[:-1] + bytes([name[-1] ^ 1])))

    # Streams that a strict decoder refuses at the code named; the trailers are those of what a
    # lenient decoder makes of them.
    def bad(what_name, what, bits, lenient=b""):
        put("gz-" + what_name + ".gz", "gzip", what, member(bits.bytes(), lenient))

    def fixed():
        return Bits().field(1, 1).field(1, 2)

    # Length 3 is symbol 257; distance codes have five bits, 1 means distance 2.
    bad("distance", "a distance before the first byte",
        fixed().fixed(97).fixed(257).code(1, 5).fixed(256), b"a\0a\0")
    bad("distance-code", "distance code 30",
        fixed().fixed(97).fixed(257).code(30, 5).fixed(256), b"a")
    bad("length-code", "length code 286", fixed().fixed(97).fixed(286).code(0, 5).fixed(256), b"a")
    bad("block-type", "block type 3", Bits().field(1, 1).field(3, 2))
    stored = Bits().field(1, 1).field(0, 2).field(0, 5).field(3, 16).field(0xFFFD, 16)
    bad("stored-length", "a stored length that disagrees with its complement",
        stored.field(97, 8).field(98, 8).field(99, 8), b"abc")
    bad("no-last-block", "no block is marked as the last",
        Bits().field(0, 1).field(1, 2).fixed(97).fixed(256), b"a")
    bad("many-codes", "287 length codes", Bits().lengths(287, 1, {0: 1, 1: 1}).field(0, 400))
    bad("many-distances", "32 distance codes", Bits().lengths(257, 32, {0: 1, 1: 1}).field(0, 400))
    bad("lengths-over", "an oversubscribed code length code",
        Bits().lengths(257, 1, {0: 1, 1: 1, 2: 1}).field(0, 400))
    bad("lengths-under", "an incomplete code length code",
        Bits().lengths(257, 1, {0: 2, 1: 2}).field(0, 400))
    bad("repeat-first", "a repeated length before the first",
        Bits().lengths(257, 1, {0: 1, 16: 1}).code(1, 1).field(0, 400))
    bad("repeat-over", "repeated lengths beyond the last",
        Bits().lengths(257, 1, {0: 1, 18: 1}).code(1, 1).field(127, 7)
        .code(1, 1).field(127, 7).code(0, 1).field(0, 400))
    # Code lengths below: symbol 0 -> "00", 1 -> "01", 2 -> "10", 18 -> "11".
    some = {0: 2, 1: 2, 2: 2, 18: 2}

    def zeros(b, count):
        while count >= 11:
            run = min(count, 138)
            b.code(3, 2).field(run - 11, 7)
            count -= run
        for _ in range(count):
            b.code(0, 2)
        return b

    def lens(b, *values):
        for v in values:
            b.code(v, 2)
        return b

    b = Bits().lengths(257, 1, some)
    bad("no-end-code", "no code for the end of the block",
        lens(zeros(lens(b, 1, 1), 255), 1).code(0, 1).field(0, 400), b"\0")
    b = Bits().lengths(257, 1, some)
    bad("codes-over", "an oversubscribed literal code",
        lens(zeros(lens(b, 1, 1), 254), 1, 1).field(0, 400))
    b = Bits().lengths(257, 1, some)
    bad("codes-under", "an incomplete literal code",
        lens(zeros(lens(b, 2, 2), 254), 2, 1).field(0, 400))
    b = Bits().lengths(257, 3, some)
    bad("distances-over", "an oversubscribed distance code",
        lens(zeros(lens(b, 1), 255), 1, 1, 1, 1).field(0, 400))
    b = Bits().lengths(257, 2, some)
    bad("distances-under", "an incomplete distance code",
        lens(zeros(lens(b, 1), 255), 1, 2, 2).field(0, 400))


def indexes(put):
    plain = sample(20000)
    packed, index = fragments(plain)
    put("good-fragments.gz.idx", "index", "the index of good-fragments.gz", index.encode())
    head, rest = index.split("\n", 1)
    lines = rest.splitlines(keepends=True)

    def seal(text):
        return (text + "end %d %s\n" % (text.count("\n") - 1, sha(text.encode()))).encode()

    put("idx-cut.idx", "index", "cut in the middle", index.encode()[: len(index) // 2])
    put("idx-no-end.idx", "index", "no end line", (head + "\n" + "".join(lines[:-1])).encode())
    put("idx-digest.idx", "index", "another digest in the end line",
        index.encode()[:-2] + (b"0" if index[-2] != "0" else b"1") + b"\n")
    put("idx-gap.idx", "index", "a fragment is missing",
        seal(head + "\n" + lines[0] + "".join(lines[2:-1])))
    put("idx-order.idx", "index", "two fragments exchanged",
        seal(head + "\n" + lines[1] + lines[0] + "".join(lines[2:-1])))
    put("idx-size.idx", "index", "another packed size",
        seal("siantre-index 1 %d %d\n" % (len(packed) + 1, len(plain)) + "".join(lines[:-1])))
    put("idx-huge.idx", "index", "numbers beyond 64 bits",
        seal(head + "\n" + "99999999999999999999999 1 10 1 " + sha(b"") + "\n"))
