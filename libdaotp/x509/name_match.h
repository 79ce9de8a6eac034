/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compares names (RFC 5280 7.1), attribute by attribute. Strings are decoded to characters and
 * prepared as RFC 4518 requires, so these do not matter: upper or lower case, white space at the
 * ends, the amount of white space between words, invisible characters, and the string type. Values
 * that are not strings are compared octet by octet. Nothing is copied or allocated.
 */
#ifndef DAOTP_X509_NAME_MATCH_H
#define DAOTP_X509_NAME_MATCH_H

#include "x509/der.h"

typedef enum daotp__name_relation {
    DAOTP__NAME_DIFFERENT,
    DAOTP__NAME_SAME,
    DAOTP__NAME_UNDECIDED /* they differ, but hold characters that RFC 4518 prepares and we do not
                           */
} daotp__name_relation;

/* Whether the bytes are a well-formed Name within the limits for comparison. */
bool daotp__name_is_valid(daotp__bytes name);
/* Whether the Name is valid and every character of every string in it can be decoded. For a Name
 * that is used before it is compared with a known one. */
bool daotp__name_is_decodable(daotp__bytes name);
/* Whether every string in it can be decoded and has no control characters. Values that are not
 * strings are ignored. */
bool daotp__name_is_plain(daotp__bytes name);
/* Whether two Names are equal. Names that are malformed or undecided are equal only if all
 * octets are. */
bool daotp__name_equal(daotp__bytes a, daotp__bytes b);
/* Whether the name is in the subtree of base (RFC 5280 4.2.1.10). DAOTP__NAME_SAME: it is. */
daotp__name_relation daotp__name_compare_subtree(daotp__bytes name, daotp__bytes base);
/* A hash that is equal for equal names. */
uint64_t daotp__name_hash(daotp__bytes name);
/* Whether name equals issuer with one more RDN. relative: that RDN, the content of its SET. */
bool daotp__name_equal_relative(daotp__bytes name, daotp__bytes issuer, daotp__bytes relative);
/* Whether two RDNs (the contents of their SETs) are equal. */
bool daotp__relative_name_equal(daotp__bytes a, daotp__bytes b);

#endif
