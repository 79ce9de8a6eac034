#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The doctor's forms and bounds: the page, the metrics, parts of a visit, again and again, hosts that are
# silent. Which fault it finds is doctor_fault_table.sh's.
#
#   doctor.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"

lab_up
export HOME=$WORK # no profile of anybody
DEPLOYMENT=(--set "trust=$LAB_TRUST" --set "cert=$LAB_MACHINE_CERT" --set "key=$LAB_MACHINE_KEY"
    --set "template=$LAB_TEMPLATE" --set "ces-url=$LAB_CES" --set store=none --set key-kind=p256
    --set fetch=yes --set "issuer-trust=$LAB_TRUST" --set allow=127.0.0.0/8)

# visit OPTION...: how it ended in $RC
visit() {
	RC=0
	"$DAOTP" doctor "$@" >"$WORK/out" 2>"$WORK/err" || RC=$?
}

# told EXPRESSION: of the JSON
told() {
	python3 -c "import json, sys
told = json.load(open(sys.argv[1]))
rows = told['rows']
print($1)" "$WORK/out"
}

visit "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --html "$WORK/page.html" --metrics "$WORK/daotp.prom" --json
expect_equal 'a healthy deployment' 0 "$RC"
expect_equal 'each row passes' pass "$(told '" ".join(sorted({row["state"] for row in rows}))')"
expect_equal 'certificates have an end' True "$(told 'any(one["id"] == "CERTIFICATE-ENDS" for row in rows for one in row["report"]["findings"])')"
expect_equal 'lists have an end' True "$(told 'any(one["id"] == "CRL-ENDS" for row in rows for one in row["report"]["findings"])')"

# ---- the page: nothing but itself, and each row in it ------------------------------------------------

page_says() { # PAGE: what is wrong with it
	python3 - "$1" <<-'PYTHON'
		import html.parser, sys
		text, wrong, open_tags, ids, links = open(sys.argv[1]).read(), [], [], set(), set()
		VOID = {"meta", "br"}
		class Reader(html.parser.HTMLParser):
		    def handle_starttag(self, tag, attributes):
		        attributes = dict(attributes)
		        if tag in ("script", "img", "link", "iframe", "object", "form", "base"):
		            wrong.append(tag)
		        wrong.extend(name for name in attributes if name.startswith("on") or name in ("src", "style"))
		        if "id" in attributes:
		            ids.add("#" + attributes["id"])
		        if "href" in attributes:
		            links.add(attributes["href"])
		        if tag not in VOID:
		            open_tags.append(tag)
		    def handle_endtag(self, tag):
		        if not open_tags or open_tags.pop() != tag:
		            wrong.append(f"/{tag}")
		Reader().feed(text)
		wrong += open_tags + sorted(links - ids)
		if "url(" in text or "@import" in text or "default-src 'none'" not in text:
		    wrong.append("network")
		print(*wrong)
	PYTHON
}

expect_equal 'the page needs nothing else' '' "$(page_says "$WORK/page.html")"
expect_text 'it has the chain as a tree' 'class="tree"' "$WORK/page.html"
visit "${DEPLOYMENT[@]}" --set 'url=https://a.invalid/x?%3Cb%3E&y="<script>' --html "$WORK/bad.html"
expect_equal 'no such host' 1 "$RC"
expect_equal 'what is looked at is escaped' '' "$(page_says "$WORK/bad.html")"
expect_text 'the row that failed is open' '<details open>' "$WORK/bad.html"
visit "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --html "$WORK/shown.html" --redact
for name in localhost 127.0.0.1 lab.example "$LAB_REALM" 'Lab Issuing CA' host1 "$WORK"; do
	expect_no_text 'redacted' "$name" "$WORK/shown.html"
done
expect_equal 'the redacted page is whole' '' "$(page_says "$WORK/shown.html")"

# ---- metrics ------------------------------------------------------------------------------------------

expect_text 'the status' 'daotp_doctor_status 0' "$WORK/daotp.prom"
check 'each line is a comment or a series, and none stands twice' python3 -c 'import re, sys
lines = open(sys.argv[1]).read().splitlines()
series = [line for line in lines if not line.startswith("#")]
for line in series:
    assert re.fullmatch(r"[a-z_]+(\{[a-z]+=\"([^\"\\]|\\.)*\"(,[a-z]+=\"([^\"\\]|\\.)*\")*\})? \d+", line), line
assert len(series) == len({line.rsplit(" ", 1)[0] for line in series})' "$WORK/daotp.prom"
expect_equal 'nothing is left beside it' daotp.prom "$(cd "$WORK" && echo daotp.prom*)"

# ---- again and again, until it is interrupted -----------------------------------------------------------

spawn watch "$DAOTP" doctor "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --every 0.2 --metrics "$WORK/watch.prom"
await_file "$WORK/watch.prom" 100
first=$(stat -c %i "$WORK/watch.prom")
for ((i = 0; i < 100; i++)); do
	[ "$(stat -c %i "$WORK/watch.prom")" = "$first" ] || break
	sleep 0.1
done
expect_equal 'it looks again' no "$([ "$(stat -c %i "$WORK/watch.prom")" = "$first" ] && echo yes || echo no)"
kill -INT "$CHILD"
wait "$CHILD"
expect_no_text 'a look has no findings of the look before' 'profile       warn' "$WORK/watch.out"
visit --every 5 --otp-fd 0 --user a
expect_equal 'a code is not sent again and again' 64 "$RC"

# ---- a realm alone; many KDCs, and silent ones ----------------------------------------------------------

if [ -n "${LAB_KDC:-}" ]; then
	visit --json --kdc "$LAB_KDC" --user 'LAB\a,b+c' kdc "$LAB_REALM"
	expect_equal 'any name can be asked about' '1 LOGON-CLIENT-UNKNOWN' "$RC $(told 'told["error"]')"
	visit --json --kdc "$LAB_KDC" --user 'LAB\alice' kdc "$LAB_REALM"
	expect_equal 'the KDC takes PKINIT' '0 kdc:pass clock:pass' "$RC $(told '" ".join(row["name"] + ":" + row["state"] for row in rows[1:])')"
	visit --json --kdc "$LAB_KDC" --user 'LAB\nobody' kdc "$LAB_REALM"
	expect_equal 'a user who is not there' '1 LOGON-CLIENT-UNKNOWN' "$RC $(told 'told["error"]')"
fi
# ---- whose clock is wrong: KDCs that tell theirs, and the server's Date ----------------------------------

# clocks_of SECONDS...: KDCs that are so far ahead, as options in $KDCS
clocks_of() {
	local port
	rm -f "$WORK/clocks.out"
	spawn clocks python3 -B "$HERE/kdc_clock.py" "$@"
	await_file "$WORK/clocks.out"
	KDCS=()
	for port in $(cat "$WORK/clocks.out"); do KDCS+=(--kdc "127.0.0.1:$port"); done
}
CLOCKS='" ".join(row["name"] + ":" + row["state"] for row in rows if row["name"] == "clock") + " " + str(told["error"])'
clocks_of 0 3 3600
visit --json "${KDCS[@]}" kdc LAB.EXAMPLE
expect_equal 'the clock of one KDC is wrong' '1 clock:fail CLOCK-THERE' "$RC $(told "$CLOCKS")"
expect_equal 'it is the one that is named' "${KDCS[5]}" \
    "$(told '[one["subject"] for row in rows for one in row["report"]["findings"] if one["id"] == "CLOCK-THERE"][0]')"
clocks_of -3600 -3605
visit --json "${KDCS[@]}" kdc LAB.EXAMPLE
expect_equal 'the clocks of the KDCs agree, and not with this one' '1 clock:fail CLOCK-HERE' "$RC $(told "$CLOCKS")"
expect_equal 'it is said once' 1 "$(grep -o '"CLOCK-HERE","stage"' "$WORK/out" | wc -l)"
clocks_of 3600
visit --json "${KDCS[@]}" kdc LAB.EXAMPLE
expect_equal 'one against one' '1 clock:fail CLOCK-SKEW' "$RC $(told "$CLOCKS")"
visit --json "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --realm LAB.EXAMPLE "${KDCS[@]}"
expect_equal 'the server agrees with this clock, so the KDC is wrong' '1 clock:pass clock:fail CLOCK-THERE' "$RC $(told "$CLOCKS")"
visit --json "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --realm LAB.EXAMPLE --kdc 127.0.0.1:1
expect_equal 'the clock of the server is no reading of a KDC' '1 CLOCK-UNKNOWN' \
    "$RC $(told '[one["id"] for row in rows if row["name"] == "clock" for one in row["report"]["findings"]][-1]')"
clocks_of 120
visit --json "${KDCS[@]}" kdc LAB.EXAMPLE
expect_equal 'minutes are a warning' '0 clock:warn None' "$RC $(told "$CLOCKS")"

# ---- parts that need no profile -------------------------------------------------------------------------

ROWS='" ".join(row["name"] + ":" + row["state"] for row in rows[1:])'
visit --json --set "trust=$LAB_TRUST" --set allow=127.0.0.0/8 --set "cert=$LAB_MACHINE_CERT" \
    --set "key=$LAB_MACHINE_KEY" tls "$LAB_URL"
expect_equal 'TLS alone' '0 configuration:pass dns:pass tcp:pass tls:pass crl:pass' "$RC $(told "$ROWS")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/other.key" \
    -out "$WORK/other.pem" -subj /CN=other -days 2 2>/dev/null
visit --json --set "trust=$WORK/other.pem" tls "$LAB_URL"
expect_equal 'a root that is not known' '1 tls' "$RC $(told 'rows[told["verdict"]]["name"]')"
printf '[default]\nurl = %s\n' "$LAB_URL" >"$WORK/conf"
DAOTP_CONFIG=$WORK/conf visit --json tls https://nobody.invalid/
expect_equal 'the roots of the system; another URL than the profile has' '1 dns https://nobody.invalid/' \
    "$RC $(told 'rows[told["verdict"]]["name"] + " " + rows[told["verdict"]]["subject"]')"
CRL=$WORK/lab/ca/www/root.crl
FOUND='" ".join(one["id"] for one in rows[1]["report"]["findings"])'
visit --json --set "trust=$LAB_TRUST" crl "$CRL"
expect_equal 'a list of a CA that is known' '0 crl:pass CRL-ENDS' "$RC $(told "$ROWS") $(told "$FOUND")"
visit --json crl "$CRL"
expect_equal 'nobody is known who signed it' '0 crl:pass CRL-ENDS CRL-SIGNER-OPEN' "$RC $(told "$ROWS") $(told "$FOUND")"
python3 -c 'import sys
octets = bytearray(open(sys.argv[1], "rb").read())
octets[-1] ^= 1
open(sys.argv[2], "wb").write(octets)' "$CRL" "$WORK/changed.crl"
visit --json --set "trust=$LAB_TRUST" crl "$WORK/changed.crl"
expect_equal 'a list that was changed' '1 CRL-SIGNATURE' "$RC $(told 'told["error"]')"
visit --json crl "$LAB_TRUST"
expect_equal 'no list' '1 CRL-DER' "$RC $(told 'told["error"]')"
visit --json --set allow=127.0.0.0/8 crl http://127.0.0.1:9/ca.crl
expect_equal 'nobody has it' '1 CRL-UNREACHABLE' "$RC $(told 'told["error"]')"
if [ -n "${LAB_KDC:-}" ]; then
	field_of alice 7 >"$WORK/password"
	echo 'Password1!' >"$WORK/no-password"
	chmod 600 "$WORK/password" "$WORK/no-password"
	ca_parts=(--json --user 'LAB\alice' --set "ca-realm=$LAB_REALM" --set "ca-kdc=$LAB_KDC" \
	    --set "ca-mapper-port=$LAB_CA_MAPPER_PORT" --set "ticket-cache=FILE:$WORK/no-cache")
	visit "${ca_parts[@]}" --set "password-file=$WORK/password" ca localhost "${LAB_CA_CONFIG#*\\}"
	expect_equal 'a CA by RPC' '0 rpc:pass ca:pass' "$RC $(told "$ROWS")"
	visit "${ca_parts[@]}" --set "password-file=$WORK/no-password" ca localhost
	expect_equal 'a wrong password' '1 CA-CREDENTIAL' "$RC $(told 'told["error"]')"
fi
visit ca localhost
expect_text 'who asks the CA is to be said' '--user' "$WORK/err"
# ---- a bundle from Windows: no network, and nothing but regular files -----------------------------------

BUNDLES=$HERE/../data/bundle
for bundle in founding german; do
	visit --json --bundle "$BUNDLES/$bundle"
	expect_equal "$bundle: the domain controller has no certificate for PKINIT" '1 LOGON-KDC-CERTIFICATE' "$RC $(told 'told["error"]')"
done
visit --json --bundle "$BUNDLES/founding"
expect_equal 'what the client logged before its success is over' 'pass BUNDLE-ENROLLED' \
    "$(told '" ".join(row["state"] + " " + row["report"]["findings"][0]["id"] for row in rows if row["subject"] == "client-otp.xml")')"
mkdir -p "$WORK/bundle/deep"
mkfifo "$WORK/bundle/fifo"
ln -s /etc/passwd "$WORK/bundle/link"
: >"$WORK/bundle/nothing"
cp "$BUNDLES/founding/dc1-dcinfo.txt" "$WORK/bundle/deep"
visit --json --bundle "$WORK/bundle"
expect_equal 'a folder in it' '1 deep/dc1-dcinfo.txt' "$RC $(told '" ".join(row["subject"] for row in rows)')"
expect_text 'a FIFO is not waited for' 'fifo is no regular file' "$WORK/err"
expect_text 'a link is not followed' 'link is no regular file' "$WORK/err"
expect_text 'an empty file is said' 'nothing is empty' "$WORK/err"
visit --json --bundle "$BUNDLES/founding/da-otp.txt"
expect_equal 'one file' '0 da-otp.txt' "$RC $(told 'rows[0]["subject"]')"
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write(sys.argv[2])' "$WORK/b.zip" "$LAB_TRUST"
visit --bundle "$WORK/b.zip"
expect_text 'an archive is refused with the command' "unzip $WORK/b.zip" "$WORK/err"
visit --bundle "$WORK/nothing"
expect_equal 'no such folder' 78 "$RC"
visit --bundle "$WORK/bundle" default
expect_equal 'a bundle needs no profile' 64 "$RC"
visit --bundle "$BUNDLES/founding" --fix-script powershell
check 'a command mends it' grep -qx 'certutil -pulse' "$WORK/out"
expect_text 'and says where' 'each domain controller' "$WORK/out"
printf 'Component : a\rcalc.exe\n$(reboot)\nHealthState : Error\n' >"$WORK/evil.txt"
visit --bundle "$WORK/evil.txt" --fix-script shell
check 'what somebody wrote is a comment' eval "! grep -av '^#\|^$' '$WORK/out'"
visit --bundle "$BUNDLES/founding" --fix-script shell --json
expect_equal 'a script is no JSON' 64 "$RC"
visit --collect
expect_text 'the script collects' 'Get-DAOtpAuthentication' "$WORK/out"
check 'its braces and quotes are paired' python3 -c 'import sys
text = "\n".join(line for line in open(sys.argv[1]).read().splitlines() if not line.startswith("#"))
assert text.count("{") == text.count("}") and text.count("(") == text.count(")") and text.count(chr(34)) % 2 == 0 and text.count(chr(39)) % 2 == 0
' "$WORK/out"

visit --every 0m
expect_equal 'no time' 64 "$RC"
visit --every 5x
expect_equal 'no unit' 64 "$RC"

visit --json kdc NOBODY.INVALID
expect_equal 'a realm without a KDC' '1 LOGON-KDC-UNREACHABLE' "$RC $(told 'told["error"]')"
visit --json radius
expect_equal 'a profile without a RADIUS server' '1 RADIUS-NO-SERVER' "$RC $(told 'told["error"]')"
visit --json --set radius-server=127.0.0.1 radius
expect_equal 'what is wrong with its RADIUS server' '1 profile' "$RC $(told 'rows[told["verdict"]]["name"]')"
expect_no_text 'and why' CALL-INTERNAL "$WORK/out"
visit --timeout 0.0001
expect_text 'a refused option is named' '--timeout' "$WORK/err"
visit --kdc '' kdc LAB.EXAMPLE
expect_text 'a refused option is named' '--kdc' "$WORK/err"
python3 -c 'import signal, socket, sys
held = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(30)]  # they take connections, and say nothing
print(*(one.getsockname()[1] for one in held), flush=True)
signal.pause()' >"$WORK/ports" &
CHILDREN+=($!)
await_file "$WORK/ports"
many=()
for port in $(cat "$WORK/ports"); do many+=(--kdc "127.0.0.1:$port"); done
began=$(date +%s%3N)
visit --json "${many[@]}" --user 'LAB\alice' --timeout 20 kdc LAB.EXAMPLE
took=$(($(date +%s%3N) - began))
expect_equal '30 silent KDCs fail' '1 30' "$RC $(told 'sum(row["state"] == "fail" for row in rows)')"
expect_equal 'side by side: the rows took more time than the run' True \
	"$(told "sum(row['ms'] for row in rows) > 2 * $took")"
visit --json --set "url=https://127.0.0.1:${many[1]##*:}/otp" "${DEPLOYMENT[@]}" --timeout 1
expect_equal 'a silent server is given the deadline' '1 True' "$RC $(told 'all(row["ms"] < 2000 for row in rows)')"

# until it catches SIGINT, bit 1 of the mask, and a connection to port $1 stands (state 01); then it is
# interrupted, and its status is in RC. Its descriptors cannot be read by another user than root.
interrupt_child() {
	local i connection
	connection="$(printf ':%04X' "$1") 01 "
	for ((i = 0; i < 300; i++)); do
		grep -q '^SigCgt:.*[2367abef]$' "/proc/$CHILD/status" &&
		    grep -q "$connection" /proc/net/tcp && break
		sleep 0.1
	done
	kill -INT "$CHILD"
	RC=0
	wait "$CHILD" || RC=$?
}

spawn kdc "$DAOTP" doctor --json --kdc "127.0.0.1:${many[1]##*:}" --timeout 60 kdc LAB.EXAMPLE
interrupt_child "${many[1]##*:}"
expect_equal 'a silent KDC is interrupted' 75 "$RC"
spawn cut "$DAOTP" doctor --set "url=https://127.0.0.1:${many[1]##*:}/otp" "${DEPLOYMENT[@]}" --html "$WORK/cut.html"
interrupt_child "${many[1]##*:}"
expect_text 'a run that was cut short has no verdict' '<h1>No verdict: cancelled</h1>' "$WORK/cut.html"

# ---- one run of the client at a time: the code waits for the probe of a silent second server ----------

visit --json "${DEPLOYMENT[@]}" --set "url=$LAB_URL" --set "url=https://127.0.0.1:${many[1]##*:}/otp" \
    --set connect-timeout=1 --set "upn=alice@$LAB_REALM" --wrong-code-for 'LAB\alice'
expect_equal 'only the silent server fails' '1 tls' "$RC $(told '" ".join(row["name"] for row in rows if row["state"] == "fail")')"
expect_equal 'the code is tried all the same' 'account:pass connection:pass otp:pass' \
	"$(told '" ".join(row["name"] + ":" + row["state"] for row in rows[-3:])')"

lab_down >/dev/null
summary
