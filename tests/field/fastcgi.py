#!/usr/bin/python3
"""fastcgi.py HOST:PORT SCRIPT: one GET by FastCGI 1.0, as a web server sends it. The answer's headers and body go to standard output, what the
program said on its standard error to ours."""
import socket
import struct
import sys

BEGIN, END, PARAMS, STDIN, STDOUT, STDERR = 1, 3, 4, 5, 6, 7


def record(kind, content=b""):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def pair(name, value):
    name, value = name.encode(), value.encode()
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def answer(stream):
    """What the program wrote, by the kind of record."""
    texts = {STDOUT: b"", STDERR: b""}
    while True:
        _, kind, _, length, padding = struct.unpack(">BBHHBx", stream.read(8))
        content = stream.read(length)
        stream.read(padding)
        if kind == END:
            return texts
        texts[kind] += content


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    script = sys.argv[2]
    environment = {
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "SCRIPT_FILENAME": script, "SCRIPT_NAME": script, "REQUEST_URI": script,
        "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "site.test", "SERVER_PORT": "80", "REMOTE_ADDR": "192.0.2.1",
    }
    params = b"".join(pair(name, value) for name, value in environment.items())
    with socket.create_connection((host, int(port)), timeout=10) as connection, connection.makefile("rb") as stream:
        connection.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) + record(PARAMS, params) + record(PARAMS) + record(STDIN))
        texts = answer(stream)
    sys.stderr.buffer.write(texts[STDERR])
    sys.stdout.buffer.write(texts[STDOUT].replace(b"\r\n", b"\n"))


main()
