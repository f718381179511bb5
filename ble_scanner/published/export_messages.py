"""PURE. The protobuf messages of an Exposure Notification export, built from tables at load time.

Source: the Exposure Key Export file format (developers.google.com/android/exposure-notifications; Apple's "Setting Up a
Key Server"), proto2. Fields 1 and 2 of SignatureInfo were an app's name once; authorities still sent them in 2020.
"""

from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "gatepost.exposure_export"
_Field = FieldDescriptorProto
_FIXED64, _INT32, _SINT32 = _Field.TYPE_FIXED64, _Field.TYPE_INT32, _Field.TYPE_SINT32
_TEXT, _BYTES = _Field.TYPE_STRING, _Field.TYPE_BYTES

DEFAULT_PERIOD = 144
# Message -> (number, name, type or message; a list: repeated). report_type is an open number here: one that is newer
# than this program must not vanish among unknown fields.
_MESSAGES: dict[str, list[tuple[int, str, Any]]] = {
    "SignatureInfo": [
        (3, "verification_key_version", _TEXT),
        (4, "verification_key_id", _TEXT),
        (5, "signature_algorithm", _TEXT),
    ],
    "TemporaryExposureKey": [
        (1, "key_data", _BYTES),
        (2, "transmission_risk_level", _INT32),
        (3, "rolling_start_interval_number", _INT32),
        (4, "rolling_period", _INT32),
        (5, "report_type", _INT32),
        (6, "days_since_onset_of_symptoms", _SINT32),
    ],
    "TemporaryExposureKeyExport": [
        (1, "start_timestamp", _FIXED64),
        (2, "end_timestamp", _FIXED64),
        (3, "region", _TEXT),
        (4, "batch_num", _INT32),
        (5, "batch_size", _INT32),
        (6, "signature_infos", ["SignatureInfo"]),
        (7, "keys", ["TemporaryExposureKey"]),
        (8, "revised_keys", ["TemporaryExposureKey"]),
    ],
    "TEKSignature": [
        (1, "signature_info", "SignatureInfo"),
        (2, "batch_num", _INT32),
        (3, "batch_size", _INT32),
        (4, "signature", _BYTES),
    ],
    "TEKSignatureList": [(1, "signatures", ["TEKSignature"])],
}


def _classes() -> dict[str, Any]:
    file = FileDescriptorProto(name="exposure_export.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field_name, kind_or_list in fields:
            repeated = isinstance(kind_or_list, list)
            kind = kind_or_list[0] if repeated else kind_or_list
            field = message.field.add(name=field_name, number=number)
            field.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            if isinstance(kind, str):
                field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                field.type = kind
            if field_name == "rolling_period":
                field.default_value = str(DEFAULT_PERIOD)
    pool = DescriptorPool()
    pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES}


_CLASSES = _classes()
SignatureInfo = _CLASSES["SignatureInfo"]
TemporaryExposureKey = _CLASSES["TemporaryExposureKey"]
TemporaryExposureKeyExport = _CLASSES["TemporaryExposureKeyExport"]
TEKSignature = _CLASSES["TEKSignature"]
TEKSignatureList = _CLASSES["TEKSignatureList"]
