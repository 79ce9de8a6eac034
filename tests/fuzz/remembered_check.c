/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked in the place of daotp__verify_key_check() (ld --wrap): the answer for a signature that was
 * checked before is remembered. The answer depends on the key, the digest and the signature alone,
 * and all three are compared octet by octet, so a target judges the same as without; but it makes
 * several times as many runs, for its inputs hold the same few certificates again and again.
 */
#include "fuzz.h"

#include "x509/signature.h"

bool __real_daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                                    daotp__bytes input, daotp__bytes signature);
bool __wrap_daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                                    daotp__bytes input, daotp__bytes signature);

enum {
    PLACES = 8192,
    MAX_KEY = 80,
    MAX_SIGNATURE = 80
}; /* P-256, and what a mutation makes of it */

struct question {
    daotp__hash hash;
    size_t key_len, signature_len;
    uint8_t key[MAX_KEY], digest[DAOTP__HASH_MAX], signature[MAX_SIGNATURE];
};

struct answer {
    bool is_there, is_good;
    struct question question;
};

static struct answer answers[PLACES];

static bool make_question(const daotp__verify_key *key, const daotp__scheme *scheme,
                          daotp__bytes input, daotp__bytes signature, struct question *question)
{
    daotp__bytes string = key->read.string;

    memset(question, 0, sizeof *question); /* it is compared as a whole */
    if (string.len == 0 || string.len > MAX_KEY || signature.len == 0 ||
        signature.len > MAX_SIGNATURE || key->read.curve != DAOTP__OID_P256 ||
        input.len > DAOTP__HASH_MAX)
        return false;
    question->hash = scheme->hash;
    question->key_len = string.len;
    question->signature_len = signature.len;
    memcpy(question->key, string.data, string.len);
    memcpy(question->digest, input.data, input.len);
    memcpy(question->signature, signature.data, signature.len);
    return true;
}

bool __wrap_daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                                    daotp__bytes input, daotp__bytes signature)
{
    struct question question;
    struct answer *at;

    if (!make_question(key, scheme, input, signature, &question))
        return __real_daotp__verify_key_check(key, scheme, input, signature);
    at = &answers[fuzz_hash(&question, sizeof question) % PLACES];
    if (!at->is_there || memcmp(&at->question, &question, sizeof question) != 0)
        *at = (struct answer){true, __real_daotp__verify_key_check(key, scheme, input, signature),
                              question};
    return at->is_good;
}
