"""Encrypts a push notification for one browser, so that its push service cannot read it (RFC 8291, RFC 8188)."""

from __future__ import annotations

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 4096
"""The most bytes of an encrypted push that every push service accepts."""
_RECORD = 4096
_TAG = 16
_HEAD = 16 + 4 + 1 + 65
MOST_PLAIN = MOST_BYTES - _HEAD - _TAG - 1
"""The most bytes that fit into a push before it is encrypted."""
_STEP = 256
"""A push is filled up to a multiple of this many bytes, so that its length says little about its text."""


def public_bytes(key: EllipticCurvePublicKey) -> bytes:
    """Return a public key as 65 bytes (an uncompressed point), the form that browsers use."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def to_base64(content: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """Return the bytes that a base64url text encodes. Raises ValueError for an invalid text."""
    content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64(content) != text.rstrip("="):
        raise ValueError("no base64url")
    return content


def device_key(public_key: str) -> EllipticCurvePublicKey:
    """Return a browser's public key for push notifications, from base64url.

    Raises ValueError for a text that is no point of the curve P-256.
    """
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64(public_key))


def encrypt(
    plain: bytes,
    device: EllipticCurvePublicKey,
    secret: bytes,
    *,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    step: int = _STEP,
) -> bytes:
    """Return the encrypted body of a push notification for one browser; `plain` is its content.

    `device` is the browser's public key, and `secret` the secret that the browser shares with us. `own` and `salt` are
    new for each notification; only tests pass the values of the standard's examples. Raises ValueError if `plain` has
    more than MOST_PLAIN bytes.
    """
    if len(plain) > MOST_PLAIN:
        raise ValueError(f"a push of {len(plain)} bytes is larger than push services take")
    own = own or generate_private_key(SECP256R1())
    salt = salt or os.urandom(16)
    key, nonce = keys(own.exchange(ECDH(), device), public_bytes(device), public_bytes(own.public_key()), secret, salt)
    filled = min(-(-len(plain) // step) * step, MOST_PLAIN) - len(plain)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02" + bytes(filled), None)
    return salt + struct.pack(">IB", _RECORD, 65) + public_bytes(own.public_key()) + sealed


def keys(shared: bytes, device: bytes, server: bytes, secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key and the nonce with which a push notification is encrypted, as both sides derive them.

    `device` and `server` are the public keys of the browser and of this notification. `shared` is the secret that both
    sides compute from these keys; `secret` is the one that the browser gave us when it subscribed.
    """
    material = _derive(secret, shared, b"WebPush: info\0" + device + server, 32)
    key = _derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    return key, _derive(salt, material, b"Content-Encoding: nonce\0", 12)


def _derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)
