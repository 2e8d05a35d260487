"""retag.py FILE FROM TO VALUE_OF: in a 64-bit object's dynamic section, FROM's first tag becomes TO, with the value that VALUE_OF has."""
import struct
import sys


def main(path, old, new, other):
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        table, = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        headers = [struct.unpack_from("<IIQQQQ", data, table + size * i) for i in range(count)]
        start, length = next((header[2], header[5]) for header in headers if header[0] == 2)
        entries = {}
        for at in range(start, start + length, 16):
            tag, value = struct.unpack_from("<QQ", data, at)
            entries.setdefault(tag, (at, value))
        struct.pack_into("<QQ", data, entries[old][0], new, entries[other][1])
        file.seek(0)
        file.write(data)


main(sys.argv[1], *map(int, sys.argv[2:]))
