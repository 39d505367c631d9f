"""Tries both sides that are written on the official package for Python, and compares what fails with the lists of known
failures, so that a change of the package or of the kit shows.

Usage: official_conformance.py ALIPAYPLUS. What takes long, and what depends on the machine's speed, is left out.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALIPAYPLUS = Path(sys.argv[1]).resolve()
CLIENT_ID = "5X00000000000000"
# Nothing of the user's own Python gets in, and nothing is left in the source folders.
PYTHON = [sys.executable, "-I", "-B"]
SEED = ["--seed", "7", "--strict"]


def try_mpp(folder):
    for name in ("mpp", "caller"):
        subprocess.run([ALIPAYPLUS, "keys", "new", name], cwd=folder, check=True, capture_output=True)
    payments = HERE / "official_mpp.toml"
    command = [*PYTHON, HERE / "official_mpp.py", "mpp.key", "caller.pub", CLIENT_ID, payments]
    mpp = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        target = ["--url", mpp.stdout.readline().strip(), "--client-id", CLIENT_ID]
        keys = ["--key", "caller.key", "--peer-key", "1=mpp.pub", "--payments", payments]
        known = ["--expect", HERE / "official_mpp.known", "--skip", "load,deadline,state"]
        return conformance("mpp", folder, *target, *keys, *known)
    finally:
        mpp.kill()
        mpp.wait()


def try_caller(folder):
    known = ["--expect", HERE / "official_adapter.known"]
    only = ["--tls", "--only", "signature,time,meaning,content/name-twice-signed"]
    return conformance("caller", folder, *only, *known, "--", *PYTHON, HERE / "official_adapter.py")


def conformance(side, folder, *arguments):
    """Runs the command; shows what it prints if it fails, and otherwise its last line."""
    command = [ALIPAYPLUS, "conformance", side, *SEED, *arguments]
    ran = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    text = f"{ran.stderr}{ran.stdout}".strip()
    print(f"official {side}: {text.splitlines()[-1] if ran.returncode == 0 else text}")
    return ran.returncode == 0


with tempfile.TemporaryDirectory() as folder:
    sys.exit(not all([try_mpp(folder), try_caller(folder)]))
