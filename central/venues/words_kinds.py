"""The kinds of a place as people write them, Vietnamese and English; more than one word where people use more."""

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "market": ("Chợ", "Market"),
    "supermarket": (
        "Siêu thị, cửa hàng",
        "Supermarket, shop",
        "Siêu thị",
        "Cửa hàng",
        "Trung tâm thương mại",
        "Supermarket",
        "Shop",
    ),
    "restaurant": ("Quán ăn, nhà hàng", "Restaurant, café", "Nhà hàng", "Quán ăn", "Restaurant"),
    "school": ("Trường học", "School", "Trường", "Mầm non", "Tiểu học", "THCS", "THPT"),
    "hospital": ("Bệnh viện", "Hospital"),
    "clinic": ("Phòng khám, trạm y tế", "Clinic, health station", "Phòng khám", "Trạm y tế", "Clinic"),
    "office": ("Cơ quan, văn phòng", "Office", "Cơ quan", "Văn phòng"),
    "factory": ("Nhà máy, xưởng", "Factory, workshop", "Nhà máy", "Xưởng", "Factory"),
    "lodging": ("Khách sạn, nhà trọ", "Hotel, lodging", "Khách sạn", "Nhà trọ", "Hotel"),
    "border": ("Cửa khẩu, bến, ga", "Border gate, port, station", "Cửa khẩu", "Border gate"),
    "other": ("Nơi khác", "Another place", "Khác", "Other"),
}
