"""The sentences of the pages of central.access, Vietnamese and English side by side."""

from central.access.words_of_log import LOG_WORDS
from central.access.words_refused import REFUSED
from central.access.words_roles import ROLES

_DOOR: dict[str, tuple[str, str]] = {
    "access.door_for": (
        "Dành cho cán bộ y tế và người vận hành. Mọi lần mở tên đều được ghi lại và người được xem sẽ được báo.",
        "For health officers and operators. Every look at a name is written down, and the person is told.",
    ),
    "access.login": ("Tên đăng nhập", "Login"),
    "access.phrase": ("Mật khẩu", "Pass phrase"),
    "access.with_passkey": ("Đăng nhập bằng khóa truy cập", "Sign in with a passkey"),
    "access.with_accounts": ("Đăng nhập bằng tài khoản của tỉnh", "Sign in with the province's account"),
    "access.first_time": ("Có mã lần đầu? Thiết lập tài khoản tại đây", "Have a first code? Set up your account here"),
    "access.passkey_failed": (
        "Khóa truy cập chưa trả lời. Hãy thử lại, hoặc dùng mật khẩu và mã một lần.",
        "The passkey did not answer. Try again, or use the pass phrase and a one-time code.",
    ),
    "access.passkey_needs_script": (
        "Khóa truy cập cần JavaScript; mật khẩu và mã một lần thì không.",
        "Passkeys need JavaScript; the pass phrase and one-time codes do not.",
    ),
    "access.passkey_needs_name": (
        "Khóa truy cập cần địa chỉ bằng tên. Hãy mở trang này bằng tên của trung tâm, không bằng dãy số.",
        "A passkey needs the centre's name. Open this page by its name, not by numbers.",
    ),
    "access.wrong.wrong": (
        "Tên hoặc mật khẩu chưa đúng. Hãy gõ lại; quên mật khẩu thì hỏi người quản trị của tỉnh.",
        "Login or pass phrase is not right. Type it again; if you forgot it, ask your province's administrator.",
    ),
    "access.wrong.too_fast": (
        "Đã thử nhiều lần. Hãy đợi {wait} rồi thử lại.",
        "Too many tries. Wait {wait}, then try again.",
    ),
    "access.wrong.passkey_refused": (
        "Khóa truy cập này không thuộc tài khoản nào ở đây. Hãy dùng mật khẩu, hoặc hỏi người quản trị.",
        "This passkey belongs to no account here. Use the pass phrase, or ask your administrator.",
    ),
    "access.wrong.code_wrong": (
        "Mã chưa đúng hoặc đã dùng rồi. Hãy đợi mã mới trên điện thoại rồi gõ lại.",
        "The code is not right, or was used already. Wait for a new one on your phone and type it again.",
    ),
    "access.wrong.first_wrong": (
        "Tên hoặc mã lần đầu chưa đúng, hoặc mã đã quá 3 ngày. Hãy xin người quản trị mã mới.",
        "Login or first code is not right, or it is older than 3 days. Ask your administrator for a new one.",
    ),
    "access.wrong.first_too_fast": (
        "Đã thử nhiều lần. Hãy đợi vài phút rồi thử lại.",
        "Too many tries. Wait a few minutes, then try again.",
    ),
    "access.wrong.weak_phrase": ("Mật khẩu cần ít nhất 12 ký tự.", "The pass phrase needs at least 12 characters."),
    "access.wrong.phrases_differ": (
        "Hai lần gõ mật khẩu không giống nhau. Hãy gõ lại cả hai.",
        "The two pass phrases differ. Type both again.",
    ),
    "access.second_title": ("Lớp thứ hai", "The second factor"),
    "access.touch_passkey": ("Hãy chạm vào khóa truy cập của bạn", "Touch your passkey"),
    "access.use_passkey": ("Dùng khóa truy cập", "Use the passkey"),
    "access.code": ("Mã một lần, 6 chữ số", "One-time code, 6 digits"),
    "access.code_how": (
        "Trên ứng dụng mã của điện thoại. Mất điện thoại: gõ một mã dự phòng.",
        "In your phone's code app. Phone lost: type a recovery code.",
    ),
    "access.recovery_code": ("Mã dự phòng", "Recovery code"),
    "access.recovery_how": (
        "Một trong những mã bạn đã chép ra giấy. Mỗi mã chỉ dùng một lần.",
        "One of those that you wrote down. Each counts once.",
    ),
    "access.go_on": ("Tiếp tục", "Go on"),
    "access.welcome_title": ("Thiết lập tài khoản", "Set up your account"),
    "access.welcome_how": (
        "Mã lần đầu do người quản trị đưa tận tay hoặc đọc qua điện thoại. Mã dùng một lần, trong 3 ngày.",
        "Your administrator gives you the first code by hand or by telephone. It counts once, for 3 days.",
    ),
    "access.first_code": ("Mã lần đầu", "First code"),
    "access.set_up_title": ("Mật khẩu và lớp thứ hai", "Pass phrase and second factor"),
    "access.new_phrase": ("Mật khẩu mới", "New pass phrase"),
    "access.phrase_how": (
        "Ít nhất 12 ký tự; bốn từ chẳng liên quan là tốt. Chỉ mình bạn biết.",
        "At least 12 characters; four unrelated words are good. Nobody else knows it.",
    ),
    "access.again": ("Gõ lại mật khẩu", "The pass phrase again"),
    "access.make_passkey": ("Tạo khóa truy cập", "Make a passkey"),
    "access.passkey_how": (
        "Khóa nằm trong điện thoại, máy tính hoặc thẻ khóa của bạn và chỉ dùng được ở trung tâm này.",
        "It stays in your phone, computer or security key, and works at this centre alone.",
    ),
    "access.or_codes": (
        "Hoặc dùng mã một lần của ứng dụng trên điện thoại:",
        "Or use one-time codes of an app on your phone:",
    ),
    "access.scan_how": (
        "Quét hình bằng ứng dụng mã, hoặc gõ chuỗi này vào ứng dụng:",
        "Scan the picture with the code app, or type this into it:",
    ),
    "access.use_codes": ("Dùng mã một lần", "Use one-time codes"),
    "access.recovery_title": ("Mã dự phòng", "Recovery codes"),
    "access.recovery_keep": (
        "Hãy chép ra giấy và cất riêng. Mỗi mã thay lớp thứ hai một lần. Trang này chỉ hiện một lần.",
        "Write them down and keep them apart. Each stands for the second factor once. They are shown only now.",
    ),
    "access.kept_them": ("Tôi đã chép xong", "I have written them down"),
    "access.signed_in": ("Đã đăng nhập", "Signed in"),
}

_OWN: dict[str, tuple[str, str]] = {
    "access.why_second": (
        "Việc này cần lớp thứ hai trong phiên này. Không có gì được mở hay ký.",
        "This needs the second factor in this session. Nothing was opened or signed.",
    ),
    "access.session_strong": ("Phiên này có lớp thứ hai.", "This session has a second factor."),
    "access.session_weak": ("Phiên này chỉ có mật khẩu.", "This session has a pass phrase alone."),
    "access.give_second": ("Đưa lớp thứ hai", "Give the second factor"),
    "access.no_factor_yet": (
        "Tài khoản này chưa có lớp thứ hai. Hãy xin người quản trị mã lần đầu rồi thiết lập lại.",
        "This account has no second factor yet. Ask your administrator for a first code and set it up.",
    ),
    "access.passkey": ("Khóa truy cập", "Passkey"),
    "access.drop": ("Bỏ", "Drop"),
    "access.one_time_codes": ("Mã một lần trên điện thoại", "One-time codes on a phone"),
    "access.new_recovery": ("Mã dự phòng mới", "New recovery codes"),
    "access.what_i_may": ("Vai trò của tôi", "My roles"),
    "access.in_area": ("· {area}", "· {area}"),
    "access.no_grants": (
        "Chưa có vai trò nào. Người quản trị của tỉnh sẽ cấp.",
        "No role yet. Your province's administrator gives it.",
    ),
    "access.said.passkey_added": ("Đã thêm khóa truy cập.", "The passkey was added."),
    "access.said.passkey_dropped": ("Đã bỏ khóa truy cập.", "The passkey was dropped."),
}

_ACCOUNTS: dict[str, tuple[str, str]] = {
    "access.accounts": ("Tài khoản", "Accounts"),
    "access.accounts_how": (
        "Không ai tự cấp quyền cho mình. Vai trò có dấu * cần hai người quản trị.",
        "Nobody grants themselves anything. Roles marked * take two administrators.",
    ),
    "access.next_accounts": ("Tài khoản tiếp theo", "Next accounts"),
    "access.waiting": ("Chờ người thứ hai ký", "Waiting for a second signature"),
    "access.proposal_grant": ("{login}: cấp {role}, {area}", "{login}: grant {role}, {area}"),
    "access.proposal_reset": ("{login}: mã lần đầu mới", "{login}: a new first code"),
    "access.proposed_by": ("{by} đề nghị lúc {at}", "proposed by {by} at {at}"),
    "access.sign": ("Ký", "Sign"),
    "access.refuse": ("Từ chối", "Refuse"),
    "access.officer": ("Cán bộ", "Officer"),
    "access.roles": ("Vai trò và khu vực", "Roles and areas"),
    "access.factors": ("Lớp thứ hai", "Second factor"),
    "access.none_yet": ("chưa có", "none yet"),
    "access.closed": ("đã đóng", "closed"),
    "access.new_account": ("Tài khoản mới", "New account"),
    "access.full_name": ("Họ tên cán bộ", "The officer's name"),
    "access.role_is": ("Vai trò", "Role"),
    "access.area": ("Khu vực", "Area"),
    "access.area_how": (
        "all, province-79, ward-26740 hoặc venue-MÃ",
        "all, province-79, ward-26740 or venue-ID",
    ),
    "access.add": ("Tạo tài khoản", "Make the account"),
    "access.grant": ("Cấp vai trò", "Grant the role"),
    "access.take_back": ("Thu lại", "Take back"),
    "access.until": ("đến {at}", "until {at}"),
    "access.reset": ("Mã lần đầu mới", "New first code"),
    "access.reset_how": (
        "Mật khẩu và lớp thứ hai cũ hết hiệu lực ngay, mọi phiên kết thúc.",
        "The old pass phrase and second factor end at once, and so does every session.",
    ),
    "access.reset_two": (
        "Tài khoản này giữ vai trò cần hai người: người quản trị thứ hai phải ký trước.",
        "This account holds a role for which two are needed: a second administrator has to sign first.",
    ),
    "access.close": ("Đóng tài khoản", "Close the account"),
    "access.close_how": (
        "Không đăng nhập được nữa. Những gì đã làm vẫn ở trong sổ ghi.",
        "It cannot sign in any more. What it did stays in the log.",
    ),
    "access.code_for": ("Mã lần đầu của {login}", "First code of {login}"),
    "access.code_give": (
        "Hãy đưa tận tay hoặc đọc qua điện thoại, đừng gửi bằng tin nhắn. Mã chỉ hiện một lần, dùng trong 3 ngày, tại"
        " /welcome.",
        "Give it by hand or by telephone, never in a message. It is shown only now and counts for 3 days, at /welcome.",
    ),
    "access.said.granted": ("Đã cấp vai trò.", "The role was granted."),
    "access.said.proposed": (
        "Đã đề nghị. Một người quản trị khác phải ký thì mới có hiệu lực.",
        "Proposed. Another administrator has to sign before it counts.",
    ),
    "access.said.revoked": ("Đã thu lại vai trò.", "The role was taken back."),
    "access.said.closed": ("Đã đóng tài khoản.", "The account was closed."),
    "access.said.signed": ("Đã ký.", "Signed."),
    "access.said.refused": ("Đã từ chối.", "Refused."),
}

_GLASS: dict[str, tuple[str, str]] = {
    "access.glass": ("Mở khẩn cấp", "Emergency access"),
    "access.glass_how": (
        "Khi không kịp chờ người có quyền: nhận vai trò trong 3 giờ. Người giám sát thấy ngay và sẽ xem lại sau.",
        "When there is no time to wait for who may: take the role for 3 hours. Those who check see it at once, and"
        " review it later.",
    ),
    "access.glass_banner_runs": (
        "Mở khẩn cấp: {name} là {role}, {area}, đến {at}.",
        "Emergency access: {name} is {role}, {area}, until {at}.",
    ),
    "access.glass_banner_over": (
        "Mở khẩn cấp đã hết, chờ xem lại: {name}, {role}, {area}, {at}.",
        "Emergency access is over and waits for a review: {name}, {role}, {area}, {at}.",
    ),
    "access.glass_none": (
        "Vai trò của bạn không có mở khẩn cấp. Hãy gọi người trực của tỉnh.",
        "Your role has no emergency access. Call the province's officer on duty.",
    ),
    "access.glass_reason": ("Lý do, không ghi tên người", "The reason, without anybody's name"),
    "access.glass_area": ("Khu vực, khi chọn “bất kỳ”", "The area, where you chose “any”"),
    "access.glass_take": ("Nhận vai trò 3 giờ", "Take the role for 3 hours"),
    "access.glass_end": ("Trả lại ngay", "Give it back now"),
    "access.glass_all": ("Mọi lần mở khẩn cấp", "Every emergency"),
    "access.glass_reviewed": ("{verdict}, {by} xem lại", "{verdict}, reviewed by {by}"),
    "access.verdict.right": ("Đúng", "Right"),
    "access.verdict.mistaken": ("Nhầm", "Mistaken"),
    "access.verdict.misused": ("Lạm dụng", "Misused"),
    "access.glass_no_rows": ("Chưa có lần nào.", "None so far."),
    "access.said.glass_taken": (
        "Vai trò có hiệu lực trong 3 giờ. Những người giám sát đã được báo.",
        "The role is yours for 3 hours. Those who check have been told.",
    ),
    "access.said.glass_ended": ("Đã trả lại vai trò.", "The role was given back."),
    "access.said.glass_reviewed": ("Đã ghi kết quả xem lại.", "The review was written down."),
}

_PUBLIC: dict[str, tuple[str, str]] = {
    "access.transparency": ("Ai xem dữ liệu, bao nhiêu lần", "Who looks at data, and how often"),
    "access.transparency_how": (
        "Mỗi lần xem dữ liệu của một người đều có mục đích và được ghi lại. Điều tra của công an không phải là một mục"
        " đích và không có đường nào để làm việc đó ở đây. Số nhỏ hơn 5 hiện là “<5”.",
        "Every look at a person's data has a purpose and is written down. Police investigation is none of them, and"
        " there is no way to do it here. Counts below 5 are shown as “<5”.",
    ),
    "access.month": ("Tháng {month}", "Month {month}"),
    "access.looks_count": ("Lần xem", "Looks"),
    "access.persons_count": ("Lượt người", "Persons named"),
    "access.nobody_looked": ("Không ai bị xem dữ liệu trong tháng này.", "Nobody was looked at in this month."),
    "access.no_month": ("Chưa có tháng nào trọn vẹn.", "No month is over yet."),
    "access.heads": ("Sổ ghi được ký mỗi ngày", "The log, signed each day"),
    "access.heads_how": (
        "Ai giữ một bản của danh sách này có thể chứng minh nếu sổ ghi bị viết lại về sau.",
        "Whoever keeps a copy of this list can prove it if the log is rewritten later.",
    ),
    "access.head_row": ("{n} dòng lúc {at}", "{n} rows at {at}"),
    "access.as_json": ("Bản cho máy đọc", "For programs"),
}

WORDS: dict[str, tuple[str, str]] = _DOOR | _OWN | _ACCOUNTS | _GLASS | LOG_WORDS | _PUBLIC | ROLES | REFUSED
