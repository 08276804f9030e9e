"""Signed tokens: RS256, one key pair per simulator."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def base64url(data: bytes) -> str:
    """Base64 as JOSE writes it: URL alphabet, no padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def s256(text: str) -> str:
    """The S256 transformation of a PKCE verifier (RFC 7636)."""
    return base64url(hashlib.sha256(text.encode()).digest())


class Signer:
    """Holds the private key; signs claims and publishes the public key.

    :param key: what :meth:`private_key` of another gave, to sign as that one does; a new key where it is left out
    """

    def __init__(self, key: bytes | None = None):
        if key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        else:
            self._key = serialization.load_der_private_key(key, password=None)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = hashlib.sha1(public, usedforsecurity=False).hexdigest().upper()

    def private_key(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, claims: dict) -> str:
        """`claims` as a compact JWT."""
        head = {"alg": "RS256", "kid": self.key_id, "typ": "JWT"}
        signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64url(signature)}"

    def key_set(self) -> dict:
        """The public key as a JSON Web Key Set."""
        numbers = self._key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "use": "sig",
                    "alg": "RS256",
                    "kid": self.key_id,
                    "e": base64url(_big_endian(numbers.e)),
                    "n": base64url(_big_endian(numbers.n)),
                }
            ]
        }


def _big_endian(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
