"""An adapter for `alipayplus conformance caller`: asks about one payment, and prints what it concluded.

Python 3.9 or newer, without packages; the command `openssl` signs and verifies.
"""

import base64, datetime, http.client, json, os, re, signal, subprocess, tempfile, time, urllib.error, urllib.parse, urllib.request

env = lambda name: os.environ["ALIPAYPLUS_" + name]
PATH = "/aps/api/v1/payments/inquiryPayment"
END = time.monotonic() + int(env("DEADLINE_MS")) / 1000
AGAIN, UNKNOWN = (None, True), (None, False)


def late(*_):
    raise TimeoutError


signal.signal(signal.SIGALRM, late)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def openssl(content, *arguments):
    return subprocess.run(["openssl", "dgst", "-sha256", *arguments], input=content, capture_output=True)


def content(at, body):
    return f"POST {PATH}\n{env('CLIENT_ID')}.{at}.".encode() + body


def ask():
    ids = {"acquirerId": "ACQUIRER_ID", "pspId": "PSP_ID", "paymentRequestId": "PAYMENT_REQUEST_ID"}
    body = json.dumps({name: env(variable) for name, variable in ids.items()}).encode()
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    at = now.isoformat().replace("+00:00", "Z")
    signature = openssl(content(at, body), "-sign", env("KEY_FILE")).stdout
    signature = urllib.parse.quote(base64.b64encode(signature).decode(), safe="")
    request = urllib.request.Request(env("URL") + PATH, body, {
        "Content-Type": "application/json; charset=UTF-8", "Client-Id": env("CLIENT_ID"), "Request-Time": at,
        "Signature": f"algorithm=RSA256, keyVersion={env('KEY_VERSION')}, signature={signature}"})
    try:
        # The time-out of urllib begins anew with each byte.
        signal.setitimer(signal.ITIMER_REAL, max(0.1, min(5, END - time.monotonic())))
        with urllib.request.build_opener(NoRedirect).open(request) as answer:
            bytes = answer.read(262145)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if answer.length:  # what is missing; `read` reports it only without a limit
                return AGAIN
            if answer.status != 200 or len(bytes) > 262144 or not genuine(answer.headers, now, bytes):
                return UNKNOWN
    except urllib.error.HTTPError as error:
        time.sleep(float(error.headers.get("Retry-After") or 0))
        return AGAIN if error.code in (408, 425, 429) or error.code >= 500 else UNKNOWN
    except (OSError, http.client.HTTPException):
        return AGAIN
    return meaning(bytes)


def genuine(headers, asked, body):
    values = [headers.get_all(name) or [] for name in ("Signature", "Client-Id", "Response-Time")]
    if [len(value) for value in values] != [1, 1, 1] or values[1] != [env("CLIENT_ID")]:
        return False
    (header,), _, (at,) = values
    fields = dict(pair.strip().partition("=")[::2] for pair in header.split(","))
    text = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)", at)
    if not text or fields.get("algorithm", "RSA256") != "RSA256" or fields.get("keyVersion") != env("KEY_VERSION"):
        return False
    moment = datetime.datetime.fromisoformat(text[1] + text[2].replace("Z", "+00:00"))
    if not -30 <= (moment - asked).total_seconds() <= 300 or re.search(r"\s", fields.get("signature", "")):
        return False
    text = urllib.parse.unquote(fields.get("signature", "")).replace("-", "+").replace("_", "/")
    signature = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        verified = openssl(content(at, body), "-verify", env("PEER_KEY_FILE"), "-signature", file.name)
    return len(signature) == 256 and verified.returncode == 0


def once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


def meaning(body):
    answer = json.loads(body.decode(), object_pairs_hook=once)
    result, payment = answer["result"], answer.get("paymentResult")
    if result["resultStatus"] == "U":
        return AGAIN
    if (result["resultStatus"], result["resultCode"]) == ("F", "ORDER_NOT_EXIST"):
        return AGAIN if payment else ("not_found", True)
    if (result["resultStatus"], result["resultCode"]) != ("S", "SUCCESS") or not payment:
        return UNKNOWN
    status, code = payment["resultStatus"], payment["resultCode"]
    if status == "U" and code != "SUCCESS":
        return ("in_progress", True)
    if status == "F" and code != "SUCCESS":
        return ("cancelled" if code == "ORDER_IS_CLOSED" else "failed", False)
    amount = {"currency": env("EXPECTED_CURRENCY"), "value": env("EXPECTED_VALUE")}
    known = answer.get("paymentId") == env("EXPECTED_PAYMENT_ID") and answer.get("paymentAmount") == amount
    is_paid = (status, code) == ("S", "SUCCESS") and known and answer.get("paymentTime") and answer.get("customerId")
    return ("paid", False) if is_paid else UNKNOWN


known, pause = "unknown", 0.5
while time.monotonic() < END:
    try:
        outcome, again = ask()
    except (ValueError, KeyError, TypeError, RecursionError):
        outcome, again = UNKNOWN
    # An order that is in progress does not become unknown.
    if outcome and not (outcome == "not_found" and known == "in_progress"):
        known = outcome
    if not again or time.monotonic() + pause > END:
        break
    time.sleep(pause)
    pause *= 2
print(known)
