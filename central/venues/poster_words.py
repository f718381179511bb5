"""The few words of a poster, in the eight languages of visitors: what a native would put on a door."""

TITLE = {
    "vi": "Quét mã khi vào và khi ra",
    "en": "Scan on your way in and out",
    "zh": "进出请扫码",
    "ko": "들어올 때와 나갈 때 스캔하세요",
    "ja": "入るときと出るときに読み取ってください",
    "km": "ស្កេនពេលចូល និងពេលចេញ",
    "lo": "ສະແກນຕອນເຂົ້າ ແລະ ຕອນອອກ",
    "th": "สแกนตอนเข้าและตอนออก",
}
SCAN = {
    "vi": "Đưa máy ảnh vào mã",
    "en": "Point your camera here",
    "zh": "用手机相机对准二维码",
    "ko": "카메라로 코드를 비추세요",
    "ja": "カメラをコードに向ける",
    "km": "បើកកាមេរ៉ាដាក់លើកូដ",
    "lo": "ຫັນກ້ອງໃສ່ລະຫັດ",
    "th": "หันกล้องมาที่รหัส",
}
TICK = {
    "vi": "Bấm “Vào”",
    "en": "Tap “Check in”",
    "zh": "点“签到”",
    "ko": "‘체크인’을 누르세요",
    "ja": "「チェックイン」を押す",
    "km": "ចុច «ចូល»",
    "lo": "ກົດ ເຂົ້າ",
    "th": "แตะ เช็กอิน",
}
OUT = {
    "vi": "Khi về, bấm “Ra”",
    "en": "Leaving? Tap “Check out”",
    "zh": "离开时点“签退”",
    "ko": "나갈 때 ‘체크아웃’",
    "ja": "出るときは「チェックアウト」",
    "km": "ពេលចេញ ចុច «ចេញ»",
    "lo": "ເວລາອອກ ກົດ ອອກ",
    "th": "ตอนกลับ แตะ เช็กเอาต์",
}
