"""Lines of documents that nobody holds: the issuer is UTO (Doc 9303's Utopia), the numbers and names are made up."""

from credentials.mrz import check_digit


def passport(
    number: str = "T00000001",
    names: str = "THU<<VAN<MAU",
    birth: str = "900615",
    sex: str = "F",
    expiry: str = "330101",
    issuer: str = "UTO",
    nationality: str = "UTO",
    personal: str = "",
    code: str = "P",
) -> tuple[str, str]:
    """A passport of 2 x 44 with all its check digits."""
    upper = f"{code:<<2}{issuer:<<3}{names:<<39}"
    lower = f"{number:<<9}{check_digit(f'{number:<<9}')}{nationality:<<3}{birth}{check_digit(birth)}{sex}"
    lower += f"{expiry}{check_digit(expiry)}{personal:<<14}{check_digit(f'{personal:<<14}') if personal else '<'}"
    return upper, lower + check_digit(lower[:10] + lower[13:20] + lower[21:43])


def card(
    number: str = "T00000002",
    names: str = "THU<<VAN<MAU",
    birth: str = "900615",
    sex: str = "M",
    expiry: str = "330101",
    issuer: str = "UTO",
    optional: str = "",
    code: str = "I",
) -> tuple[str, str, str]:
    """A card of 3 x 30; a number of more than nine signs goes on in the optional data."""
    field = f"{number:<<9}{check_digit(f'{number:<<9}')}"
    if len(number) > 9:
        field, optional = f"{number[:9]}<", f"{number[9:]}{check_digit(number)}<{optional}"
    upper = f"{code:<<2}{issuer:<<3}{field}{optional:<<15}"
    middle = f"{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}{issuer:<<3}{'':<<11}"
    middle += check_digit(upper[5:] + middle[:7] + middle[8:15] + middle[18:29])
    return upper, middle, f"{names:<<30}"


def small_card(number: str = "T00000003", names: str = "THU<<VAN<MAU", birth: str = "900615") -> tuple[str, str]:
    """A card of 2 x 36."""
    lower = f"{number:<<9}{check_digit(f'{number:<<9}')}UTO{birth}{check_digit(birth)}M330101{check_digit('330101')}"
    lower += "<" * 7
    return f"I<UTO{names:<<31}", lower + check_digit(lower[:10] + lower[13:20] + lower[21:35])


def citizen_card(number: str = "099099000001", birth: str = "990605", sex: str = "M") -> tuple[str, str, str]:
    """The back of a Vietnamese citizen card; no province has the code 099."""
    own = f"{number}<<{check_digit(number)}"
    return card(number[3:], "TRAN<<VAN<THU", birth, sex, "991231", "VNM", own, "ID")
