"""Cut the power at each step of a recording process, as far as its calls tell, and check what the disk would hold.

One run is traced with all it writes. A disk that loses power holds for sure only what was written to a file before its
last fsync, and only the names its folder had at that folder's last fsync. Of what came later any part may be there: an
image holds none of it, or any sectors of it, drawn by a seed. No file system is needed for it, and none is trusted.
"""

import argparse
import hashlib
import json
import multiprocessing
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from tests.faults.crash import (
    CALLS,
    CHECKPOINT_SOON,
    HOW_MANY_PAGES,
    REACHES_THE_DISK,
    Base,
    Seen,
    apart,
    left_behind,
    prepared,
    say,
    watched,
)
from tests.faults.recording_child import Plan

SECTOR = 512
NOTING = ("-f", "-xx", "-s", "10000000", "-e", f"trace={','.join((*CALLS, 'lseek', 'sendto'))}")
TRACED = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
NOTHING, TORN = "nothing unsynced", "torn"


class Change(msgspec.Struct, frozen=True):
    """Bytes at an offset, or the length a file was cut to when there are none."""

    offset: int
    data: bytes | None

    def on(self, content: bytearray) -> None:
        if self.data is None:
            del content[self.offset :]
            content.extend(bytes(self.offset - len(content)))
        else:
            content.extend(bytes(max(0, self.offset - len(content))))
            content[self.offset : self.offset + len(self.data)] = self.data

    def sectors(self) -> Iterator["Change"]:
        if self.data is None:
            yield self
            return
        at = 0
        while at < len(self.data):
            upto = min(len(self.data), at + SECTOR - (self.offset + at) % SECTOR)
            yield Change(self.offset + at, self.data[at:upto])
            at = upto


class File:
    """A file's content that is on the disk for sure, and the changes that may be."""

    def __init__(self, content: bytes = b"") -> None:
        self.synced = bytearray(content)
        self.changes: list[Change] = []

    def sync(self) -> None:
        self.synced = bytearray(self.after(self.changes))
        self.changes = []

    def after(self, changes: Sequence[Change]) -> bytes:
        content = bytearray(self.synced)
        for change in changes:
            change.on(content)
        return bytes(content)

    @property
    def length(self) -> int:
        return len(self.after(self.changes))


class Disk:
    """The home as a disk sees it: names and contents, each as far as it was synced."""

    def __init__(self, origin: Path, home: Path, trusts_syncs: bool) -> None:
        self._home = str(home)
        self._trusts_syncs = trusts_syncs
        self.names = {
            str(path.relative_to(origin)): File(path.read_bytes())
            for path in sorted(origin.rglob("*"))
            if path.is_file()
        }
        self.synced_names = dict(self.names)
        self.renamings: list[dict[str, File | None]] = []
        self.done: list[str] = []
        self._open: dict[str, tuple[File, int]] = {}

    def step(self, call: str, rest: str, answer: int) -> bool:
        """Take in one call; whether it changed anything."""
        paths = [_plain(spelled) for spelled in re.findall(r'[<"]((?:\\x[0-9a-f]{2})+)[>"]', rest)]
        named = [path[len(self._home) + 1 :] for path in paths if path.startswith(self._home)]
        descriptor = rest.partition("<")[0]
        if call == "sendto" and paths:
            return self._told(json.loads(paths[-1]))
        if not named or answer < 0:
            return False
        if call == "openat":
            return self._opened(named[-1], rest, str(answer))
        if call in REACHES_THE_DISK:
            return self._trusts_syncs and self._synced(named[0], descriptor)
        if call.startswith(("rename", "unlink", "link")):
            return self._renamed(call, named)
        if descriptor not in self._open:
            raise RuntimeError(f"a call on a file nobody was seen opening: {call} {named[0]}")
        return self._written(call, descriptor, rest, answer)

    def _told(self, message: list[str]) -> bool:
        if message[0] == "done":
            self.done.append(message[1])
        return True

    def _opened(self, name: str, rest: str, descriptor: str) -> bool:
        fresh = name not in self.names and "O_CREAT" in rest
        if fresh:
            self._rename({name: File()})
        file = self.names.get(name)
        self._open.pop(descriptor, None)
        if file is not None:
            if "O_TRUNC" in rest:
                file.changes.append(Change(0, None))
            self._open[descriptor] = (file, file.length if "O_APPEND" in rest else 0)
        return fresh or "O_TRUNC" in rest

    def _synced(self, name: str, descriptor: str) -> bool:
        if descriptor in self._open:
            self._open[descriptor][0].sync()
        else:
            inside = [one for one in self.renamings if all(str(Path(path).parent) == (name or ".") for path in one)]
            for one in inside:
                _rename(self.synced_names, one)
                self.renamings.remove(one)
        return True

    def _renamed(self, call: str, named: list[str]) -> bool:
        if call.startswith("unlink"):
            self._rename({named[-1]: None})
        elif call.startswith("rename"):
            self._rename({named[0]: None, named[-1]: self.names[named[0]]})
        else:
            self._rename({named[-1]: self.names[named[0]]})
        return True

    def _rename(self, change: dict[str, File | None]) -> None:
        _rename(self.names, change)
        self.renamings.append(change)

    def _written(self, call: str, descriptor: str, rest: str, answer: int) -> bool:
        file, position = self._open[descriptor]
        if call == "lseek":
            self._open[descriptor] = (file, answer)
            return False
        if call == "ftruncate":
            file.changes.append(Change(int(rest.rpartition(",")[2]), None))
        elif call in ("write", "pwrite64"):
            data = bytes.fromhex(rest.split('"')[1].replace("\\x", ""))[:answer]
            at = int(rest.rpartition(",")[2]) if call == "pwrite64" else position
            file.changes.append(Change(at, data))
            if call == "write":
                self._open[descriptor] = (file, position + answer)
        else:
            raise RuntimeError(f"what {call} leaves on a disk is not known here")
        return True

    def image(self, drawn: random.Random | None) -> dict[str, bytes]:
        """The files after a power cut now: without anything unsynced, or with what is drawn of it."""
        names = dict(self.synced_names)
        kept = drawn.randint(0, len(self.renamings)) if drawn else 0
        for one in self.renamings[:kept]:
            _rename(names, one)
        return {name: file.after(_drawn(file.changes, drawn)) for name, file in names.items()}


def _rename(names: dict[str, File], change: dict[str, File | None]) -> None:
    for name, file in change.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def _drawn(changes: list[Change], drawn: random.Random | None) -> list[Change]:
    """Each sector written since the last sync is there or not, whatever came before or after it."""
    if drawn is None:
        return []
    return [sector for change in changes for sector in change.sectors() if drawn.random() < 0.5]


def _plain(spelled: str) -> str:
    return bytes.fromhex(spelled.replace("\\x", "")).decode(errors="replace")


def steps_of(trace: str) -> Iterator[tuple[str, str, int]]:
    """(call, arguments, answer), each call at its end; one that another thread cut in two is joined."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        thread = line.partition(" ")[0]
        if line.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"^\d+ +<\.\.\. \w+ resumed>(.*)$", line):
            line = begun.pop(thread) + resumed[1]
        if traced := TRACED.match(line):
            yield traced[1], traced[2], int(traced[3])


class Image(msgspec.Struct, frozen=True):
    """One state the disk may be left in, and what had been acknowledged by then."""

    step: int
    kind: str
    files: dict[str, bytes]
    done: list[str]


def images_of(origin: Path, home: Path, trace: str, wanted: int, seed: int, lies: bool) -> list[Image]:
    """At every step the disk without anything unsynced; then disks with torn rests at steps drawn, up to `wanted`."""
    steps = list(steps_of(trace))
    torn = Counter(random.Random(seed).choices(range(len(steps)), k=wanted))  # noqa: S311 - drawn again from its seed
    disk, images, known = Disk(origin, home, not lies), [], set()
    for number, step in enumerate(steps):
        if not disk.step(*step):
            continue
        drawings = [None, *(random.Random(f"{seed} {number} {again}") for again in range(torn[number]))]  # noqa: S311
        for drawn in drawings:
            image = Image(number, TORN if drawn else NOTHING, disk.image(drawn), list(disk.done))
            digest = hashlib.sha256(msgspec.msgpack.encode((sorted(image.files.items()), image.done))).digest()
            if digest not in known:
                known.add(digest)
                images.append(image)
    return images


def check(image: Image, base: Base) -> tuple[str, str, list[str]]:
    """What kind of image it was, what became of the command in hand, and what was wrong."""
    with tempfile.TemporaryDirectory(prefix="hub-power-") as folder:
        home = Path(folder, "home")
        shutil.copytree(base.home, home)
        for path in sorted(home.rglob("*")):
            if path.is_file():
                path.unlink()
        for name, content in image.files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o600)

        def look() -> tuple[str, list[str]]:
            found: list[str] = []
            return left_behind(home, base, Seen(done=image.done), found), found

        try:
            became, wrong = apart(look)
        except RuntimeError as error:
            became, wrong = "not opened", [f"not opened again: {error}"]
    return image.kind, became, [f"step {image.step}, {image.kind}: {what}" for what in wrong]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.faults.power_cut", description=__doc__)
    parser.add_argument("--images", type=int, default=1000, help="how many torn disks are drawn, beside the others")
    parser.add_argument("--most", type=int, default=1_000_000, help="check a drawn sample of so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--err", choices=("lying-disk",), help="let no fsync count; the check must then find losses")
    parser.add_argument("--pages", type=int, default=CHECKPOINT_SOON, help=HOW_MANY_PAGES)
    said = parser.parse_args(arguments)
    if shutil.which("strace") is None:
        sys.stderr.write("strace is missing, and no call can be seen without it: apt-get install strace\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="hub-power-") as folder:
        base, _ = prepared(Path(folder), said.pages, Plan())
        home = Path(folder, "home")
        shutil.copytree(base.home, home)
        seen = watched(home, Path(folder, "trace"), None, Plan(), NOTING)
        images = images_of(Path(base.home), home, seen.trace, said.images, said.seed, said.err is not None)
        if len(images) > said.most:
            images = random.Random(said.seed).sample(images, said.most)  # noqa: S311 - drawn again from its seed
        began = time.monotonic()
        with multiprocessing.get_context("fork").Pool(said.jobs) as pool:
            checked = list(pool.imap_unordered(partial(check, base=base), images))
    return report(checked, time.monotonic() - began)


def report(checked: list[tuple[str, str, list[str]]], took: float) -> int:
    """Print the figures; 1 when any promise was broken."""
    counts = Counter((kind, became) for kind, became, _ in checked)
    became = sorted({became for _, became in counts})
    say(f"| disk | images | {' | '.join(became)} |")
    say(f"|---|--:{'|--:' * len(became)}|")
    for kind in sorted({kind for kind, _ in counts}):
        each = [counts[kind, one] for one in became]
        say(f"| {kind} | {sum(each)} | {' | '.join(str(one or '') for one in each)} |")
    wrong = [what for _, _, found in checked for what in found]
    for what in sorted(wrong)[:40]:
        say(f"WRONG {what}")
    lost, half = (sum(f": {kind}: " in what for what in wrong) for kind in ("lost", "not whole"))
    say(f"{took:.0f} s")
    say(f"{len(checked)} images: {lost} lost, {half} half-commands, {len(wrong)} violations in all")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
