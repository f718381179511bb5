# The pins of [devices.lights] of a kiosk.toml on standard input, as firmware_cfg/plan.py writes them into lamps.env.
# Status 1: the file does not say them plainly; nothing is printed.
#
# - Only whole numbers 0..27 (BCM numbers on the 40-pin header), no two alike; what is left out is at its default.
# - Of TOML 1.0 this reads sections, keys, strings on one line, comments and arrays. Whatever could name a pin in another
#   way (quoted keys, inline tables, strings of several lines, 0x11) makes the file unreadable here and never misread.

function odd() { bad = 1; exit }

# `line` without its comment, each string as "".
function bare(line,    out, sign, rest) {
    out = ""
    while (match(line, /["'#]/)) {
        out = out substr(line, 1, RSTART - 1)
        rest = substr(line, RSTART)
        sign = substr(rest, 1, 1)
        if (sign == "#") return out
        if (rest ~ /^("""|''')/) odd()
        if (!match(rest, sign == "'" ? "^'[^']*'" : "^\"([^\"\\\\]|\\\\.)*\"")) odd()
        out = out "\"\""
        line = substr(rest, RLENGTH + 1)
    }
    return out line
}

# Brackets that `text` opens and does not close.
function opened(text) { return gsub(/[[{]/, "", text) - gsub(/[]}]/, "", text) }

function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

function take(name, value) {
    if (name in said) odd()
    said[name] = 1
    if (name == "kind") { if (value != "\"\"") odd() }
    else if (name == "active_high") { if (value !~ /^(true|false)$/) odd(); high = value == "true" }
    else if (name in pin) { if (value !~ /^([0-9]|1[0-9]|2[0-7])$/) odd(); pin[name] = value }
    else odd()
}

BEGIN {
    pin["green"] = 17; pin["yellow"] = 27; pin["red"] = 22; pin["buzzer"] = 23; high = 1
    most = 262144 # bytes, four times what firmware_cfg.settings takes in characters
}

NR == 1 { sub(/^\357\273\277/, "") } # the mark that Windows' editor puts before a file

{
    size += length($0) + 1
    if (size > most) odd()
    sub(/\r$/, "")
    line = trim(bare($0))
    if (depth > 0) {
        if ((depth += opened(line)) < 0) odd()
        next
    }
    if (line == "") next
    if (substr(line, 1, 1) == "[") {
        gsub(/[ \t]/, "", line)
        if (line !~ /^\[[A-Za-z0-9_.-]+\]$/) odd()
        section = substr(line, 2, length(line) - 2) "."
        if (section == "devices.lights.") found = 1
        next
    }
    at = index(line, "=")
    key = trim(substr(line, 1, at - 1))
    value = trim(substr(line, at + 1))
    gsub(/[ \t]*[.][ \t]*/, ".", key)
    if (key !~ /^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$/) odd()
    key = section key
    if (key == "devices" || key == "devices.lights") odd()
    if ((depth = opened(value)) < 0) odd()
    if (index(key, "devices.lights.") == 1) {
        found = 1
        take(substr(key, 16), value)
    }
}

END {
    if (bad || depth || !found) exit 1
    for (name in pin) if (pin[name] in used) exit 1; else used[pin[name]] = 1
    printf "GREEN=%d\nYELLOW=%d\nRED=%d\nBUZZER=%d\n", pin["green"], pin["yellow"], pin["red"], pin["buzzer"]
    printf "ACTIVE_HIGH=%d\nPATTERN=starting\n", high
}
