/* SPDX-License-Identifier: BSD-2-Clause */
#include "make.h"

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

void put_time(daotp__buffer *out, int64_t seconds)
{
    time_t when = (time_t)seconds;
    char text[20];
    struct tm tm;

    assert_true(strftime(text, sizeof text, "%y%m%d%H%M%SZ", gmtime_r(&when, &tm)) == 13);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, text);
}

void put_extension(daotp__buffer *out, enum daotp__oid oid, bool critical, daotp__bytes value)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(oid));
    if (critical)
        daotp__derw_item(out, DAOTP__DER_BOOLEAN, "\xFF", 1);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, value.data, value.len);
    daotp__derw_end(out, mark);
}

/* A SEQUENCE of OIDs, or of SEQUENCEs of an OID; nothing for an empty list. */
static void put_oid_list(daotp__buffer *out, enum daotp__oid extension, const char *list,
                         bool wrapped)
{
    daotp__buffer value, oid;
    size_t mark, inner = 0;

    if (list == NULL)
        list = daotp__oid_dotted(DAOTP__OID_OTP_RA);
    if (*list == '\0')
        return;
    daotp__buffer_init(&value, DAOTP__MAX_TEXT);
    daotp__buffer_init(&oid, DAOTP__MAX_TEXT);
    mark = daotp__derw_begin(&value, DAOTP__DER_SEQUENCE);
    while (*list != '\0') {
        char word[64] = "";
        size_t len = strcspn(list, " ");

        assert_true(len < sizeof word);
        memcpy(word, list, len);
        list += len + (list[len] == ' ');
        daotp__buffer_clear(&oid);
        assert_true(daotp__oid_parse(word, &oid));
        if (wrapped)
            inner = daotp__derw_begin(&value, DAOTP__DER_SEQUENCE);
        daotp__derw_oid(&value, daotp__buffer_bytes(&oid));
        if (wrapped)
            daotp__derw_end(&value, inner);
    }
    daotp__derw_end(&value, mark);
    put_extension(out, extension, false, daotp__buffer_bytes(&value));
    daotp__buffer_free(&value);
    daotp__buffer_free(&oid);
}

static void put_upn(daotp__buffer *out, const char *upn)
{
    size_t other = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0)), value;

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_UPN));
    value = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_text(out, DAOTP__DER_UTF8_STRING, upn);
    daotp__derw_end(out, value);
    daotp__derw_end(out, other);
}

static void put_san(daotp__buffer *out, const certificate_plan *plan)
{
    daotp__buffer value;
    size_t mark;

    if (plan->no_dns && plan->upn == NULL)
        return;
    daotp__buffer_init(&value, DAOTP__MAX_TEXT);
    mark = daotp__derw_begin(&value, DAOTP__DER_SEQUENCE);
    if (!plan->no_dns)
        daotp__derw_text(&value, DAOTP__DER_CONTEXT(2), "da1.corp.example");
    if (plan->upn != NULL)
        put_upn(&value, plan->upn);
    daotp__derw_end(&value, mark);
    put_extension(out, DAOTP__OID_SAN, plan->subject == NULL, daotp__buffer_bytes(&value));
    daotp__buffer_free(&value);
}

void put_extensions(daotp__buffer *out, const certificate_plan *plan)
{
    uint8_t usage[] = {3, 2, 7, 0x80};
    size_t explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(3));
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    put_oid_list(out, DAOTP__OID_EKU, plan->eku, false);
    put_oid_list(out, DAOTP__OID_APPLICATION_POLICIES, plan->policies, true);
    if (plan->key_usage > 0) {
        usage[3] = (uint8_t)plan->key_usage;
        for (usage[2] = 0; (plan->key_usage >> usage[2] & 1) == 0; usage[2]++)
            continue;
    }
    if (plan->key_usage >= 0)
        put_extension(out, DAOTP__OID_KEY_USAGE, true, (daotp__bytes){usage, sizeof usage});
    put_san(out, plan);
    if (!plan->no_crl) /* http://c/r.crl */
        put_extension(out, DAOTP__OID_CRL_DISTRIBUTION, false,
                      hex("3016 3014 A012 A010 860E 687474703A2F2F632F722E63726C"));
    if (plan->ca)
        put_extension(out, DAOTP__OID_BASIC_CONSTRAINTS, true, hex("3003 0101FF"));
    daotp__derw_end(out, list);
    daotp__derw_end(out, explicit);
}

void put_tbs(daotp__buffer *out, const certificate_plan *plan, daotp__bytes spki,
             daotp__bytes algorithm)
{
    const char *issuer = plan->issuer != NULL ? plan->issuer : "CN=Test CA,DC=corp,DC=example";
    size_t tbs = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), mark;

    daotp__derw_raw(out, hex("A003 020102"));
    daotp__derw_unsigned(out, plan->serial != 0 ? plan->serial : 0x4711);
    daotp__derw_raw(out, algorithm);
    assert_true(daotp__name_parse(issuer, out));
    mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    put_time(out, plan->from != 0 ? plan->from : MAKE_NOW - 3600);
    put_time(out, plan->until != 0 ? plan->until : MAKE_NOW + INT64_C(47) * 3600);
    daotp__derw_end(out, mark);
    assert_true(daotp__name_parse(plan->subject != NULL ? plan->subject : "", out));
    daotp__derw_raw(out, spki);
    put_extensions(out, plan);
    daotp__derw_end(out, tbs);
}

void make_certificate(const certificate_plan *plan, const daotp_key *key, const daotp_key *signer,
                      daotp__buffer *out)
{
    daotp__buffer algorithm, tbs;
    size_t whole, bits;

    daotp__buffer_init(&algorithm, DAOTP__MAX_TEXT);
    daotp__buffer_init(&tbs, DAOTP__MAX_CERTIFICATE);
    daotp__key_write_algorithm(signer, DAOTP__HASH_SHA256, &algorithm);
    put_tbs(&tbs, plan, daotp__key_spki(key), daotp__buffer_bytes(&algorithm));
    whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_raw(out, daotp__buffer_bytes(&tbs));
    daotp__derw_raw(out, daotp__buffer_bytes(&algorithm));
    bits = daotp__derw_begin(out, DAOTP__DER_BIT_STRING);
    daotp__buffer_byte(out, 0);
    assert_int_equal(daotp__key_sign(signer, DAOTP__HASH_SHA256, daotp__buffer_bytes(&tbs), out),
                     DAOTP_OK);
    daotp__derw_end(out, bits);
    daotp__derw_end(out, whole);
    assert_int_equal(out->failed, DAOTP_OK);
    daotp__buffer_free(&algorithm);
    daotp__buffer_free(&tbs);
}
