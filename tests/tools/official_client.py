"""Asks the example MPP by the official client of the gateway family, the Python package global-open-sdk-python.

The client builds, signs and sends the requests and verifies the answers as it does in production. It speaks only TLS on
port 443, so a listener on loopback with a throwaway certificate is put in front of the example MPP, and this script
redirects the client's TCP connections to it. The bytes and headers of both directions remain what the two wrote.
"""

import contextlib
import datetime
import json
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient
from com.alipay.ams.api.exception.exception import AlipayApiException
from com.alipay.ams.api.request.alipay_request import AlipayRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HOST = "mpp.example"
PATH = "/aps/api/v1/payments/inquiryPayment"
CLIENT_ID, DENIED = "5X00000000000000", "5X00000000000001"
ACCEPT = b"\r\naccept: text/plain,text/xml,text/javascript,text/html\r\n"
# How long the MPP may take to start and to read its clients.
PATIENCE = 10
PAID = {
    "state": "PAID",
    "payment_id": "20200101234567890132",
    "amount": 100,
    "currency": "JPY",
    "pay_to_amount": 1000,
    "pay_to_currency": "KRW",
    "payment_time": "2020-01-01T12:01:01+08:30",
    "customer_id": "1234567",
}
PAYMENTS = {
    "paid": PAID,
    "paid-alike": PAID | {"pay_to_amount": 100, "pay_to_currency": "JPY"},
    "paid-customs": PAID | {"customs_amount": 7, "customs_currency": "CNY", "pass_through_info": '{"a":"é"}'},
    "open": {"state": "OPEN"},
    "closed": {"state": "CLOSED"},
    "declined": {"state": "DECLINED", "code": "USER_BALANCE_NOT_ENOUGH"},
    "blocked": {"state": "BLOCKED"},
    "broken": {"state": "no state of the example"},
}


class Inquiry(AlipayRequest):
    """An inquiry of an MPP: the SDK's own `inquiryPayment` is another message under the same name."""

    def __init__(self, payment, path=PATH, **changes):
        super().__init__(path)
        ids = {"acquirerId": "1022188000000000001", "pspId": "1022172000000000001", "paymentRequestId": payment}
        self.body = ids | changes

    def to_ams_json(self):
        return json.dumps(self.body, indent=3)


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_text(key):
    """PKCS#1, which the SDK asks for."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_text(key):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def certificate(folder):
    """A self-signed certificate for the host, with its key, in one file."""
    key, now = new_key(), datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    uses = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"]
        + ["encipher_only", "decipher_only"],
        False,
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **uses), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(authority, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "tls.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private_text(key).encode())
    return path


def message(connection):
    """One HTTP message with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, body = data.split(b"\r\n\r\n", 1)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].split(b":")[1]):
        body += received(connection)
    return head + b"\r\n", body


def received(connection):
    if not (data := connection.recv(65536)):
        raise ConnectionError("the connection ended within a message")
    return data


class Front:
    """Terminates TLS in front of the MPP, one exchange per connection."""

    def __init__(self, tls_file, mpp):
        self.mpp, self.heads, self.change, self.failure = mpp, [], None, None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(tls_file)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def address(self):
        return self.listener.getsockname()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            try:
                with self.context.wrap_socket(connection, server_side=True) as tls:
                    self.exchange(tls)
            except (OSError, ValueError, IndexError) as error:
                self.failure = error

    def exchange(self, tls):
        head, body = message(tls)
        self.heads.append(head)
        with contextlib.closing(DIRECT(self.mpp)) as upstream:
            upstream.sendall(head + b"\r\n" + body)
            head, body = message(upstream)
        if self.change:
            body = self.change(body)
        tls.sendall(head + b"\r\n" + body)


DIRECT = socket.create_connection


@contextlib.contextmanager
def redirected(front):
    """Connects to the front whoever connects to port 443 of the host."""

    def connect(address, *arguments, **options):
        return DIRECT(front.address if address == (HOST, 443) else address, *arguments, **options)

    socket.create_connection = connect
    try:
        yield
    finally:
        socket.create_connection = DIRECT


@contextlib.contextmanager
def example_mpp(program, folder, key):
    """The example MPP in a process of its own; gives its address."""
    (folder / "mpp.key").write_text(private_text(key), encoding="ascii")
    settings = {"MPP_KEY_FILE": folder / "mpp.key", "MPP_DATABASE": folder / "wallet.db", "MPP_LISTEN": "127.0.0.1:0"}
    settings |= {"MPP_KEY_VERSION": "1", "MPP_MAX_IN_FLIGHT": "8", "RUST_LOG": "info"}
    environment = os.environ | {name: str(value) for name, value in settings.items()}
    with open(folder / "mpp.log", "wb") as log:
        mpp = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        line = mpp.stdout.readline().strip()
        if not line:
            sys.exit(f"the example MPP did not start: {(folder / 'mpp.log').read_text(encoding='utf-8')}")
        host, port = line.rsplit(":", 1)
        yield host, int(port)
    finally:
        mpp.terminate()
        mpp.wait(PATIENCE)


def fill(database, caller):
    connection = sqlite3.connect(database)
    with connection:
        for client_id, allowed in [(CLIENT_ID, 1), (DENIED, 0)]:
            connection.execute("INSERT INTO clients VALUES (?, 1, ?, ?)", (client_id, public_text(caller), allowed))
        for payment, columns in PAYMENTS.items():
            row = {"payment_request_id": payment} | columns
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO payments ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
    connection.close()


class Check:
    """The client, and how many requests were answered as they must be."""

    def __init__(self, front, caller, mpp_key):
        self.front, self.caller, self.mpp_key = front, caller, mpp_key
        self.accepted, self.refused = 0, 0

    def client(self, client_id=CLIENT_ID, caller=None, mpp_key=None):
        keys = private_text(caller or self.caller), public_text(mpp_key or self.mpp_key)
        return DefaultAlipayClient(f"https://{HOST}", client_id, *keys)

    def wait_until_known(self):
        """Asks until the MPP has read its table of clients."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                # The one that may not ask comes last in the table.
                return self.client(DENIED).execute(Inquiry("unheard-of"))
            except AlipayApiException as error:
                if time.monotonic() > end:
                    sys.exit(f"official client: the MPP does not read its clients: {error} {self.front.failure or ''}")
            time.sleep(0.1)

    def accepts(self, name, inquiry, code, payment_code=None, client=None, **members):
        """The client accepts the answer's signature, and the answer is this one."""
        try:
            body = (client or self.client()).execute(inquiry)
        except AlipayApiException as error:
            sys.exit(f"official client: {name}: the answer was not accepted: {error} {self.front.failure or ''}")
        answer = json.loads(body)
        found = [(answer.get(it) or {}).get("resultCode") for it in ("result", "paymentResult")]
        wrong = {key: answer.get(key) for key, value in members.items() if answer.get(key) != value}
        if found != [code, payment_code] or wrong:
            sys.exit(f"official client: {name}: the codes are {found}, not as expected: {wrong}")
        self.accepted += 1

    def refuses(self, name, inquiry, complaint, client=None):
        """The client complains so, and nothing is an answer to it."""
        try:
            body = (client or self.client()).execute(inquiry)
        except AlipayApiException as error:
            if complaint not in str(error):
                sys.exit(f"official client: {name}: it complains of something else: {error}")
        else:
            sys.exit(f"official client: {name}: it accepted {body}")
        self.refused += 1


def ask(check):
    jpy, krw = {"currency": "JPY", "value": "100"}, {"currency": "KRW", "value": "1000"}
    check.accepts("paid", Inquiry("paid"), "SUCCESS", "SUCCESS", paymentAmount=jpy, payToAmount=krw)
    check.accepts("paid in one currency", Inquiry("paid-alike"), "SUCCESS", "SUCCESS", payToAmount=None)
    check.accepts(
        "paid with all members", Inquiry("paid-customs"), "SUCCESS", "SUCCESS",
        customsDeclarationAmount={"currency": "CNY", "value": "7"}, passThroughInfo='{"a":"é"}',
    )
    check.accepts("in progress", Inquiry("open"), "SUCCESS", "PAYMENT_IN_PROCESS")
    check.accepts("cancelled", Inquiry("closed"), "SUCCESS", "ORDER_IS_CLOSED")
    check.accepts("failed", Inquiry("declined"), "SUCCESS", "USER_BALANCE_NOT_ENOUGH")
    check.accepts("order unknown", Inquiry("unheard-of"), "ORDER_NOT_EXIST")
    check.accepts("refused by the handler", Inquiry("blocked"), "PROCESS_FAIL")
    check.accepts("the handler fails", Inquiry("broken"), "UNKNOWN_EXCEPTION")
    check.accepts("an illegal request", Inquiry("paid", pspId=""), "PARAM_ILLEGAL")
    check.accepts("access denied", Inquiry("paid"), "ACCESS_DENIED", client=check.client(DENIED))
    check.accepts("a query is signed, too", Inquiry("open", PATH + "?a=b%20c"), "SUCCESS", "PAYMENT_IN_PROCESS")
    # What was not verified is answered unsigned, which the client does not accept.
    unsigned = "signature not exist"
    check.refuses("an unknown client", Inquiry("paid"), unsigned, check.client("5X00000000000009"))
    check.refuses("another key", Inquiry("paid"), unsigned, check.client(caller=new_key()))
    check.refuses("an unknown path", Inquiry("paid", PATH + "s"), unsigned)
    # A client that accepts everything shows nothing.
    check.refuses("not the MPP's key", Inquiry("paid"), "verify failed", check.client(mpp_key=new_key()))
    check.front.change = lambda body: body.replace(b'"100"', b'"900"')
    check.refuses("a changed answer", Inquiry("paid"), "verify failed")
    check.front.change = None


def main():
    with tempfile.TemporaryDirectory() as name:
        folder, caller, mpp_key = Path(name), new_key(), new_key()
        tls_file = certificate(folder)
        # The client asks OpenSSL for the certificates to trust, and has no setting of its own.
        os.environ["SSL_CERT_FILE"] = str(tls_file)
        with example_mpp(sys.argv[1], folder, mpp_key) as mpp:
            front = Front(tls_file, mpp)
            fill(folder / "wallet.db", caller)
            check = Check(front, caller, mpp_key)
            with redirected(front):
                check.wait_until_known()
                front.heads.clear()
                ask(check)
    asked = check.accepted + check.refused
    if len(front.heads) != asked or not all(ACCEPT in head.replace(b"Accept:", b"accept:") for head in front.heads):
        sys.exit(f"official client: {len(front.heads)} of {asked} requests came, or not with the client's own Accept")
    print(f"official client: {check.accepted} signed answers accepted, {check.refused} refused, as it must be")


main()
