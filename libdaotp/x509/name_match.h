/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comparing names (RFC 5280 7.1): attribute by attribute, by the characters they stand for,
 * prepared as RFC 4518 wants it. Case does not count, nor does white space at the ends, nor how
 * much of it there is between words, nor what is invisible, nor the kind of string. Nothing is
 * copied or allocated. What is no string compares octet by octet.
 */
#ifndef DAOTP_X509_NAME_MATCH_H
#define DAOTP_X509_NAME_MATCH_H

#include "x509/der.h"

typedef enum daotp__name_relation {
    DAOTP__NAME_DIFFERENT,
    DAOTP__NAME_SAME,
    DAOTP__NAME_UNDECIDED /* they differ as they stand, in characters that we cannot prepare */
} daotp__name_relation;

/* Is it a Name that can be compared at all? */
bool daotp__name_is_valid(daotp__bytes name);
/* Is it valid, and does every character of every value in it decode? For a Name that is used before
 * it was compared with one that is known. */
bool daotp__name_is_decodable(daotp__bytes name);
/* Does every string in it decode, without control characters? What is no string does not count. */
bool daotp__name_is_plain(daotp__bytes name);
/* Two whole Names. What is malformed, or undecided, equals nothing, unless octet by octet. */
bool daotp__name_equal(daotp__bytes a, daotp__bytes b);
/* Does the name stand in the subtree of the base (RFC 5280 4.2.1.10)? */
daotp__name_relation daotp__name_compare_subtree(daotp__bytes name, daotp__bytes base);
/* Equal for names that are equal. */
uint64_t daotp__name_hash(daotp__bytes name);
/* Does issuer, with the relative name behind it (content of a SET), make the name? */
bool daotp__name_equal_relative(daotp__bytes name, daotp__bytes issuer, daotp__bytes relative);
/* Are two relative names (contents of SETs) the same? */
bool daotp__relative_name_equal(daotp__bytes a, daotp__bytes b);

#endif
