"""Records may be read for the first time by two threads at once: msgspec before 0.23 ended the process there."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading, types
import msgspec
sys.setswitchinterval(1e-6)
for number in range(40):
    code = "from __future__ import annotations\\nimport dataclasses\\n"
    for k in range(12):
        inner = f"T{k - 1}" if k else "int"
        code += f"@dataclasses.dataclass(frozen=True, slots=True)\\nclass T{k}:\\n"
        code += f"    a: str\\n    b: tuple[{inner}, ...] = ()\\n"
    module = types.ModuleType(f"m{number}")
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    start = threading.Barrier(4)
    def read():
        start.wait()
        msgspec.convert({"a": "x", "b": [{"a": "y"}]}, module.T11)
    threads = [threading.Thread(target=read) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print("read")
"""


def test_two_threads_read_a_new_type_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "read\n"), done.stderr
