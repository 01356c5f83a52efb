"""Keyed hashes for finding rows; the key is of no use to whoever holds only the rows."""

import hmac


class HmacIndex:
    """HMAC-SHA256 under one key, parted by purpose."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the index key must have 32 bytes")
        self._key = key

    def __repr__(self) -> str:
        return "HmacIndex(...)"

    def key(self, purpose: str, value: str) -> str:
        return hmac.digest(self._key, f"{purpose}\x00{value}".encode(), "sha256").hex()
