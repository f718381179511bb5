"""The sentences of the pages of central.map, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {
    "map.brand": ("Bản đồ an toàn", "Safety map"),
    "map.menu": ("Bản đồ an toàn", "Safety map"),
    "map.menu_mine": ("Trang của tôi", "My page"),
    "map.menu_register": ("Đăng ký địa điểm", "Register a place"),
}
