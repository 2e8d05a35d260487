#!/usr/bin/env python3
"""A proxy in front of a registry that does what networks and registries do on a bad day.

usage: faults.py DIR UPSTREAM [CERTIFICATE KEY]

UPSTREAM is HOST:PORT of a registry without TLS. Writes DIR/port when it
listens. DIR/log gets a line for each request: method, path, and the headers
that tests ask for. DIR/mode holds what to do, read anew for each request;
a number in it counts down, in DIR/left:

  cut BYTES N          the first N answers with a blob break off behind BYTES
  long N               the first N answers with a blob say that they are 100 bytes longer
  short N              the first N answers with a blob say, and are, 100 bytes shorter
  forget BYTES N       as cut, and a Range is not understood
  busy N               the first N requests get 429, with Retry-After: 1
  broken N             the first N requests get 500
  gone N               as broken, for blobs only
  redirect             blobs are elsewhere: at localhost instead of 127.0.0.1
  downgrade            blobs are elsewhere, without TLS
  loop                 blobs are always elsewhere
  realm URL            wants a token of URL
  token USER PASSWORD  wants a token of /token, which wants the user; a token is good for 3 requests
  manifest             the manifest has one byte more than its digest is of
  type TYPE            of the manifest
  large BYTES          takes no body of more bytes: 413
  refuse N             the first N bodies are not read to their end
  relative             an upload goes on at a relative Location
  drip                 a blob comes one byte a second
"""
import base64
import http.client
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

KEPT = ("content-type", "content-length", "location", "docker-content-digest", "range", "content-range", "www-authenticate",
        "docker-upload-uuid", "docker-distribution-api-version", "oci-subject")
SHOWN = ("authorization", "range", "content-range", "content-length")
lock = threading.Lock()
tokens = {}


class Faults(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        shown = " ".join("%s=%s" % (name, self.headers[name]) for name in SHOWN if name in self.headers)
        with lock, open(os.path.join(folder, "log"), "a") as log:
            log.write("%s %s %s\n" % (self.command, self.path, (self.headers.get("Host", "") + " " + shown).strip()))

    def count_down(self, number):
        """Whether this is one of the first requests since the mode was set."""
        path = os.path.join(folder, "left")
        with lock:
            left = int(open(path).read()) if os.path.exists(path) else int(number)
            if left > 0:
                with open(path, "w") as out:
                    out.write(str(left - 1))
        return left > 0

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def break_off(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def allowed(self, words):
        """Whether a token is shown that is still good."""
        shown = self.headers.get("Authorization", "").removeprefix("Bearer ")
        with lock:
            if tokens.get(shown, 0) > 0:
                tokens[shown] -= 1
                return True
        realm = words[1] if words[0] == "realm" else "%s://%s/token" % (scheme, self.headers["Host"])
        self.answer(401, b"{}", WWW_Authenticate='Bearer realm="%s",service="the tests"' % realm)
        return False

    def give_token(self, words):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        wanted = "Basic " + base64.b64encode(("%s:%s" % (words[1], words[2])).encode()).decode()
        if self.headers.get("Authorization") != wanted or query.get("service") != ["the tests"] or not query.get("scope"):
            return self.answer(401, b"{}")
        with lock:
            token = "token%d" % len(tokens)
            tokens[token] = 3
        self.answer(200, json.dumps({"token": token}).encode())

    def handle_request(self):
        self.note()
        words = open(os.path.join(folder, "mode")).read().split() or [""]
        blob = "/blobs/" in self.path and self.command == "GET" and "/uploads/" not in self.path
        length = int(self.headers.get("Content-Length", 0))
        if words[0] == "token" and self.path.startswith("/token"):
            return self.give_token(words)
        if words[0] in ("token", "realm") and not self.allowed(words):
            return None
        if words[0] == "busy" and self.count_down(words[1]):
            return self.answer(429, b"{}", Retry_After="1")
        if (words[0] == "broken" or (words[0] == "gone" and blob)) and self.count_down(words[1]):
            return self.answer(500, b"{}")
        if words[0] == "large" and length > int(words[1]):
            self.rfile.read(length)
            return self.answer(413, b"{}")
        if words[0] == "refuse" and length > 1000 and self.count_down(words[1]):
            self.rfile.read(1000)
            return self.break_off()
        if blob and words[0] in ("redirect", "downgrade", "loop") and (words[0] == "loop" or not self.path.startswith("/elsewhere")):
            target = "%s://localhost:%d/elsewhere%s" % ("http" if words[0] == "downgrade" else scheme, port, self.path)
            return self.answer(307, Location=target)
        return self.forward(words, blob, length)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

    def forward(self, words, blob, length):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "authorization")}
        headers["X-Forwarded-Proto"] = scheme
        if words[0] == "forget":
            headers.pop("Range", None)
        connection = http.client.HTTPConnection(upstream, timeout=60)
        connection.request(self.command, self.path.removeprefix("/elsewhere"), self.rfile.read(length), headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() in KEPT]
        manifest = "/manifests/" in self.path and self.command == "GET"
        if words[0] == "manifest" and manifest and response.status == 200:
            body += b"\n"
        declared = len(body)
        if words[0] == "long" and blob and self.count_down(words[1]):
            declared += 100
        if words[0] == "short" and blob and len(body) > 1000 and self.count_down(words[1]):
            declared -= 100
            body = body[:-100]
        self.send_response(response.status)
        for name, value in kept:
            if name.lower() == "content-length":
                value = value if self.command == "HEAD" else str(declared)
            if name.lower() == "content-type" and words[0] == "type" and manifest:
                value = words[1]
            if name.lower() == "location" and words[0] == "relative":
                split = urllib.parse.urlsplit(value)
                value = split.path + ("?" + split.query if split.query else "")
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if words[0] in ("cut", "forget") and blob and len(body) > int(words[1]) and self.count_down(words[2]):
            self.wfile.write(body[:int(words[1])])
            return self.break_off()
        if words[0] == "drip" and blob:
            for position in range(len(body)):
                self.wfile.write(body[position:position + 1])
                time.sleep(1)
        self.wfile.write(body)
        if declared > len(body):
            self.break_off()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


folder, upstream = sys.argv[1:3]
server = Server(("127.0.0.1", 0), Faults)
port = server.server_address[1]
scheme = "http"
if len(sys.argv) > 4:
    scheme = "https"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(folder, "port.new"), "w") as out:
    out.write(str(port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
