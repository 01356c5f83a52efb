"""The tree of the proof log in tiles of 256: how it grows, and what can be proven out of it."""

import struct
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from interfaces.storage.verifying import EMPTY, WIDTH, Row, Tree, leaf_of, node_of, split

Place = tuple[int, int]
"""A tile's level and number."""
Written = dict[Place, tuple[bytes, bytes]]
"""What tiles now hold: their hashes, and at the lowest level their rows' numbers."""
Layers = list[list[bytes]]
"""A tile's hashes, and above them, layer by layer, those of every full pair."""
NONE: Mapping[Place, Layers] = MappingProxyType({})


class LogDamaged(RuntimeError):
    """The log's own tables cannot be used; the store is not touched by it. Make the log again from the rows."""


class Level:
    """A tile as it fills; what is hashed once is kept, for roots and proofs are made of it."""

    def __init__(self, hashes: Sequence[bytes] = ()) -> None:
        self.layers: Layers = [[] for _ in range(WIDTH.bit_length())]
        self.take(hashes)

    def copy(self) -> "Level":
        same = Level()
        same.layers = [layer.copy() for layer in self.layers]
        return same

    def take(self, hashes: Sequence[bytes]) -> None:
        """As many more as there is room for."""
        self.layers[0] += hashes
        for layer, above in pairwise(self.layers):
            new = layer[2 * len(above) :]
            above += [node_of(left, right) for left, right in zip(new[::2], new[1::2], strict=False)]

    @property
    def size(self) -> int:
        return len(self.layers[0])

    @property
    def hashes(self) -> bytes:
        return b"".join(self.layers[0])

    @property
    def peaks(self) -> list[bytes]:
        """The roots of the full trees it is made of, the largest first."""
        return [layer[-1] for layer in reversed(self.layers) if len(layer) & 1]


class Edge:
    """Where the tree grows: of each level the tile that is not full yet."""

    def __init__(self, size: int, last: int, levels: Sequence[Level], numbers: bytes) -> None:
        self.size, self.last = size, last
        self.levels = list(levels)
        self.numbers = bytearray(numbers)
        self._filled: dict[Place, Layers] = {}

    def copy(self) -> "Edge":
        return Edge(self.size, self.last, [level.copy() for level in self.levels], bytes(self.numbers))

    def grow(self, rows: Sequence[Row]) -> Written:
        """Takes the rows in; the tiles that changed."""
        written: Written = {}
        self._filled.clear()
        leaves, at = [leaf_of(row) for row in rows], 0
        while at < len(rows):
            lowest, number = self.levels[0], self.size // WIDTH
            to = min(len(rows), at + WIDTH - self.size % WIDTH)
            lowest.take(leaves[at:to])
            self.numbers += struct.pack(f">{to - at}Q", *[row[0] for row in rows[at:to]])
            at, self.size = to, self.size + to - at
            written[0, number] = (lowest.hashes, bytes(self.numbers))
            self._carry(number, written)
        self.last = rows[-1][0]
        return written

    def _carry(self, number: int, written: Written) -> None:
        """A tile that is full gives its root to the level above."""
        level = 0
        while self.levels[level].size == WIDTH:
            layers = self._filled[level, number] = self.levels[level].layers
            self.levels[level] = Level()
            level, number = level + 1, number // WIDTH
            if level == 1:
                self.numbers = bytearray()
            if level == len(self.levels):
                self.levels.append(Level())
            self.levels[level].take(layers[-1])
            written[level, number] = (self.levels[level].hashes, b"")

    def root(self) -> bytes:
        return Tree.grown(self.size, [peak for level in reversed(self.levels) for peak in level.peaks]).root()

    @property
    def held(self) -> dict[Place, Layers]:
        """The tiles at hand: those that are not full, and those that the rows last taken in filled."""
        growing = {(level, self.size >> 8 * (level + 1)): tile.layers for level, tile in enumerate(self.levels)}
        return self._filled | growing


class Proofs:
    """Roots and proofs out of tiles, as RFC 9162 section 2.1 defines them."""

    def __init__(self, hashes: Callable[[int, int], bytes], held: Mapping[Place, Layers] = NONE) -> None:
        self._hashes = hashes
        self._held = dict(held)

    def root(self, start: int, end: int) -> bytes:
        """The root over the leaves from `start`, a place where a subtree of this size can begin."""
        size = end - start
        if size == 0:
            return EMPTY
        if size & (size - 1) == 0:
            return self._full(size.bit_length() - 1, start // size)
        middle = start + _largest_power_below(size)
        return node_of(self.root(start, middle), self.root(middle, end))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Section 2.1.3.1, from the leaf up."""
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + _largest_power_below(end - start)
            if index < middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Section 2.1.4.1."""
        if old in (0, new):
            return []
        path, start, end = [], 0, new
        while end != old:
            middle = start + _largest_power_below(end - start)
            if old <= middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return [self.root(start, end), *path[::-1]] if start else path[::-1]

    def peaks(self, size: int) -> list[bytes]:
        """The roots of the full trees that a tree of this size is made of, the largest first."""
        found, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                found.append(self._full(height, start >> height))
                start += 1 << height
        return found

    def leaf(self, index: int) -> bytes:
        return self._full(0, index)

    def _full(self, height: int, index: int) -> bytes:
        level, within = divmod(height, 8)
        number, at = divmod(index, WIDTH >> within)
        layers = self._held.get((level, number)) or self._layers(level, number)
        if within >= len(layers) or at >= len(layers[within]):
            raise LogDamaged(f"tile {number} of level {level} is shorter than the log")
        return layers[within][at]

    def _layers(self, level: int, number: int) -> Layers:
        layers = self._held[level, number] = Level(split(self._hashes(level, number))).layers
        return layers


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
