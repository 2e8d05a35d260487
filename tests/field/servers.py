"""An HTTPS server and a DNS server on loopback, for the curl image to ask.

servers.py DIR: takes DIR/tls.crt and DIR/tls.key, and writes DIR/port once both servers answer. What is in DIR/files is there to fetch.
"""
import functools
import gzip
import http.server
import os
import signal
import socketserver
import ssl
import sys
import threading

KNOWN = b"\x05asked\x07ocislim\x04test\x00"
LONG = b"".join(b"line %d: a long answer\n" % number for number in range(5000))


class Names(socketserver.BaseRequestHandler):
    """Knows one name, and it is at 127.0.0.1."""

    def handle(self):
        query, sock = self.request
        end = query.index(b"\0", 12) + 5
        question = query[12:end]
        known = question[:-4].lower() == KNOWN
        answer = known and question[-4:-2] == b"\0\1"
        header = query[:2] + (b"\x85\x80" if known else b"\x85\x83") + b"\0\1" + (b"\0\1" if answer else b"\0\0") + b"\0\0\0\0"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if answer else b""
        sock.sendto(header + question + record, self.client_address)


class Pages(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/files/"):
            super().do_GET()
            return
        long = self.path == "/long"
        body = gzip.compress(LONG, mtime=0) if long else "Grüße über TLS\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if long:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that does not like the certificate hangs up


def main(directory):
    signal.alarm(300)  # an end, even where nobody is left to stop it
    names = socketserver.ThreadingUDPServer(("127.53.53.53", 53), Names)
    pages = Server(("127.0.0.1", 0), functools.partial(Pages, directory=directory))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(directory, "tls.crt"), os.path.join(directory, "tls.key"))
    pages.socket = context.wrap_socket(pages.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=names.serve_forever, daemon=True).start()
    with open(os.path.join(directory, "port.new"), "w", encoding="ascii") as port:
        port.write(str(pages.server_port))
    os.rename(os.path.join(directory, "port.new"), os.path.join(directory, "port"))
    pages.serve_forever()


main(sys.argv[1])
