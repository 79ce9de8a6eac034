#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The faults of the lab, each by the finding that `daotp lab faults` says: broken, met by one enrolment
# that judges what is issued and logs on with it, mended. Right is: the verdict or its cause is the
# finding, or a run that ends well warns of it.
#
#   lab_fault_table.sh DAOTP-PROGRAM [FAULT | tenth]
. "$(dirname "$0")/lib.sh"

"$DAOTP" lab faults --json >"$WORK/faults.json" || exit 1
# NAME FINDING HOW..., a line each
python3 -c 'import json, sys
for row in json.load(open(sys.argv[1])):
    print(row["name"], row["finding"], row["how"])' "$WORK/faults.json" >"$WORK/table"

# judge FINDINGS: of the report in $WORK/out; what came is printed, and it ends with 0 when it is right
judge() {
	python3 - "$WORK/out" "$1" <<-'PYTHON'
		import json, sys
		try:
		    report = json.load(open(sys.argv[1]))
		except ValueError:
		    sys.exit("no JSON")
		wanted = set(sys.argv[2].split(","))
		warned = {one["id"] for one in report["findings"] if one["severity"] == "warning"}
		notes = {one["id"] for one in report["findings"]}
		if report["status"] == "ok":
		    found = notes if wanted - {"NONE"} else warned or {"NONE"}
		else:
		    found = {report["error"], report["cause"]}
		print(report["status"], report["error"], report["cause"], *sorted(warned))
		sys.exit(not wanted & found)
	PYTHON
}

# try FAULT FINDINGS HOW
try() {
	local fault=$1 finding=$2 how=$3 options=(--key-kind p256) way='' found
	case $how in
	way:*) way=${how#way:} ;;
	rsa) options=(--key-kind rsa2048) ;;
	patience) options+=(--timeout 2) ;;
	esac
	[ -z "${LAB_KDC:-}" ] || options+=(--logon --kdc "$LAB_KDC" --realm "$LAB_REALM" --kdc-trust "$LAB_TRUST")
	next_code alice # before: it may start the responder again
	[ "$fault" = none ] || lab_break "$fault"
	: >"$WORK/lab/run/responder.log"
	WITH_CODE=$CODE WAY=$way enrol alice --json --dn "$(field_of alice 4)" --sid "$(field_of alice 5)" \
	    --issuer-trust "$LAB_TRUST" --fetch --allow 127.0.0.0/8 "${options[@]}"
	if found=$(judge "$finding"); then ok "$fault: $found"; else not_ok "$fault: wanted $finding, found $found"; fi
	[[ $how != log:* ]] || expect_text "$fault, in the responder's log" "${how#log:}" "$WORK/lab/run/responder.log"
	[ "$fault" = none ] || lab_mend "$fault"
}

# Which rows: all, one, or every tenth, those that need what is not here left out.
rows() {
	local skip='^radius-'
	[ -n "${LAB_KDC:-}" ] || skip='^(radius|kdc|account)-| way:'
	grep -vE "$skip" "$WORK/table" | if [ "$FILTER" = tenth ]; then awk 'NR % 10 == 5'; else grep -E "^${FILTER:-[^ ]*} "; fi
}

lab_up
expect_equal 'at least a hundred faults' yes "$([ "$(wc -l <"$WORK/table")" -ge 100 ] && echo yes)"
expect_equal 'each has a name of its own' '' "$(cut -d' ' -f1 "$WORK/table" | sort | uniq -d)"
for way in '' $([ -z "${LAB_KDC:-}" ] || echo way:rpc way:dcom way:auto); do try none NONE "$way"; done
while read -r fault finding how; do
	try "$fault" "$finding" "$how"
done < <(rows)
expect_equal 'nothing is left broken' '' "$("$DAOTP" lab status "$WORK/lab" | grep broken)"
try none NONE ''
summary
