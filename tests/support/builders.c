/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "verify_pki.h"

daotp__bytes text_bytes(const char *text)
{
    return (daotp__bytes){(const uint8_t *)text, strlen(text)};
}

void assert_bytes_equal(daotp__bytes a, daotp__bytes b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.data, b.data, a.len);
}

daotp__bytes hex(const char *text)
{
    static uint8_t *blocks[32];
    static size_t next;
    uint8_t **block = &blocks[next++ % COUNT(blocks)];
    size_t len = 0;
    unsigned byte;

    free(*block);
    *block = NULL;
    for (const char *at = text; *at != '\0';) {
        if (*at == ' ') {
            at++;
            continue;
        }
        assert_true(sscanf(at, "%2x", &byte) == 1 && at[1] != '\0');
        *block = realloc(*block, len + 1);
        (*block)[len++] = (uint8_t)byte;
        at += 2;
    }
    return (daotp__bytes){*block, len};
}

daotp__bytes item_at(daotp__bytes der, const char *path)
{
    daotp__der_item item;

    assert_true(daotp__der_next(&der, &item));
    for (const char *at = path; *at != '\0'; at += *at == '.') {
        daotp__bytes in = item.content;
        size_t index = strtoul(at, (char **)&at, 10);

        for (size_t i = 0; i <= index; i++)
            assert_true(daotp__der_next(&in, &item));
    }
    return item.whole;
}

void edit(daotp__bytes der, const char *path, daotp__bytes with, daotp__buffer *out)
{
    daotp__der_item item, child;
    char *rest;
    size_t index = strtoul(path, &rest, 10), i, mark;

    assert_true(daotp__der_next(&der, &item));
    mark = daotp__derw_begin(out, item.tag);
    for (i = 0; item.content.len > 0; i++) {
        assert_true(daotp__der_next(&item.content, &child));
        if (i != index)
            daotp__derw_raw(out, child.whole);
        else if (*rest == '.')
            edit(child.whole, rest + 1, with, out);
        else
            daotp__derw_raw(out, with);
    }
    assert_true(index <= i && (index < i || *rest == '\0'));
    if (index == i)
        daotp__derw_raw(out, with);
    daotp__derw_end(out, mark);
    assert_int_equal(out->failed, DAOTP_OK);
}

daotp_key *test_key(daotp_context *context, const char *name)
{
    daotp_key *key = NULL;
    daotp__buffer pem;
    char path[64];

    daotp__buffer_init(&pem, DAOTP__MAX_KEY_FILE);
    (void)snprintf(path, sizeof path, "keys/%s.pem", name);
    load_file(path, &pem);
    assert_int_equal(daotp_key_read(context, pem.data, pem.len, NULL, 0, NULL, &key), DAOTP_OK);
    daotp__buffer_free(&pem);
    return key;
}

/* ---- certificates ---------------------------------------------------------------------------- */

static daotp__bytes read_name(const char *rfc4514)
{
    daotp__buffer der;
    daotp__bytes out;

    daotp__buffer_init(&der, DAOTP__MAX_TEXT);
    assert_true(daotp__name_parse(rfc4514, &der));
    out = pki_copy(der.data, der.len);
    daotp__buffer_free(&der);
    return out;
}

/* A SEQUENCE of OIDs, or of SEQUENCEs of an OID; nothing for an empty list. */
static void put_oids(pki_extension *to, const char *extension, const char *list, bool wrapped)
{
    daotp__bytes oids[16];
    size_t count = 0;

    for (list = list != NULL ? list : FORGE_OTP_RA; *list != '\0'; count++) {
        char word[64] = "";
        size_t len = strcspn(list, " ");

        assert_true(len < sizeof word && count < COUNT(oids));
        memcpy(word, list, len);
        list += len + (list[len] == ' ');
        oids[count] = wrapped ? PKI_SEQ(pki_oid(word)) : pki_oid(word);
    }
    if (count > 0)
        pki_put(to, extension, false, pki_tlv(0x30, pki_join(oids, count)));
}

static void put_usage(pki_extension *to, int octet)
{
    uint8_t usage[] = {3, 2, 7, 0x80};

    if (octet > 0) {
        usage[3] = (uint8_t)octet;
        for (usage[2] = 0; (octet >> usage[2] & 1) == 0; usage[2]++)
            continue;
    }
    if (octet >= 0)
        pki_put(to, PKI_OID_KEY_USAGE, true, pki_copy(usage, sizeof usage));
}

static void put_names(pki_extension *to, const certificate_plan *plan)
{
    daotp__bytes dns = PKI_NOTHING, upn = PKI_NOTHING;

    if (!plan->no_dns)
        dns = pki_text(PKI_DNS, "da1.corp.example");
    if (plan->upn != NULL)
        upn = pki_other_name(PKI_OID_UPN, plan->upn);
    if (dns.len + upn.len > 0)
        pki_put(to, PKI_OID_SAN, plan->subject == NULL, PKI_SEQ(dns, upn));
}

static void put_extensions(pki_extension *to, const certificate_plan *plan)
{
    put_oids(to, PKI_OID_EKU, plan->eku, false);
    put_oids(to, FORGE_OID_POLICIES, plan->policies, true);
    put_usage(to, plan->key_usage);
    put_names(to, plan);
    if (!plan->no_crl) /* http://c/r.crl */
        pki_put(to, PKI_OID_POINTS, false,
                pki_hex("3016 3014 A012 A010 860E 687474703A2F2F632F722E63726C"));
    if (plan->ca)
        pki_put(to, PKI_OID_BASIC, true, pki_basic(true, -1));
}

void make_certificate(const certificate_plan *plan, const daotp_key *key, const daotp_key *signer,
                      daotp__buffer *out)
{
    const pki_block *mark = pki_mark();
    const char *issuer = plan->issuer != NULL ? plan->issuer : "CN=Test CA,DC=corp,DC=example";
    pki_spec spec = {.name = read_name(plan->subject != NULL ? plan->subject : ""),
                     .issuer_name = read_name(issuer),
                     .spki = daotp__key_spki(key),
                     .signing_key = daotp__key_pkey(signer),
                     .not_before = plan->from != 0 ? plan->from : MAKE_NOW - 3600,
                     .not_after = plan->until != 0 ? plan->until : MAKE_NOW + INT64_C(47) * 3600,
                     .serial = pki_number(plan->serial != 0 ? plan->serial : 0x4711)};
    daotp__bytes der;

    put_extensions(spec.extensions, plan);
    der = pki_make(&spec)->der;
    daotp__buffer_add(out, der.data, der.len);
    assert_int_equal(out->failed, DAOTP_OK);
    pki_forget_since(mark);
}
