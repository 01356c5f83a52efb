"""What every event and command rests on."""

import subprocess
import sys

AT_ONCE = """
import sys
import threading
import msgspec
from domain.record import Line, prepared

sys.setswitchinterval(1e-6)
inner = [msgspec.defstruct(f"Inner{n}", [("a", Line), ("b", list[int]), ("c", Line)]) for n in range(200)]
kinds = [msgspec.defstruct(f"Kind{n}", [("x", one), ("y", tuple[one, ...])]) for n, one in enumerate(inner)]
part = {"a": "s", "b": [1], "c": "t"}
starting = threading.Barrier(8)
read = []

def work():
    for kind in kinds:
        starting.wait()
        read.append(msgspec.convert({"x": part, "y": [part]}, prepared(kind)))

workers = [threading.Thread(target=work) for _ in range(8)]
for one in workers:
    one.start()
for one in workers:
    one.join()
print(len(read))
"""


def test_two_threads_may_be_the_first_to_read_a_kind_of_command() -> None:
    """msgspec crashes the process where two threads first read a type at once; `prepared` lets one go before."""
    found = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=120)

    assert (0, "1600\n") == (found.returncode, found.stdout)
