"""The official client of the gateway family, the Python package global-open-sdk-python, as an adapter of
`alipayplus conformance caller --tls`: it asks as it does in production, and prints what its answer says.

It speaks only TLS on port 443, so its connections are led to the kit's port; all bytes are what the two write.
"""

import json
import os
import socket
import urllib.parse

from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient
from com.alipay.ams.api.exception.exception import AlipayApiException
from com.alipay.ams.api.request.alipay_request import AlipayRequest
from cryptography.hazmat.primitives import serialization


class Inquiry(AlipayRequest):
    def __init__(self):
        super().__init__("/aps/api/v1/payments/inquiryPayment")

    def to_ams_json(self):
        ids = {"acquirerId": "ACQUIRER_ID", "pspId": "PSP_ID", "paymentRequestId": "PAYMENT_REQUEST_ID"}
        return json.dumps({member: env(variable) for member, variable in ids.items()})


def env(name):
    return os.environ[f"ALIPAYPLUS_{name}"]


def text(file):
    with open(env(file), encoding="ascii") as opened:
        return opened.read()


def private_key():
    """PKCS#1, which the SDK asks for."""
    key = serialization.load_pem_private_key(text("KEY_FILE").encode(), None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def outcome(answer):
    """What the package's user reads from an answer that it returns."""
    result, payment = answer["result"], answer.get("paymentResult") or {}
    if result.get("resultCode") == "ORDER_NOT_EXIST":
        return "not_found"
    if result.get("resultStatus") != "S":
        return "unknown"
    if payment.get("resultCode") == "ORDER_IS_CLOSED":
        return "cancelled"
    return {"S": "paid", "F": "failed", "U": "in_progress"}.get(payment.get("resultStatus"), "unknown")


url = urllib.parse.urlsplit(env("URL"))
direct = socket.create_connection
socket.create_connection = lambda address, *rest, **more: direct((address[0], url.port), *rest, **more)
client = DefaultAlipayClient(f"https://{url.hostname}", env("CLIENT_ID"), private_key(), text("PEER_KEY_FILE"))
try:
    print(outcome(json.loads(client.execute(Inquiry()))))
except AlipayApiException as error:
    print("unknown")
