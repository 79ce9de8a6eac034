/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes private and public keys. Only form, algorithm and size of a private key are shown. */
#include "describe/parts.h"

#include "x509/key_form.h"

static void describe_key_facts(daotp__describer *to, daotp__key_form form, daotp__bytes der)
{
    char text[DAOTP__OID_TEXT];
    daotp__key_summary facts;

    daotp__key_summary_read(der, &facts);
    if (facts.algorithm.len > 0)
        daotp__outline_line(to->out,
                            form == DAOTP__KEY_FORM_ENCRYPTED ? "encrypted with" : "algorithm",
                            "%s", daotp__oid_describe(facts.algorithm, text));
    if (facts.modulus_bits > 0)
        daotp__outline_line(to->out, "modulus", "%zu bits", facts.modulus_bits);
    if (facts.curve.len > 0)
        daotp__outline_line(to->out, "curve", "%s", daotp__oid_describe(facts.curve, text));
}

static bool describe_public(daotp__describer *to, daotp__bytes der)
{
    daotp__public_key ignored;

    if (!daotp__public_key_read(der, &ignored))
        return false;
    daotp__outline_open(to->out, daotp__key_form_name(DAOTP__KEY_FORM_PUBLIC));
    daotp__describe_key(to, der);
    daotp__outline_close(to->out);
    return true;
}

/* Describe an RSAPublicKey (RFC 8017 A.1.1); openssl converts it to a SubjectPublicKeyInfo. */
static bool describe_rsa_public(daotp__describer *to, daotp__bytes der)
{
    daotp__bytes in, modulus, exponent;

    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read_integer(&in, &modulus) || !daotp__der_read_integer(&in, &exponent) ||
        in.len > 0 || modulus.len == 0)
        return false;
    daotp__outline_open(to->out, daotp__key_form_name(DAOTP__KEY_FORM_RSA_PUBLIC));
    daotp__outline_line(to->out, "modulus", "%zu bits", daotp__key_count_bits(modulus));
    daotp__describe_hex(to, "exponent", exponent);
    daotp__outline_close(to->out);
    return true;
}

bool daotp__describe_key_file(daotp__describer *to, daotp__bytes der)
{
    daotp__key_form form = daotp__key_form_guess(der);
    daotp__fault ignored;

    if (form == DAOTP__KEY_FORM_PUBLIC)
        return describe_public(to, der);
    if (form == DAOTP__KEY_FORM_RSA_PUBLIC)
        return describe_rsa_public(to, der);
    if (form == DAOTP__KEY_FORM_NONE || daotp__key_find_fault(der, &ignored))
        return false;
    daotp__outline_open(to->out, daotp__key_form_name(form));
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    describe_key_facts(to, form, der);
    daotp__outline_line(to->out, "content", "a secret, not shown");
    daotp__outline_close(to->out);
    return true;
}
