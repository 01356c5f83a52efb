"""The only place of ciphers: keys of owners, wrapped by a master key, and the seal that binds a row to its place.

Never write a key or what was opened to a log, a database beside the key store, or a file; never seal twice under one
nonce; never open without the place. AES-256-GCM, nothing negotiated.

An envelope is `0x01 | key id (16) | commitment (32) | nonce (12) | ciphertext and tag`. Its associated data are the
store, the place (stream, version, topic), the key id and the commitment, so that no row can be moved or take another's
place.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import KeyDestroyed, SealBroken
from interfaces.storage.keystore import KeyStore, MasterKeyChanged, WrappedKey

FORMAT = b"\x01"
ID, COMMITMENT, NONCE, KEY = 16, 32, 12, 32
HEADER = 1 + ID + COMMITMENT
HELD = 5_000


class Key(msgspec.Struct, frozen=True):
    """An opened key; its repr tells nothing."""

    id: bytes
    owner: str
    secret: bytes
    cipher: AESGCM

    def __repr__(self) -> str:
        return f"Key({self.id.hex()})"


class KeyRing:
    """Opens, closes, makes, wraps anew and destroys keys; holds those last used in memory."""

    def __init__(
        self,
        store: bytes,
        keystore: KeyStore,
        masters: dict[int, bytes],
        read_master: Callable[[int], bytes | None] = lambda number: None,
    ) -> None:
        """`store` is the id of the event store; `masters` are the master keys by number, the highest in use.

        `read_master` looks for one that was made since; it is held once a key has opened under it.
        """
        self._store = store
        self._keystore = keystore
        self._masters = {number: AESGCM(secret) for number, secret in masters.items()}
        self._read_master = read_master
        self._by_id: OrderedDict[bytes, Key] = OrderedDict()
        self._current: OrderedDict[str, Key] = OrderedDict()
        self._owners: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def __repr__(self) -> str:
        return "KeyRing(...)"

    # ---- sealing

    def close(self, owner: str, place: bytes, plain: bytes, commitment: bytes = b"") -> bytes:
        key = self._current.get(owner) or self._newest(owner)
        commitment = commitment or secrets.token_bytes(COMMITMENT)
        nonce = secrets.token_bytes(NONCE)
        sealed = key.cipher.encrypt(nonce, plain, self._bound(place, key.id, commitment))
        return b"".join((FORMAT, key.id, commitment, nonce, sealed))

    def open(self, place: bytes, sealed: bytes) -> bytes:
        key_id = sealed[1 : 1 + ID]
        key = self._by_id.get(key_id) or self._by_its_id(key_id)
        if sealed[:1] != FORMAT:
            raise SealBroken
        commitment, nonce = sealed[1 + ID : HEADER], sealed[HEADER : HEADER + NONCE]
        try:
            return key.cipher.decrypt(nonce, sealed[HEADER + NONCE :], self._bound(place, key_id, commitment))
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def _bound(self, place: bytes, key_id: bytes, commitment: bytes) -> bytes:
        return b"".join((b"hub.seal.1|", self._store, key_id, commitment, place))

    def salt(self, owner: str, place: bytes) -> bytes:
        """What salts the commitment of a row that is about to be closed for `owner`."""
        return self._salt(self._current.get(owner) or self._newest(owner), place)

    def salt_of(self, place: bytes, sealed: bytes) -> bytes:
        """What salted the commitment of a row that was closed."""
        return self._salt(self._by_its_id(sealed[1 : 1 + ID]), place)

    def _salt(self, key: Key, place: bytes) -> bytes:
        return hmac.digest(key.secret, b"hub.receipt.1|" + self._store + place, hashlib.sha256)

    def owner_of(self, sealed: bytes) -> str:
        """Whose key closed this; raises KeyDestroyed or SealBroken where that cannot be told."""
        key_id = sealed[1 : 1 + ID]
        owner = self._owners.get(key_id)
        if owner is None:
            found = self._keystore.by_id(key_id)
            if found is None:
                raise SealBroken
            owner = found.owner
            with self._lock:
                self._owners[key_id] = owner
                while len(self._owners) > HELD:
                    self._owners.popitem(last=False)
        return owner

    # ---- keys

    def _newest(self, owner: str) -> Key:
        found = self._keystore.newest(owner)
        if found is None:
            found = self._added(owner, 1)
        key = self._unwrapped(found)
        self._hold(key)
        with self._lock:
            self._current[owner] = key
            while len(self._current) > HELD:
                self._current.popitem(last=False)
        return key

    def _by_its_id(self, key_id: bytes) -> Key:
        held = self._by_id.get(key_id)
        if held is not None:
            return held
        found = self._keystore.by_id(key_id)
        if found is None:
            raise SealBroken
        key = self._unwrapped(found)
        self._hold(key)
        return key

    def _hold(self, key: Key) -> None:
        with self._lock:
            self._by_id[key.id] = key
            while len(self._by_id) > HELD:
                self._by_id.popitem(last=False)

    def _added(self, owner: str, number: int) -> WrappedKey:
        """A new key of an owner, under the newest master key there is; see `KeyStore.add`."""
        try:
            return self._keystore.add(self._made(owner, number))
        except MasterKeyChanged as changed:
            try:
                self._secret_of(changed.under)
            except SealBroken:
                raise changed from None
        return self._keystore.add(self._made(owner, number))

    def _made(self, owner: str, number: int) -> WrappedKey:
        key_id = secrets.token_bytes(ID)
        return self._wrapped(WrappedKey(key_id, owner, number, max(self._masters), b""), secrets.token_bytes(KEY))

    def _wrapped(self, key: WrappedKey, secret: bytes) -> WrappedKey:
        nonce = secrets.token_bytes(NONCE)
        wrapped = nonce + self._masters[key.master].encrypt(nonce, secret, self._about(key))
        return msgspec.structs.replace(key, wrapped=wrapped)

    def _unwrapped(self, found: WrappedKey) -> Key:
        secret = self._secret_of(found)
        return Key(found.id, found.owner, secret, AESGCM(secret))

    def _secret_of(self, found: WrappedKey) -> bytes:
        if found.wrapped is None:
            raise KeyDestroyed(found.owner)
        master = self._masters.get(found.master) or self._made_since(found.master)
        try:
            secret = master.decrypt(found.wrapped[:NONCE], found.wrapped[NONCE:], self._about(found))
        except (InvalidTag, ValueError):
            raise SealBroken from None
        if found.master not in self._masters:
            self._masters = {**self._masters, found.master: master}
        return secret

    def _made_since(self, number: int) -> AESGCM:
        """A master key that was not there when this process began; nothing is wrapped by it before it opened a key."""
        secret = self._read_master(number)
        if secret is None:
            raise SealBroken
        return AESGCM(secret)

    def _about(self, key: WrappedKey) -> bytes:
        return b"|".join((b"hub.key.1", self._store, key.id, key.owner.encode(), b"%d|%d" % (key.number, key.master)))

    # ---- keeping

    def rotate_master(self) -> int:
        """Wrap every key anew under the newest master key, all or none; how many. The older ones may go then."""
        newest = max(self._masters)
        again = []
        for found in self._keystore.all():
            if found.wrapped is not None and found.master != newest:
                if found.master > newest:  # somebody else is changing it: nothing is moved back
                    raise SealBroken
                moved = msgspec.structs.replace(found, master=newest)
                again.append(self._wrapped(moved, self._secret_of(found)))
        self._keystore.rewrap(again)
        return len(again)

    def rotate(self, owner: str) -> int:
        """Give an owner a new key for what comes from now on, and its number; the old one opens what it did."""
        newest = self._keystore.newest(owner)
        if newest is None or newest.wrapped is None:
            raise KeyDestroyed(owner)
        made = self._added(owner, newest.number + 1)
        with self._lock:
            self._current.pop(owner, None)
        return made.number

    def destroy(self, owner: str) -> None:
        """Destroy every key of an owner, here and in the key store; what lay under them can never be read again."""
        self._keystore.destroy(owner)
        self.let_go(owner)

    def let_go(self, owner: str) -> None:
        """Forget what this process holds of an owner's keys."""
        with self._lock:
            self._current.pop(owner, None)
            for key_id in [key.id for key in self._by_id.values() if key.owner == owner]:
                del self._by_id[key_id]

    def end(self) -> None:
        self._keystore.close()

    def owners(self, kind: str) -> list[str]:
        """Who has keys that are not destroyed, of one kind (`case`, `agency`, `locators`, `hub`)."""
        return [owner for owner in self._keystore.owners() if owner.partition(":")[0] == kind]

    def has(self, owner: str) -> bool:
        """Whether an owner has a key that is not destroyed."""
        found = self._keystore.newest(owner)
        return found is not None and found.wrapped is not None

    def destroyed(self) -> set[str]:
        """Owners with a key that was destroyed."""
        return {one.owner for one in self._keystore.all() if one.wrapped is None}

    def living(self) -> set[str]:
        """Owners with a key that was not."""
        return {one.owner for one in self._keystore.all() if one.wrapped is not None}

    def ids(self) -> dict[bytes, str]:
        """Whose every key is that was ever kept, by its id."""
        return {one.id: one.owner for one in self._keystore.all()}

    def faulty(self) -> list[str]:
        """Owners of keys that no master key opens: damaged, or put under another's name.

        A destroyed one is faulty too when it names a master key newer than any: nothing new would be kept beside it.
        """
        found = []
        for wrapped in self._keystore.all():
            if wrapped.wrapped is None:
                found += [wrapped.owner] if wrapped.master > max(self._masters) else []
            else:
                try:
                    self._secret_of(wrapped)
                except SealBroken:
                    found.append(wrapped.owner)
        return found
