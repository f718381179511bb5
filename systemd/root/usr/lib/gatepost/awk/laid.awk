# The files in `laid` (firmware_cfg/laid.py) -> below the folder STAGE, as under /run; its folders are there already.
# Prints "file MODE GROUP PATH" and "gone PATH", paths below /run. Status 1: something is not as it may be.
#
# The data partition is not signed, the root is. So only known paths are written, and of files by whose lines root acts
# (udev rules, the filter's ports, environments of programs) each line is one that firmware_cfg can have written.

function odd() { bad = 1; exit }

function known(path) {
    return path in plain || path ~ /^NetworkManager\/system-connections\/gatepost-(ethernet|wifi|wifi-shown)\.nmconnection$/
}

BEGIN {
    matrix = "ENV[{]ID_INPUT_TOUCHSCREEN[}]==\"1\", ENV[{]LIBINPUT_CALIBRATION_MATRIX[}]=\"[-0-9 ]+\""
    chip = "KERNEL==\"i2c-1\", ATTR[{]new_device[}]=\"[a-z0-9]+ 0x[0-9a-f]+\""
    rule["gatepost/lamps.env"] = "^((GREEN|YELLOW|RED|BUZZER|ACTIVE_HIGH)=[0-9]+|PATTERN=starting)$"
    rule["gatepost/screen.env"] = "^(PAGE=[a-z]+://[A-Za-z0-9/.:_-]+|ROTATION=[0-9]+|TRANSFORM=(normal|90|180|270))$"
    rule["gatepost/wifi.env"] = "^COUNTRY=[A-Z][A-Z]$"
    rule["gatepost/ports.nft"] = "^(flush set|add element) inet gatepost (open|agent|named)_ports( [{][0-9, ]+[}])?$"
    rule["udev/rules.d/61-gatepost-settings.rules"] = \
        "^(SUBSYSTEM==\"input\", " matrix "|ACTION==\"add\", SUBSYSTEM==\"i2c\", " chip ")$"
    for (path in rule) plain[path] = 1
    split("kiosk.toml settings-problems.json settings.html avahi.conf chrony/gatepost.sources " \
        "proxy/nginx-guard.conf proxy/nginx-phone.conf", names, " ")
    for (number in names) plain["gatepost/" names[number]] = 1
}

NR <= 2 { next } # the digest and the key: the shell has read them

left > 0 {
    if (pattern != "" && $0 !~ pattern) odd()
    print > into
    if (!--left) close(into)
    next
}

{
    path = substr($2, 6)
    if (substr($2, 1, 5) != "/run/" || !known(path)) odd()
}

$1 == "gone" && NF == 2 { print "gone " path; next }

$1 == "file" && NF == 5 && $3 ~ /^(644|640|600)$/ && $4 ~ /^[0-9]+$/ && $5 ~ /^[0-9]+$/ {
    into = STAGE "/" path
    pattern = (path in rule) ? rule[path] : ""
    left = $5 + 0
    if (!left) { printf "" > into; close(into) }
    print "file " $3 " " $4 " " path
    next
}

{ odd() }

END { if (bad || left) exit 1 }
