"""A case key inside a hardware module (PKCS #11): it never leaves it, the module does the one agreement.

PKCS #11 v3.0 current mechanisms, section 2.3: CKM_ECDH1_DERIVE with CKD_NULL on curve25519. The key lies there as a
private and a public object of one CKA_ID, labelled "gatepost case", so that several periods may lie side by side. The
library names no CKK_EC_MONTGOMERY: a module must take X25519 as CKK_EC_EDWARDS, as SoftHSM 2.6 does.
"""

import threading
from pathlib import Path
from typing import Any

from wire.crypto import kid_of
from wire.refusal import Refused

LABEL = "gatepost case"
X25519 = "1.3.101.110"  # RFC 8410, section 3
_POINT_BYTES = 32
_OCTET_STRING = b"\x04\x20"  # DER of CKA_EC_POINT: 32 bytes follow


class ModuleKey:
    """Implements central.vault.custody.CaseKey."""

    def __init__(self, session: Any, turn: threading.Lock, private: Any, public: bytes) -> None:
        self._session, self._turn, self._private, self.public = session, turn, private, public

    def agree(self, peer: bytes) -> bytes:
        """As CaseKey says: the module derives a generic secret, which is read and destroyed at once."""
        from pkcs11 import KDF, Attribute, KeyType, Mechanism, PKCS11Error

        if len(peer) != _POINT_BYTES:
            raise ValueError("a point has 32 bytes")
        readable = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}
        with self._turn:
            try:
                secret = self._private.derive_key(
                    *(KeyType.GENERIC_SECRET, _POINT_BYTES * 8),
                    mechanism=Mechanism.ECDH1_DERIVE,
                    mechanism_param=(KDF.NULL, None, peer),
                    template=readable,
                )
                agreed = bytes(secret[Attribute.VALUE])
                secret.destroy()
            except PKCS11Error as error:
                raise OSError(f"the module did not agree: {type(error).__name__}") from error
        if not any(agreed):
            raise ValueError("a point of small order")  # RFC 7748, section 6.1
        return agreed

    def destroy(self) -> str:
        """Both objects are destroyed in the module."""
        from pkcs11 import Attribute

        with self._turn:
            number = self._private[Attribute.ID]
            for one in list(self._session.get_objects({Attribute.ID: number, Attribute.LABEL: LABEL})):
                one.destroy()
        return "destroyed in the hardware module"


class Token:
    """A token that is logged in to. One session serves all its keys, one thread at a time: PKCS #11, section 5.6."""

    def __init__(self, module: Path, token: str, pin_file: Path) -> None:
        """Raises OSError, or Refused("no_token") for a wrong label or PIN."""
        from pkcs11 import PKCS11Error, lib

        self._turn = threading.Lock()
        try:
            found = lib(str(module)).get_token(token_label=token)
            self._session: Any = found.open(rw=True, user_pin=pin_file.read_text().strip())
        except (PKCS11Error, RuntimeError) as error:
            raise Refused("no_token", type(error).__name__) from error

    def case_keys(self) -> list[ModuleKey]:
        """Every case key on it."""
        from pkcs11 import Attribute, ObjectClass

        found, wanted = [], {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: LABEL}
        with self._turn:
            for private in list(self._session.get_objects(wanted)):
                of = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: private[Attribute.ID]}
                public, *_ = list(self._session.get_objects(of))  # to its end: one search at a time
                point = _point(bytes(public[Attribute.EC_POINT]))
                found.append(ModuleKey(self._session, self._turn, private, point))
        return found

    def make(self) -> ModuleKey:
        """A new case key, made by the module and never outside of it."""
        from pkcs11 import Attribute, KeyType, Mechanism
        from pkcs11.util.ec import encode_named_curve_parameters

        kept = {Attribute.LABEL: LABEL, Attribute.TOKEN: True}
        hidden = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.DERIVE: True}
        curve = encode_named_curve_parameters(X25519)
        with self._turn:
            domain = self._session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: curve}, local=True
            )
            public, private = domain.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                public_template=kept,
                private_template={**kept, **hidden},
            )
            point = _point(bytes(public[Attribute.EC_POINT]))
            for one in (public, private):
                one[Attribute.ID] = kid_of(point)
        return ModuleKey(self._session, self._turn, private, point)

    def close(self) -> None:
        """Log out."""
        with self._turn:
            self._session.close()


def _point(encoded: bytes) -> bytes:
    """The raw point; modules give it as a DER octet string or bare."""
    return encoded.removeprefix(_OCTET_STRING) if len(encoded) == _POINT_BYTES + 2 else encoded
