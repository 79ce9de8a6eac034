#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The faults of the lab as the doctor finds them, with a code and without one. Right is: the first row
# that failed has the finding that `daotp lab faults` says, as its error or its cause, and no row that
# the fault does not touch fails. A fault that only a code can show is not seen without one: then no
# row may fail.
#
#   doctor_fault_table.sh DAOTP-PROGRAM [FAULT | tenth]
. "$(dirname "$0")/lib.sh"

"$DAOTP" lab faults --json >"$WORK/faults.json" || exit 1
# NAME FINDING HOW..., a line each
python3 -c 'import json, sys
for row in json.load(open(sys.argv[1])):
    print(row["name"], row["finding"], row["how"])' "$WORK/faults.json" >"$WORK/table"

# doctor OPTION...: of the lab's deployment, as alice; $WORK/out holds the JSON
doctor() {
	RC=0
	"$DAOTP" doctor --json --user 'LAB\alice' --set "url=$LAB_URL" --set "trust=$LAB_TRUST" \
	    --set "cert=$LAB_MACHINE_CERT" --set "key=$LAB_MACHINE_KEY" --set "template=$LAB_TEMPLATE" \
	    --set "upn=alice@$LAB_REALM" --set "dn=$(field_of alice 4)" --set "sid=$(field_of alice 5)" \
	    --set "password-file=$WORK/password" --set store=none --set "issuer-trust=$LAB_TRUST" \
	    --set fetch=yes --set allow=127.0.0.0/8 "${OPTIONS[@]}" "$@" >"$WORK/out" 2>"$WORK/err" || RC=$?
}

# judge FINDINGS WITH-CODE: of the doctor's JSON; what came is printed, and it ends with 0 when it is
# right. NONE is wanted where nothing may fail; ANY: nothing, or one of the findings.
judge() {
	python3 - "$WORK/out" "$1" "$2" <<-'PYTHON'
		import json, sys
		try:
		    told = json.load(open(sys.argv[1]))
		except ValueError:
		    sys.exit("no JSON")
		wanted, has_code = set(sys.argv[2].split(",")), sys.argv[3] == "code"
		rows = told["rows"]
		failed = [row for row in rows if row["state"] in ("fail", "undecided")]
		notes = {one["id"] for row in rows for one in row["report"]["findings"]}
		ends = []
		for row in failed:
		    report = row["report"]
		    causes = {report["error"], report["cause"]}
		    causes |= {one["cause"] for one in report["findings"] if one["id"] in causes}
		    ends.append(causes)
		print(" ".join(f"{row['name']}={row['report']['error']}/{row['report']['cause']}" for row in failed) or "pass")
		if failed:
		    # the same fault may show in several rows: none may blame another thing
		    sys.exit(not all(end & wanted for end in ends))
		sys.exit(bool(has_code and not (wanted & (notes | {"NONE"}))))
	PYTHON
}

# see FAULT FINDINGS with-or-without: the row's verdict
see() {
	local found
	if found=$(judge "$2" "$3"); then ok "$1, $3: $found"; else not_ok "$1, $3: wanted $2, found $found; $(head -c 300 "$WORK/err")"; fi
}

# try FAULT FINDINGS HOW
try() {
	local fault=$1 finding=$2 how=$3 way=''
	OPTIONS=(--set key-kind=p256 --set "ces-url=$LAB_CES")
	case $how in
	way:*)
		way=${how#way:}
		OPTIONS=(--set key-kind=p256 --set "ca=$way" --set ca-host=localhost --set "ca-mapper-port=$LAB_CA_MAPPER_PORT"
		    --set "ca-realm=$LAB_REALM" --set "ticket-cache=FILE:$WORK/no-cache")
		;;
	rsa) OPTIONS=(--set key-kind=rsa2048 --set "ces-url=$LAB_CES") ;;
	patience) OPTIONS+=(--set timeout=2) ;;
	esac
	[ -z "${LAB_KDC:-}" ] || OPTIONS+=(--set logon=yes --set "kdc=$LAB_KDC" --set "realm=$LAB_REALM" --set "kdc-trust=$LAB_TRUST")
	[ "$fault" = none ] || lab_break "$fault"
	doctor
	see "$fault" "$finding" quiet
	next_code alice
	[ "$fault" = none ] || lab_break "$fault" # the code may have started the responder again
	doctor --otp-fd 9 9<<<"$CODE"
	no_secret "$CODE" "$(field_of alice 7)"
	see "$fault" "$finding" code
	[ "$fault" = none ] || lab_mend "$fault"
}

# Which rows: all, one, or every tenth, those that need what is not here left out.
rows() {
	local skip='^radius-'
	[ -n "${LAB_KDC:-}" ] || skip='^(radius|kdc|account)-| way:'
	grep -vE "$skip" "$WORK/table" | if [ "$FILTER" = tenth ]; then awk 'NR % 10 == 5'; else grep -E "^${FILTER:-[^ ]*} "; fi
}

lab_up
field_of alice 7 >"$WORK/password"
try none NONE ''
while read -r fault finding how; do
	try "$fault" "$finding" "$how"
done < <(rows)
expect_equal 'nothing is left broken' '' "$("$DAOTP" lab status "$WORK/lab" | grep broken)"
summary
