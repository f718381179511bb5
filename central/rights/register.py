"""PURE. The table of limits as a page: docs/retention.md is this text, and a test holds the two together."""

from central.rights.limits import Limits

_HEAD = """# How long what stays / Giữ bao lâu

Made from `central/rights/limits.toml`, version {version}; a test fails when the two differ.
The job `retention` destroys by it once a day, in small steps, and signs a certificate each time (`python -m central
deletion verify FILE`). A legal hold keeps rows beyond their limit: by person, case or place, with a reason, two
officers and an end.

Lập từ `central/rights/limits.toml`, bản {version}. Mỗi ngày một lần, công việc `retention` hủy dữ liệu
quá hạn và ký giấy chứng nhận. Chỉ lệnh giữ có lý do, hai người ký và có ngày hết hạn mới giữ dữ liệu lâu hơn.

| Kind | Tables | Days | Counted from | Why | Said where |
|---|---|---|---|---|---|
"""
_TAIL = """
Destroyed means overwritten on SQLite (`secure_delete`, and the log is cut off); on PostgreSQL the space is freed by
VACUUM, and its own log and base backups go by the operator's retention. Tables are not split into partitions by day:
rows go in steps of 2,000 by an index, so that one set of rules serves both databases. Of a sealed record the number and
the digest stay, so that a batch that comes again is known; what lay under the seals is gone.

## At the kiosks / Tại các máy

Kiosks destroy by limits of their own (docs/privacy.md). For the deletion that a person asked for, the centre tells each
kiosk the numbers of its records, and nothing of whose they are (`wire/deletions.py`); the kiosk destroys them and says
so. The certificate is signed when every kiosk has answered, or its own 14 days are over.

## Kept, and why / Không có hạn, và vì sao

| Tables | Why |
|---|---|
"""


def limits_page(limits: Limits) -> str:
    """The whole page in Markdown."""
    rows = [
        f"| {limit.kind} | {_named(limit.tables)} | {limit.days} | `{limit.since}` | {limit.why} | {limit.law} |"
        for limit in limits.limits
    ]
    kept = [f"| {_named(kept.tables)} | {kept.why} |" for kept in limits.kept]
    return _HEAD.format(version=limits.version) + "\n".join(rows) + "\n" + _TAIL + "\n".join(kept) + "\n"


def _named(tables: tuple[str, ...]) -> str:
    return ", ".join(f"`{table}`" for table in tables)
