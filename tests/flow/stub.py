#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An HTTPS server on loopback that answers every POST alike, and notes what it was asked.

  stub.py --cert PEM --key PEM --port-file FILE --log FILE [--status N] [--client-ca PEM]
          [--head-status N [--head-version]] [--echo TEXT --in PLACE]

A line of the log: method, path, length of the body. With --echo, TEXT comes back in a PLACE of the
answer where a server might repeat what it was sent: body, version, type, reason, ca, code, fault,
hresult. With --in stall it never answers.
"""
import argparse
import http.server
import os
import ssl
import threading
import time
from xml.sax.saxutils import escape, quoteattr

OTP = "http://schemas.microsoft.com/otpcep/1.0/protocol"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
DETAIL = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"


def echoing(place, text):
    """Version header, content type, reason, body."""
    version, kind, reason, body = "1.0", "Application/xml;charset=utf-8", None, ""
    if place == "body":
        body = f"<html>You sent {text}</html>"
    elif place == "version":
        version = text
    elif place == "type":
        kind = text
    elif place == "reason":
        reason = text
    elif place == "code":
        body = f'<signCertResponse xmlns="{OTP}" statusCode={quoteattr(text)}/>'
    elif place == "root":
        body = f'<{text.split("-")[0]} xmlns={quoteattr(text)}/>'
    elif place == "ca":
        body = (f'<signCertResponse xmlns="{OTP}" statusCode="Success" SignedCertRequest="MAA=">'
                f"<IssuingCA>{escape(text)}</IssuingCA></signCertResponse>")
    elif place == "fault":
        body = (f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>'
                f"<s:Subcode><s:Value>x:{escape(text)}</s:Value></s:Subcode></s:Code><s:Reason>"
                f"<s:Text>no such password: {escape(text)}</s:Text></s:Reason></s:Fault></s:Body>"
                "</s:Envelope>")
    elif place == "hresult":
        body = (f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><s:Reason>'
                f"<s:Text>denied {escape(text)}</s:Text></s:Reason><s:Detail>"
                f'<CertificateEnrollmentWSDetail xmlns="{DETAIL}"><ErrorCode>-2146877422</ErrorCode>'
                f"<RequestID>{escape(text)}</RequestID></CertificateEnrollmentWSDetail></s:Detail>"
                "</s:Fault></s:Body></s:Envelope>")
    return version, kind, reason, body.encode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--status", type=int, default=503)
    parser.add_argument("--head-status", type=int)
    parser.add_argument("--head-version", action="store_true", help="the answer to HEAD has the version header")
    parser.add_argument("--client-ca")
    parser.add_argument("--echo", default="")
    parser.add_argument("--in", dest="place", default="")
    args = parser.parse_args()
    version, kind, reason, body = echoing(args.place, args.echo)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            length = int(self.headers.get("Content-Length", 0))
            self.rfile.read(length)
            with open(args.log, "a") as log:
                log.write(f"{self.command} {self.path} {length}\n")
            if args.place == "stall" and self.command == "POST":
                time.sleep(60)
            if self.command == "HEAD" and args.head_status:
                self.send_response(args.head_status)
                if args.head_version:
                    self.send_header("X-OTPCEP-version", "1.0")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(args.status, reason)
            self.send_header("X-OTPCEP-version", version)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET = answer

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(args.cert, args.key)
    if args.client_ca:
        context.load_verify_locations(args.client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    open(args.log, "w").close()

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self):  # the handshake is the connection's own thread's work
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True,
                                       do_handshake_on_connect=False), address

        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    with open(args.port_file + ".new", "w") as out:
        out.write(f"{server.server_address[1]}\n")
    os.rename(args.port_file + ".new", args.port_file)
    threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main()
