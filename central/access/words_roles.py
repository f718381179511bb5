"""Roles and purposes in words, Vietnamese and English side by side."""

ROLES: dict[str, tuple[str, str]] = {
    "access.role.case_officer": ("Cán bộ phụ trách ca", "Case officer"),
    "access.role.head": ("Lãnh đạo", "Head"),
    "access.role.station": ("Trạm y tế", "Health station"),
    "access.role.border": ("Kiểm dịch y tế biên giới", "Border health quarantine"),
    "access.role.rule_author": ("Người soạn quy tắc", "Rule author"),
    "access.role.data_protection": ("Bảo vệ dữ liệu", "Data protection"),
    "access.role.auditor": ("Giám sát", "Auditor"),
    "access.role.administrator": ("Quản trị", "Administrator"),
    "access.role.reporter": ("Người làm báo cáo", "Reporter"),
    "access.role.venue_owner": ("Chủ địa điểm", "Venue owner"),
    "access.role.": ("máy hoặc lệnh", "a job or a command"),
    "access.purpose.tracing": ("Truy vết tiếp xúc", "Tracing contacts"),
    "access.purpose.care": ("Liên hệ và chăm sóc", "Reaching people and care"),
    "access.purpose.zoning": ("Phân vùng", "Zoning"),
    "access.purpose.border_health": ("Kiểm dịch biên giới", "Border health"),
    "access.purpose.declaration": ("Theo dõi tờ khai", "Following up declarations"),
    "access.purpose.data_subject": ("Yêu cầu của chính người đó", "A request of the person"),
    "access.purpose.oversight": ("Giám sát", "Oversight"),
    "access.purpose.upkeep": ("Vận hành", "Upkeep"),
}
