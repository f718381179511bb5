"""The sentences of central.ruling, for its pages and its commands, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {
    "ruling.menu": ("Luật cửa", "Gate rules"),
    "ruling.title": ("Luật cửa", "Gate rules"),
    "ruling.in_force": ("Đang hiệu lực: {name}, phiên bản {version}", "In force: {name}, version {version}"),
    "ruling.waiting": ("Chờ người thứ hai", "Waiting for the second person"),
    "ruling.none_waiting": ("Không có đề xuất nào chờ.", "No proposal waits."),
    "ruling.past": ("Đã xong", "Done"),
    "ruling.look": ("Xem và quyết định", "Look and decide"),
    "ruling.version": ("{name}, phiên bản {version}", "{name}, version {version}"),
    "ruling.proposed": ("{by} đề xuất lúc {at}; hết hạn {until}", "Proposed by {by} at {at}; ends {until}"),
    "ruling.state_open": ("Chờ", "Waits"),
    "ruling.state_published": ("Đã ban hành", "Published"),
    "ruling.state_refused": ("Không duyệt", "Turned down"),
    "ruling.state_withdrawn": ("Đã rút", "Taken back"),
    "ruling.state_expired": ("Hết hạn", "Ended unsigned"),
    "ruling.new": ("Đề xuất bộ luật mới", "Propose a rule set"),
    "ruling.new_lead": (
        "Máy đọc thử, chạy các trường hợp thử và so với luật đang hiệu lực. Người thứ hai ký thì mới đến cửa.",
        "It is read, its own test cases are run, and it is compared with what is in force."
        " It reaches the gates when a second person has signed.",
    ),
    "ruling.file": ("Bộ luật (JSON)", "Rule set (JSON)"),
    "ruling.scope": ("Phạm vi", "Scope"),
    "ruling.scope_hint": (
        "all, province-79, ward-26740, venue-… hoặc device-…",
        "all, province-79, ward-26740, venue-… or device-…",
    ),
    "ruling.why": ("Vì sao cần", "Why it is wanted"),
    "ruling.check": ("Xem thử", "Check"),
    "ruling.propose": ("Đề xuất", "Propose"),
    "ruling.publish": ("Ban hành đến các cửa", "Publish to the gates"),
    "ruling.turn_down": ("Không duyệt", "Turn down"),
    "ruling.take_back": ("Rút lại", "Take back"),
    "ruling.own": (
        "Đề xuất này là của quý vị; một người khác phải ký.",
        "This proposal is yours; somebody else has to sign it.",
    ),
    "ruling.tests": ("Trường hợp thử", "Test cases"),
    "ruling.tests_good": ("Cả {n} trường hợp đều đúng.", "All {n} cases come out right."),
    "ruling.no_tests": (
        "Bộ luật không kèm trường hợp thử nào. Nên thêm trước khi ký.",
        "The set brings no test cases. Better add some before it is signed.",
    ),
    "ruling.case_failed": (
        "{name}: cần {expected}, cửa trả lời {got}",
        "{name}: should be {expected}, the gate says {got}",
    ),
    "ruling.warnings": ("Lưu ý", "Notes"),
    "ruling.changes": ("Khác với luật đang hiệu lực", "What changes"),
    "ruling.no_changes": ("Không khác gì.", "Nothing."),
    "ruling.added": ("thêm", "added"),
    "ruling.removed": ("bỏ", "removed"),
    "ruling.changed": ("sửa", "changed"),
    "ruling.moved": ("đổi thứ tự", "moved"),
    "ruling.the_set": ("Cả bộ", "The set"),
    "ruling.replay": ("Lượt tuần trước", "Last week's visits"),
    "ruling.replay_none": (
        "Trong {n} lượt thử lại ở {places} nơi, không lượt nào đổi.",
        "Of {n} visits tried again at {places} places, none would have changed.",
    ),
    "ruling.replay_some": (
        "Trong {n} lượt thử lại ở {places} nơi, {changed} lượt đổi:",
        "Of {n} visits tried again at {places} places, {changed} would have changed:",
    ),
    "ruling.replay_pair": ("{before} → {after}: {n}", "{before} → {after}: {n}"),
    "ruling.replay_where": ("Ở đâu: {text}", "Where: {text}"),
    "ruling.replay_when": ("Giờ nào nhiều nhất: {text}", "Busiest hours: {text}"),
    "ruling.replay_left": (
        "Không thử lại được, vì trung tâm không giữ điều luật này xét: {text}",
        "Could not be tried, since the centre does not keep what the rule looks at: {text}",
    ),
    "ruling.replay_honest": (
        "Chỉ so hai bộ luật trên điều trung tâm biết về một lượt: loại nơi, hướng, loại mã, số người, đồng hồ, giờ."
        " Câu trả lời, triệu chứng và lệnh không có ở đây.",
        "Set is compared with set on what the centre knows of a visit: kind of place, way, kind of code, people, clock,"
        " hour. Answers, symptoms and orders are not here.",
    ),
    "ruling.whole": ("Toàn văn", "The whole text"),
    "ruling.proposed_said": ("Đã đề xuất. Một người khác cần ký.", "Proposed. Somebody else has to sign it."),
    "ruling.published_said": (
        "Đã ban hành; các máy theo trong vài giây.",
        "Published; the kiosks follow it within seconds.",
    ),
    "ruling.refused_said": ("Đã ghi: không duyệt.", "Turned down."),
    "ruling.withdrawn_said": ("Đã rút đề xuất.", "Taken back."),
    "ruling.cli_good": (
        "Bộ luật đọc được và mọi trường hợp thử đều đúng; chưa gửi gì đi.",
        "The set can be read and every test case comes out right; nothing was sent.",
    ),
    "ruling.cli_failed": (
        "Có trường hợp thử không đúng; xin sửa luật hoặc trường hợp rồi thử lại.",
        "A test case comes out wrong; mend the rule or the case, then check again.",
    ),
    "ruling.cli_case": (
        "Trường hợp '{name}': cần {expected}, cửa trả lời {got}",
        "Case '{name}': should be {expected}, the gate says {got}",
    ),
    "ruling.cli_proposed": (
        "Đã đề xuất (số {number}); người thứ hai ký ở trang /rules thì mới đến cửa.",
        "Proposed (number {number}); it reaches the gates when a second person signs it on the page /rules.",
    ),
    "ruling.refused.tests_failed": (
        "Có trường hợp thử không đúng; xin sửa luật hoặc trường hợp rồi thử lại.",
        "A test case comes out wrong; mend the rule or the case, then check again.",
    ),
    "ruling.refused.bad_test": (
        "Một trường hợp thử viết chưa đúng; xin xem lại phần tests.",
        "A test case is not well written; please look at the part tests.",
    ),
    "ruling.refused.nothing_changes": (
        "Bộ luật này không khác gì bộ đang hiệu lực; không cần ký lại.",
        "This set changes nothing of what is in force; there is nothing to sign.",
    ),
    "ruling.refused.proposals_many": (
        "Đã có 20 đề xuất chờ; xin quyết định bớt trước.",
        "Twenty proposals wait already; please decide on some first.",
    ),
    "ruling.refused.second_person": (
        "Người đề xuất không tự ký được; xin nhờ người thứ hai.",
        "Whoever proposed it cannot sign it; please ask a second person.",
    ),
    "ruling.refused.second_needed": (
        "Trung tâm đã có người ký thứ hai; không ban hành một mình được nữa. Bỏ --alone để đề xuất.",
        "There are officers who can sign second, so --alone is over. Leave it out to make a proposal.",
    ),
    "ruling.refused.nobody_second": (
        "Chưa có tài khoản nào ký thứ hai được. Hãy lập tài khoản; lần thiết lập đầu: --alone LÝ DO (ghi vào sổ).",
        "No account could sign second. Make one; at the first set-up: --alone REASON, which stands in the log.",
    ),
    "ruling.refused.reason_needed": (
        "Hãy nói vì sao ban hành một mình; đừng ghi tên hay số của ai.",
        "Say why it is published alone; no name and no number of anybody.",
    ),
    "ruling.refused.proposal_over": (
        "Đề xuất này đã xong hoặc hết hạn; xin đề xuất lại.",
        "This proposal is decided or over; please propose again.",
    ),
    "ruling.refused.proposal_other": (
        "Nội dung đã ký không giống nội dung đã xem; xin mở lại trang và đọc lại.",
        "What was signed is not what was read; please open the page again and read it once more.",
    ),
    "ruling.refused.proposal_unknown": ("Không có đề xuất mang số này.", "There is no proposal of that number."),
    "ruling.refused.bad_rules": (
        "Bộ luật viết chưa đúng; xin thử bằng lệnh rules check để thấy chỗ cần sửa.",
        "The rule set is not well written; the command rules check names the place to mend.",
    ),
    "ruling.refused.rules_old": (
        "Số phiên bản phải lớn hơn mọi bộ đã ban hành; xin tăng version.",
        "The version must be above every set that was published; please raise it.",
    ),
}
