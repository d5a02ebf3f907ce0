#!/usr/bin/env python3
"""smtp_server.py plain|tls DIR: a mail server on 127.0.0.1 for tests. Its port goes to DIR/smtp.port,
each receiver whose mail it took to DIR/taken, one a line. tls: certificate DIR/tls.pem, DIR/tls.key."""
import os
import socketserver
import ssl
import sys
import time

KIND, DIR = sys.argv[1], sys.argv[2]


class Talk(socketserver.StreamRequestHandler):
    def setup(self):
        if KIND == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(DIR, "tls.pem"), os.path.join(DIR, "tls.key"))
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def data(self, to):
        self.say("354 go on")
        while True:
            line = self.rfile.readline()
            if not line:
                return False
            if line == b".\r\n":
                break
        with open(os.path.join(DIR, "taken"), "a", encoding="ascii") as f:
            f.write(to + "\n")
        time.sleep(0.005)  # so that a kill may fall between taking and answering
        self.say("250 2.0.0 Ok: queued")
        return True

    def handle(self):
        to = ""
        self.say("220 test")
        while True:
            line = self.rfile.readline().decode("ascii", "replace").strip()
            if not line:
                return
            word = line[:4].upper()
            if word == "EHLO":
                self.say("250-test\r\n250 AUTH PLAIN" if KIND == "tls" else "250 test")
            elif word == "AUTH":
                if len(line.split()) < 3:  # no first answer along with it (RFC 4954 4)
                    self.say("334 ")
                    line += " " + self.rfile.readline().decode("ascii", "replace").strip()
                print(line, flush=True)
                self.say("235 fine")
            elif word == "RCPT":
                to = line[8:].strip("<>")
                self.say("250 fine")
            elif word == "DATA":
                if not self.data(to):
                    return
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


with Server(("127.0.0.1", 0), Talk) as server:
    with open(os.path.join(DIR, "smtp.port"), "w", encoding="ascii") as f:
        f.write(str(server.server_address[1]))
    server.serve_forever()
