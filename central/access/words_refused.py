"""What central.access refuses, in words: what happened, and what to do now. Vietnamese and English side by side."""

REFUSED: dict[str, tuple[str, str]] = {
    "access.refused.step_over": (
        "Đã quá 5 phút hoặc bước này đã dùng. Hãy bắt đầu đăng nhập lại.",
        "More than 5 minutes have passed, or this step was used. Begin to sign in again.",
    ),
    "access.refused.accounts_unknown": (
        "Trung tâm này không nối với tài khoản của tỉnh. Hãy dùng mật khẩu.",
        "This centre is not connected to the province's accounts. Use your pass phrase.",
    ),
    "access.refused.accounts_away": (
        "Tài khoản của tỉnh chưa trả lời. Hãy thử lại sau, hoặc dùng mật khẩu.",
        "The province's accounts do not answer. Try again later, or use your pass phrase.",
    ),
    "access.refused.accounts_refused": (
        "Tài khoản của tỉnh trả lời sai. Bạn chưa đăng nhập. Hãy thử lại; nếu vẫn vậy, hãy báo người vận hành.",
        "The province's accounts gave an answer that does not hold. You are not signed in. Try again; if it stays, tell"
        " the operator.",
    ),
    "access.refused.accounts_not_bound": (
        "Tài khoản tỉnh của bạn chưa được gắn với tài khoản nào ở đây. Hãy nhờ người quản trị gắn.",
        "Your province account is not bound to an account here. Ask your administrator to bind it.",
    ),
    "access.refused.no_factor": (
        "Tài khoản này chưa có lớp thứ hai. Hãy xin người quản trị mã lần đầu.",
        "This account has no second factor yet. Ask your administrator for a first code.",
    ),
    "access.refused.last_factor": (
        "Đây là lớp thứ hai cuối cùng nên không bỏ được. Hãy thêm cái khác trước.",
        "This is the last second factor and cannot be dropped. Add another one first.",
    ),
    "access.refused.passkey_unknown": ("Không có khóa truy cập này.", "There is no such passkey."),
    "access.refused.passkey_refused": (
        "Khóa truy cập chưa dùng được. Hãy thử lại.",
        "The passkey was not taken. Try again.",
    ),
    "access.refused.too_many_passkeys": (
        "Đã có 8 khóa truy cập. Hãy bỏ một khóa trước.",
        "There are 8 passkeys already. Drop one first.",
    ),
    "access.refused.code_wrong": (
        "Mã chưa đúng hoặc đã dùng rồi.",
        "The code is not right, or was used already.",
    ),
    "access.refused.weak_phrase": ("Mật khẩu cần ít nhất 12 ký tự.", "The pass phrase needs at least 12 characters."),
    "access.refused.phrases_differ": (
        "Hai lần gõ mật khẩu không giống nhau. Hãy gõ lại cả hai.",
        "The two pass phrases differ. Type both again.",
    ),
    "access.refused.bad_login": (
        "Tên đăng nhập gồm chữ thường a-z, số, dấu chấm, gạch; nhiều nhất 32 ký tự.",
        "A login has a-z, digits, dots and dashes; 32 characters at most.",
    ),
    "access.refused.login_taken": (
        "Tên đăng nhập này đã có. Hãy chọn tên khác.",
        "This login is taken. Choose another.",
    ),
    "access.refused.name_missing": ("Hãy ghi họ tên cán bộ.", "Give the officer's name."),
    "access.refused.account_unknown": (
        "Không có tài khoản này, hoặc đã đóng.",
        "There is no such account, or it was closed.",
    ),
    "access.refused.role_unknown": ("Không có vai trò này.", "There is no such role."),
    "access.refused.bad_area": (
        "Khu vực phải viết như all, province-79, ward-26740 hoặc venue-MÃ.",
        "An area looks like all, province-79, ward-26740 or venue-ID.",
    ),
    "access.refused.own_grant": (
        "Không ai đổi quyền của chính mình. Hãy nhờ người quản trị khác.",
        "Nobody changes what they may do themselves. Ask another administrator.",
    ),
    "access.refused.same_person": (
        "Người thứ hai phải là người khác: không phải người đề nghị, cũng không phải người được cấp.",
        "The second person has to be another: neither who proposed it nor whom it is about.",
    ),
    "access.refused.proposed_already": (
        "Việc này đã được đề nghị và đang chờ ký.",
        "This was proposed already and waits for a signature.",
    ),
    "access.refused.proposal_unknown": ("Đề nghị này đã được quyết.", "This proposal was decided already."),
    "access.refused.grant_unknown": ("Vai trò này đã được thu lại.", "This role was taken back already."),
    "access.refused.glass_not_offered": (
        "Vai trò của bạn không mở khẩn cấp được việc này ở khu vực này.",
        "Your role does not open this in an emergency, or not in this area.",
    ),
    "access.refused.reason_missing": (
        "Hãy ghi lý do, từ 10 đến 300 ký tự, không ghi tên người.",
        "Give a reason of 10 to 300 characters, without anybody's name.",
    ),
    "access.refused.glass_many": (
        "Bạn đang giữ 20 vai trò khẩn cấp. Hãy trả lại một vai trò không còn cần.",
        "You hold 20 emergency roles. Give back one that you no longer need.",
    ),
    "access.refused.glass_held": ("Bạn đang có vai trò này ở đó rồi.", "You hold this role there already."),
    "access.refused.glass_unknown": (
        "Lần mở khẩn cấp này đã hết hoặc đã được xem lại.",
        "This emergency is over, or was reviewed already.",
    ),
    "access.refused.glass_running": (
        "Lần mở khẩn cấp này còn hiệu lực. Hãy xem lại khi đã hết.",
        "This emergency still runs. Review it when it is over.",
    ),
    "access.refused.own_glass": ("Người khác phải xem lại việc của bạn.", "Somebody else has to review yours."),
    "access.refused.bad_verdict": (
        "Hãy chọn một kết quả có trong danh sách.",
        "Choose one in the list.",
    ),
    "access.refused.too_many_pauses": (
        "Đã hoãn cho quá nhiều ca. Hãy kết thúc bớt trước khi hoãn thêm.",
        "Too many are put off already. End some of them first.",
    ),
    "access.refused.about_unknown": (
        "Chưa có ai được xem vì số này. Hãy xem lại số của ca hoặc yêu cầu.",
        "Nobody was looked at for this number. Look at the case's or request's number again.",
    ),
    "access.refused.bad_end": ("Số ngày từ 1 đến 60.", "1 to 60 days."),
    "access.refused.pause_unknown": ("Việc hoãn này đã hết.", "This is not put off any more."),
}
