"""Codes to try on the bench. Every person is invented: province code 099 is not assigned, the phone is no number."""

SAMPLES: tuple[dict[str, str], ...] = (
    {
        "id": "cccd",
        "title": "CCCD",
        "text": "099099000001||Trần Văn Thử|05061999|Nam|Thôn Thử Nghiệm, Xã Mẫu, Hà Nội|15032022",
    },
    {
        "id": "cccd-new",
        "title": "Căn cước 2024",
        "text": "099194000002|000000002|Lê Thị Ví Dụ|28021994|Nữ|Số 0 Đường Giả Định, TP. Hồ Chí Minh|01082024||||",
    },
    {
        "id": "bhyt",
        "title": "Thẻ BHYT",
        "text": (
            "GD4010000000001|5472e1baa76e2056c4836e205468e1bbad|05/06/1999|1|5468c3b46e205468e1bbad|01 - 000|"
            "01/01/2022|-|15/12/2021|01000000000001|-|4|01/01/2027|0123456789abcdef-0000|$"
        ),
    },
    {
        "id": "personal",
        "title": "Mã QR cá nhân",
        "text": "099099000001|TRAN VAN THU|1999-06-05|0|000000000000000001|1<00<0000000001",
    },
    {
        "id": "doubtful",
        "title": "CCCD: 29/02/1994",
        "text": "099194000002||Lê Thị Ví Dụ|29021994|Nữ|Xã Mẫu|01012021",
    },
    {
        "id": "poster",
        "title": "Mã địa điểm",
        "text": "https://tokhaiyte.vn/?page=Group.checkin&groupId=0123456789abcdef01234567",
    },
    {"id": "other", "title": "Mã khác / other code", "text": "https://example.org/menu"},
)
