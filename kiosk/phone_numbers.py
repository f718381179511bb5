"""Phone numbers as people type them. Knows the numbering plans through the library phonenumbers (Apache-2.0).

Of Viet Nam: mobile (10 digits) and fixed lines with their area code, with or without spaces, dots and the leading 0 or
+84. Of other countries: with + and the country's code. Emergency, service and free numbers (113, 1900, 1800) reach no
visitor and are none.
"""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# The longest number in E.164 has 15 digits; three signs between each two are more than anybody types.
_MAX_CHARACTERS = 60
_REACHES_A_PERSON = frozenset(
    (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.VOIP,
    )
)


def check_phone(text: str, region: str = "VN") -> str | None:
    """`text` in E.164 ("+84912345678"), None where no such number can exist. Never raises.

    `region` (ISO 3166 alpha-2) is the country of a number without +. A name of letters or an extension is no number.
    """
    if len(text) > _MAX_CHARACTERS or any(sign.isalpha() for sign in text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if number.extension or phonenumbers.number_type(number) not in _REACHES_A_PERSON:
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
