# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A root, what it issues, and the CRLs, for the tests of certificates. Sourced after lib.sh; all files
# are in the current folder. The test appends the sections of its own to pki.cnf, then:
#
#   make_root                                 root.pem and its key
#   make NAME ISSUER SECTION SUBJECT [DAYS]   NAME.pem and its key; 30 days unless given
#   authority ISSUER OPTION...                openssl ca: revoke a certificate
#   make_crl ISSUER FILE                      a CRL for a week
PKI_KEY=(ec -pkeyopt ec_paramgen_curve:P-256) # as openssl req takes it; a test may set another kind

cat >pki.cnf <<-C
	[req]
	distinguished_name = dn
	[dn]
	[root]
	basicConstraints = critical,CA:TRUE
	keyUsage = critical,keyCertSign,cRLSign
	subjectKeyIdentifier = hash
	[list]
	authorityKeyIdentifier = keyid
	[issuing]
	database = $PWD/index
	crlnumber = $PWD/number
	default_md = sha256
C
touch index index.attr
echo 01 >number

make_root() {
	openssl req -x509 -newkey "${PKI_KEY[@]}" -nodes -keyout root.key -out root.pem -subj "/CN=Root" -days 30 \
	    -config pki.cnf -extensions root 2>>openssl.log
}

make() {
	openssl req -newkey "${PKI_KEY[@]}" -nodes -keyout "$1.key" -subj "$4" -config pki.cnf -out "$1.csr" 2>>openssl.log &&
	    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days "${5:-30}" -sha256 -out "$1.pem" \
	        -extfile pki.cnf -extensions "$3" 2>>openssl.log
}

authority() {
	openssl ca -config pki.cnf -name issuing -keyfile "$1.key" -cert "$1.pem" "${@:2}" 2>>openssl.log
}

make_crl() {
	authority "$1" -gencrl -crldays 7 -crlexts list -out "$2"
}
