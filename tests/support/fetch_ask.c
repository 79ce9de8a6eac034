/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch_ask.h"

#include "scratch.h"

/* ---- certificates ---------------------------------------------------------------------------- */

daotp__bytes fetch_uri(const char *url)
{
    return pki_text(PKI_URI, url);
}

daotp__bytes fetch_point(daotp__bytes names)
{
    return PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, names)));
}

daotp__bytes fetch_points(const char *const *urls)
{
    daotp__bytes all = PKI_NOTHING;

    for (; *urls != NULL; urls++)
        all = PKI_JOIN(all, fetch_point(fetch_uri(*urls)));
    return pki_tlv(0x30, all);
}

daotp__bytes fetch_access(const char *method, const char *url)
{
    return PKI_SEQ(PKI_SEQ(pki_oid(method), fetch_uri(url)));
}

const pki_cert *fetch_leaf(const pki_cert *issuer, const char *crl, const char *ca,
                           const char *ocsp)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), issuer);
    daotp__bytes access =
        PKI_JOIN(ca != NULL ? PKI_SEQ(pki_oid(FETCH_AIA_ISSUERS), fetch_uri(ca)) : PKI_NOTHING,
                 ocsp != NULL ? PKI_SEQ(pki_oid(FETCH_AIA_OCSP), fetch_uri(ocsp)) : PKI_NOTHING);

    if (crl != NULL)
        pki_put(spec.extensions, PKI_OID_POINTS, false,
                fetch_points((const char *const[]){crl, NULL}));
    if (access.len > 0)
        pki_put(spec.extensions, OCSP_OID_AIA, false, pki_tlv(0x30, access));
    return pki_make(&spec);
}

/* ---- asking ---------------------------------------------------------------------------------- */

daotp_trust *fetch_trust(daotp_context *context, const fetch_ask *ask)
{
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, ask->anchor->der.data, ask->anchor->der.len, NULL),
                     DAOTP_OK);
    return trust;
}

static daotp_fetcher *fetch_fetcher(daotp_context *context, const fetch_ask *ask)
{
    daotp_fetcher *fetcher;

    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    if (ask->allow[0] == NULL)
        assert_int_equal(daotp_fetcher_allow_network(fetcher, FETCH_LOOPBACK), DAOTP_OK);
    for (size_t i = 0; i < 4 && ask->allow[i] != NULL; i++)
        if (*ask->allow[i] != '\0')
            assert_int_equal(daotp_fetcher_allow_network(fetcher, ask->allow[i]), DAOTP_OK);
    assert_int_equal(daotp_fetcher_set_cache(fetcher, ask->cache), DAOTP_OK);
    assert_int_equal(
        daotp_fetcher_set_max_bytes(fetcher, ask->max_bytes != 0 ? ask->max_bytes : 1 << 20),
        DAOTP_OK);
    assert_int_equal(
        daotp_fetcher_set_timeout_ms(fetcher, ask->timeout_ms != 0 ? ask->timeout_ms : 5000),
        DAOTP_OK);
    return fetcher;
}

fetch_base fetch_base_of(daotp_context *context, const fetch_ask *ask)
{
    return (fetch_base){fetch_trust(context, ask), fetch_fetcher(context, ask)};
}

void fetch_base_free(fetch_base base)
{
    daotp_fetcher_unref(base.fetcher);
    daotp_trust_unref(base.trust);
}

daotp_verifier *fetch_verifier(daotp_context *context, fetch_base base, const fetch_ask *ask)
{
    daotp_verifier *verifier;

    assert_int_equal(daotp_verifier_new(context, base.trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_fetcher(verifier, ask->stays ? NULL : base.fetcher),
                     DAOTP_OK);
    if (ask->rules != 0)
        assert_int_equal(daotp_verifier_set_rules(verifier, ask->rules), DAOTP_OK);
    if (ask->revocation != 0)
        assert_int_equal(daotp_verifier_set_revocation(verifier, ask->revocation), DAOTP_OK);
    if (ask->at != 0)
        assert_int_equal(daotp_verifier_set_time_s(verifier, ask->at), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_stale_s(verifier, ask->stale_seconds), DAOTP_OK);
    if (ask->total_ms != 0)
        assert_int_equal(daotp_verifier_set_timeout_ms(verifier, ask->total_ms), DAOTP_OK);
    for (size_t i = 0; i < 4 && ask->between[i].len > 0; i++)
        assert_int_equal(
            daotp_verifier_add_intermediates(verifier, ask->between[i].data, ask->between[i].len),
            DAOTP_OK);
    for (size_t i = 0; i < 4 && ask->crls[i].len > 0; i++)
        assert_int_equal(daotp_verifier_add_crls(verifier, ask->crls[i].data, ask->crls[i].len),
                         DAOTP_OK);
    for (size_t i = 0; i < 17 && ask->ocsp[i].len > 0; i++)
        assert_int_equal(daotp_verifier_add_ocsp(verifier, ask->ocsp[i].data, ask->ocsp[i].len),
                         DAOTP_OK);
    return verifier;
}

fetch_answer fetch_last;

void fetch_close(void)
{
    daotp_verifier_free(fetch_last.verifier);
    fetch_base_free(fetch_last.base);
    daotp_context_unref(fetch_last.context);
    fetch_last = (fetch_answer){0};
}

daotp_status fetch_verify(daotp_verifier *verifier, const pki_cert *leaf)
{
    int64_t before = test_clock_machine_ms();

    fetch_last.status = daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);
    fetch_last.ms = test_clock_machine_ms() - before;
    return fetch_last.status;
}

daotp_status fetch_again(const fetch_ask *ask)
{
    daotp_verifier_free(fetch_last.verifier);
    fetch_last.verifier = fetch_verifier(fetch_last.context, fetch_last.base, ask);
    return fetch_verify(fetch_last.verifier, ask->leaf);
}

daotp_status fetch_reopened(const fetch_ask *ask)
{
    fetch_close();
    fetch_last.context = forge_context();
    fetch_last.base = fetch_base_of(fetch_last.context, ask);
    return fetch_again(ask);
}

int fetch_end_group(fetch_host *host)
{
    fetch_close();
    host_free(host);
    pki_forget();
    pki_forget_keys();
    return 0;
}

int fetch_begin_scratch_group(fetch_host **host)
{
    if (scratch_begin() != 0)
        return -1;
    *host = host_new();
    return 0;
}

int fetch_end_scratch_group(fetch_host *host)
{
    return fetch_end_group(host) | scratch_end();
}

/* ---- looking --------------------------------------------------------------------------------- */

const daotp_finding *fetch_find(daotp_finding_number number, const char *subject)
{
    const daotp_report *report = daotp_verifier_get_report(fetch_last.verifier);

    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        if (daotp_finding_get_number(finding) == number &&
            (subject == NULL || strstr(daotp_finding_get_subject(finding), subject) != NULL))
            return finding;
    }
    return NULL;
}

const char *fetch_report_text(void)
{
    return daotp_report_get_text(daotp_verifier_get_report(fetch_last.verifier));
}

void fetch_expect(const char *what, daotp_status status, daotp_finding_number number,
                  const char *subject)
{
    if (fetch_last.status != status)
        fail_msg("%s: %s, not %s:\n%s", what, daotp_status_name(fetch_last.status),
                 daotp_status_name(status), fetch_report_text());
    if (number != 0 && fetch_find(number, subject) == NULL)
        fail_msg("%s: no %s%s%s:\n%s", what, daotp_catalogue_get_id(number),
                 subject != NULL ? " about " : "", subject != NULL ? subject : "",
                 fetch_report_text());
}

void fetch_expect_cause(const char *what, daotp_finding_number number)
{
    const daotp_finding *cause =
        daotp_report_get_cause(daotp_verifier_get_report(fetch_last.verifier));

    if (daotp_finding_get_number(cause) != number)
        fail_msg("%s: the cause is %s, not %s:\n%s", what, daotp_finding_get_id(cause),
                 daotp_catalogue_get_id(number), fetch_report_text());
}

void fetch_expect_no(const char *what, daotp_finding_number number)
{
    if (fetch_find(number, NULL) != NULL)
        fail_msg("%s: %s:\n%s", what, daotp_catalogue_get_id(number), fetch_report_text());
}

void fetch_expect_within(const char *what, int64_t ms)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    ms += 1500;
#endif
    if (fetch_last.ms > ms)
        fail_msg("%s: %lld ms, not %lld:\n%s", what, (long long)fetch_last.ms, (long long)ms,
                 fetch_report_text());
}
