# SPDX-License-Identifier: BSD-2-Clause
"""Private keys."""
from __future__ import annotations

import contextlib
from typing import Any, Iterator, Optional, Tuple

from ._handle import FilePath, Handle, borrowed, exposed, make_reported, taken
from ._library import lib
from ._table import Digest, KeyKind, SignatureScheme
from ._types import Address
from .context import Context, context_or_new


@contextlib.contextmanager
def _passphrase(secret: Optional[bytearray]) -> Iterator[Tuple[Any, int]]:
    if secret is None:
        yield None, 0
        return
    length = len(secret)
    with exposed(secret) as address:
        yield address, length


class Key(Handle):
    """A private key: immutable, usable from several threads; the last reference wipes it."""

    _object = "daotp_key"

    def __init__(self, address: Address, context: Handle) -> None:
        super().__init__(address)
        self._keep("context", context)

    @classmethod
    def generate(cls, kind: KeyKind = KeyKind.RSA_2048, context: Optional[Context] = None) -> Key:
        """Make a key pair. RSA takes from 0.3 s (2048 bits) to 4 s (4096): any thread may make it
        ahead, `await asyncio.to_thread(Key.generate)`, and `Client.set_key()` takes it."""
        context = context_or_new(context)
        return cls(make_reported("daotp_key", "generate", context, kind), context)

    @classmethod
    def read(
        cls,
        data: bytearray,
        passphrase: Optional[bytearray] = None,
        context: Optional[Context] = None,
    ) -> Key:
        """Take a key in PEM or DER (PKCS#8, PKCS#1, SEC 1); data and passphrase are wiped."""
        context, length = context_or_new(context), len(data)
        with exposed(data) as octets, _passphrase(passphrase) as (secret, size):
            address = make_reported(
                "daotp_key", "read", context, octets, length, secret, size
            )
        return cls(address, context)

    @classmethod
    def load(
        cls,
        path: FilePath,
        passphrase: Optional[bytearray] = None,
        context: Optional[Context] = None,
    ) -> Key:
        """Take a key from a file, which must be closed to others (0600); passphrase is wiped."""
        context = context_or_new(context)
        with _passphrase(passphrase) as (secret, size):
            address = make_reported("daotp_key", "load", context, path, secret, size)
        return cls(address, context)

    @property
    def kind(self) -> KeyKind:
        """Which kind it is."""
        return KeyKind(self._get("get_kind"))

    @property
    def exportable(self) -> bool:
        """Whether the private key can leave: one in a token cannot."""
        return bool(self._get("is_exportable"))

    @property
    def public(self) -> bytes:
        """The public key: SubjectPublicKeyInfo in DER."""
        return borrowed("daotp_key_get_public", self) or b""

    def pem(self) -> bytearray:
        """The key as PKCS#8 PEM, unencrypted. Yours to wipe."""
        return taken("daotp_key_copy_pem", self)

    def sign_digest(
        self, scheme: SignatureScheme, digest: Digest, data: bytes, salt_length: int = 0
    ) -> bytes:
        """Sign a digest, which `digest` made; `Digest.NONE`: the octets as they stand."""
        return bytes(
            taken("daotp_key_sign_digest", self, scheme, digest, salt_length, data, len(data))
        )

    def decrypt(self, data: bytes) -> bytearray:
        """Decrypt with an RSA key (RSAES-PKCS1-v1_5). Do not tell a peer whether it succeeded."""
        return taken("daotp_key_decrypt", self, data, len(data))

    @classmethod
    def _shared(cls, address: Address, context: Handle) -> Key:
        """A reference of our own to a key that C lends."""
        return cls(lib.daotp_key_ref(address), context)
