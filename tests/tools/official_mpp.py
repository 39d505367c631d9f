"""A small MPP on the signature tool of the gateway family's official package for Python, as a team would write it: the
target of `alipayplus conformance mpp` whose verdicts are in docs/conformance.md.

Usage: official_mpp.py KEY_FILE PEER_KEY_FILE CLIENT_ID PAYMENTS_FILE. Prints its URL. The payments are those of the file
that the kit gets by `--payments`.
"""

import datetime
import json
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from com.alipay.ams.api.tools.signature_tool import sign, verify
from cryptography.hazmat.primitives import serialization

PATH = "/aps/api/v1/payments/inquiryPayment"
KEY_FILE, PEER_KEY_FILE, CLIENT_ID, PAYMENTS_FILE = sys.argv[1:]


def text(path):
    with open(path, encoding="utf-8") as opened:
        return opened.read()


def private_key():
    """PKCS#1, which the package asks for."""
    key = serialization.load_pem_private_key(text(KEY_FILE).encode(), None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def result(status, code):
    return {"resultStatus": status, "resultCode": code, "resultMessage": code}


def answer_about(payment):
    codes = {
        "paid": ("S", "SUCCESS"),
        "failed": ("F", payment.get("code")),
        "cancelled": ("F", "ORDER_IS_CLOSED"),
        "in_progress": ("U", "PAYMENT_IN_PROCESS"),
    }
    found = {"result": result("S", "SUCCESS"), "paymentResult": result(*codes[payment["state"]])}
    return found | payment.get("expect", {})


KEY, PEER_KEY = private_key(), text(PEER_KEY_FILE)
PAYMENTS = {it["payment_request_id"]: answer_about(it) for it in tomllib.loads(text(PAYMENTS_FILE))["payment"]}


class Mpp(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.client, self.time = self.headers.get("Client-Id", ""), self.headers.get("Request-Time", "")
        if self.path != PATH:
            return self.answer({"result": result("F", "NO_INTERFACE_DEF")})
        if self.client != CLIENT_ID:
            return self.answer({"result": result("F", "INVALID_CLIENT")})
        if not self.is_signed(body):
            return self.answer({"result": result("F", "INVALID_SIGNATURE")})
        try:
            request = json.loads(body)
            ids = [request[name] for name in ("acquirerId", "pspId", "paymentRequestId")]
        except (ValueError, KeyError, TypeError):
            return self.answer({"result": result("F", "PARAM_ILLEGAL")})
        payment = PAYMENTS.get(ids[2]) if isinstance(ids[2], str) else None
        self.answer(payment or {"result": result("F", "ORDER_NOT_EXIST")})

    def is_signed(self, body):
        try:
            value = self.headers["Signature"].split("signature=")[1]
            return verify("POST", self.path, self.client, self.time, body, value, PEER_KEY)
        # The package raises what its libraries raise.
        except Exception:
            return False

    def answer(self, message):
        body = json.dumps(message)
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = sign("POST", self.path, self.client, time, body, KEY)
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Client-Id", self.client)
        self.send_header("Response-Time", time)
        self.send_header("Signature", f"algorithm=RSA256, keyVersion=1, signature={signature}")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Mpp)
# Clients of a test close connections as they like.
server.handle_error = lambda *_: None
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
