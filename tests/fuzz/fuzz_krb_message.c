/* SPDX-License-Identifier: BSD-2-Clause */
/* What a KDC sends: whatever it is, views lie inside it, lists end, and a refusal has a finding. */
#include "fuzz.h"

#include "client/logon_verdict.h"

static bool is_within(daotp__bytes view, daotp__bytes whole)
{
    return view.len == 0 || (view.data >= whole.data && view.len <= whole.len &&
                             (size_t)(view.data - whole.data) <= whole.len - view.len);
}

static void read_lists(const daotp__krb_error *error, daotp__bytes whole)
{
    daotp__krb_principal_id id;
    daotp__bytes cursor, oid;
    unsigned bits;

    if (daotp__krb_ids_begin(error->certifiers, &cursor))
        while (daotp__krb_ids_next(&cursor, &id))
            HOLDS(is_within(id.subject, whole) && is_within(id.serial, whole) &&
                  is_within(id.key_id, whole));
    if (daotp__der_only(error->dh_parameters, DAOTP__DER_SEQUENCE, &cursor))
        while (daotp__krb_groups_next(&cursor, &bits, &oid))
            HOLDS(is_within(oid, whole));
}

static void explain(const daotp__krb_error *error)
{
    daotp__logon_error_context context = {.subject = "KDC", .library = "1", .now_s = 1};
    daotp_report report;

    daotp__report_init(&report, NULL);
    HOLDS(daotp__logon_explain_error(error, &context, &report) != DAOTP_OK);
    HOLDS(daotp_finding_get_stage(daotp_report_get_error(&report)) == DAOTP_STAGE_LOGON);
    daotp__report_end(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes whole = {data, size}, signed_data;
    daotp__krb_error error;

    if (daotp__krb_error_read(whole, &error)) {
        HOLDS(error.type_count <= DAOTP__MAX_PADATA);
        HOLDS(is_within(error.text, whole) && is_within(error.certifiers, whole));
        read_lists(&error, whole);
        explain(&error);
    }
    (void)daotp__krb_as_req_has_pkinit(whole);
    if (daotp__krb_as_rep_signed_data(whole, &signed_data))
        HOLDS(is_within(signed_data, whole));
    return 0;
}
