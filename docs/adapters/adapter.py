"""An adapter for `alipayplus conformance caller`: asks about one payment until it knows, and prints what it concluded."""
# Python 3.11 or newer, without packages; the command `openssl` signs and verifies.
import base64, http.client, json, os, signal, subprocess, sys, tempfile, time, urllib.parse
from datetime import datetime, timezone
env = lambda name: os.environ["ALIPAYPLUS_" + name]
PATH = "/aps/api/v1/payments/inquiryPayment"
def check(right):
    if not right: raise ValueError("not a right answer")
def openssl(at, body, *arguments):
    content = f"POST {PATH}\n{env('CLIENT_ID')}.{at}.".encode() + body
    return subprocess.run(["openssl", "dgst", "-sha256", *arguments], input=content, capture_output=True, check=True).stdout
def ask():
    ids = {"acquirerId": env("ACQUIRER_ID"), "pspId": env("PSP_ID"), "paymentRequestId": env("PAYMENT_REQUEST_ID")}
    body, now = json.dumps(ids).encode(), datetime.now(timezone.utc)
    signature = urllib.parse.quote(base64.b64encode(openssl(now.isoformat(), body, "-sign", env("KEY_FILE"))), safe="")
    url = urllib.parse.urlsplit(env("URL"))
    connection = (http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection)(url.netloc)
    connection.request("POST", PATH, body, {
        "Content-Type": "application/json; charset=UTF-8", "Client-Id": env("CLIENT_ID"), "Request-Time": now.isoformat(),
        "Signature": f"algorithm=RSA256, keyVersion={env('KEY_VERSION')}, signature={signature}"})
    answer = connection.getresponse()
    body = answer.read(262145)
    check(answer.status == 200 and len(body) < 262145 and not answer.length)
    [header], [client], [at] = (answer.headers.get_all(name) for name in ("Signature", "Client-Id", "Response-Time"))
    fields = {"algorithm": "RSA256", **dict(pair.strip().split("=", 1) for pair in header.split(","))}
    text = urllib.parse.unquote(fields.pop("signature")).replace("-", "+").replace("_", "/")
    decoded = base64.b64decode(text.rstrip("=") + "==")
    check(fields == {"algorithm": "RSA256", "keyVersion": env("KEY_VERSION")} and client == env("CLIENT_ID"))
    check(abs((datetime.fromisoformat(at) - datetime.now(timezone.utc)).total_seconds()) < 30 and len(decoded) == 256)
    with tempfile.NamedTemporaryFile() as file:
        file.write(decoded); file.flush()
        openssl(at, body, "-verify", env("PEER_KEY_FILE"), "-signature", file.name)
    return meaning(json.loads(body.decode(), object_pairs_hook=once))
def once(pairs): # `json` takes the last of two members of one name
    check(len(dict(pairs)) == len(pairs)); return dict(pairs)
def meaning(answer):
    said = [(answer.get(name) or {}).get(part) for name in ("result", "paymentResult") for part in ("resultStatus", "resultCode")]
    match said:
        case ["F", "ORDER_NOT_EXIST", None, None]: return "not_found"
        case ["S", "SUCCESS", "U", str(code)] if code != "SUCCESS": return "in_progress"
        case ["S", "SUCCESS", "F", "ORDER_IS_CLOSED"]: return "cancelled"
        case ["S", "SUCCESS", "F", str(code)] if code != "SUCCESS": return "failed"
    amount = {"currency": env("EXPECTED_CURRENCY"), "value": env("EXPECTED_VALUE")}
    check(answer["paymentAmount"] == amount and answer["paymentId"] == env("EXPECTED_PAYMENT_ID"))
    check(said == ["S", "SUCCESS", "S", "SUCCESS"] and answer["paymentTime"] and answer["customerId"])
    return "paid"
known, pause = "unknown", 2
# The time-out of a socket begins anew with each byte; this one ends the program.
signal.signal(signal.SIGALRM, lambda *_: (print(known, flush=True), os._exit(0)))
signal.setitimer(signal.ITIMER_REAL, int(env("DEADLINE_MS")) / 1000)
for pause in (0, 2, 4, 8, 16, 32):
    time.sleep(pause)
    try: found = ask()
    except Exception as error: # its text may hold a part of the answer
        print(type(error).__name__, file=sys.stderr)
        continue
    known = known if (known, found) == ("in_progress", "not_found") else found
    if known in ("paid", "failed", "cancelled"): break
print(known)
