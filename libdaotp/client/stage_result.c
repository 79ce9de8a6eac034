/* SPDX-License-Identifier: BSD-2-Clause */
/* The stages profile, store and logon: check, store and prove the issued certificate. */
#include "client/client.h"
#include "client/logon.h"
#include "client/profile.h"
#include "core/alloc.h"
#include "store/store.h"

#include <string.h>

daotp_status daotp__client_stage_profile(daotp_client *client)
{
    daotp__profile_spec spec = {.spki = daotp__key_spki(client->key),
                                .account = &client->account,
                                .template_oid = client->template.oid,
                                .now_s = daotp__context_now_s(client->context),
                                .max_lifetime_s = client->max_lifetime_s};
    daotp__certificate leaf;
    daotp_status status;

    if (!daotp__certificate_read(client->issued.list[0], &leaf))
        return DAOTP_INTERNAL; /* a chain holds only what can be read */
    status = daotp__profile_check(&leaf, &spec, &client->report);
    if (status != DAOTP_OK)
        return status;
    status = daotp__credential_make(client->context, &client->issued, client->key, &client->report,
                                    &client->credential);
    if (status == DAOTP_OK)
        (void)daotp__report_add(&client->report, DAOTP_FINDING_OTP_SERIAL, 0,
                                client->response.issuing_cas[client->issuing_ca],
                                "serial %s, issuer %s",
                                daotp_credential_get_serial(client->credential),
                                daotp_credential_get_issuer(client->credential));
    return status;
}

/* ---- store ----------------------------------------------------------------------------------- */

/* The label, or the UPN with an underscore for each character that a label cannot have. */
char *daotp__client_label(const daotp_client *client)
{
    char *label = daotp__text_copy(client->label != NULL ? client->label : client->account.upn);

    if (label != NULL)
        daotp__store_make_label(label);
    return label;
}

daotp_status daotp__client_stage_store(daotp_client *client)
{
    daotp_status status;
    char *label;

    if (client->store == NULL) {
        client->skipped = true;
        return DAOTP_OK;
    }
    label = daotp__client_label(client);
    if (label == NULL)
        return DAOTP_MEMORY;
    status = daotp_store_put(client->store, label, client->credential);
    daotp__report_merge(&client->report, daotp_store_get_report(client->store));
    daotp__delete(label);
    return status;
}

/* ---- logon ----------------------------------------------------------------------------------- */

/* As for the issued certificate, where CRLs may be fetched: those that were given are of its own
 * CAs. */
static daotp_revocation kdc_revocation(const daotp_client *client)
{
    bool is_asked = client->issuer_trust != NULL && client->fetcher != NULL &&
                    client->revocation != DAOTP_REVOCATION_IGNORE;

    return is_asked ? DAOTP_REVOCATION_REQUIRE : DAOTP_REVOCATION_IGNORE;
}

daotp_status daotp__client_stage_logon(daotp_client *client)
{
    daotp__logon_spec spec = {.loop = client->loop,
                              .credential = client->credential,
                              .upn = client->account.upn,
                              .kdc = client->kdc,
                              .realm = client->realm,
                              .anchors = client->kdc_anchors,
                              .revocation = kdc_revocation(client),
                              .fetcher = client->fetcher,
                              .connect_ms = client->connect_ms};
    daotp_status status = DAOTP_OK;

    if (!client->prove_logon) {
        client->skipped = true;
        return daotp__report_add(&client->report, DAOTP_FINDING_LOGON_SKIPPED, 0,
                                 "issued certificate", "not asked for");
    }
    if (client->logon == NULL)
        status = daotp__logon_new(&spec, &client->report, &client->logon);
    return status == DAOTP_OK ? daotp__logon_step(client->logon, &client->report) : status;
}

daotp_status daotp__client_logon_timed_out(daotp_client *client)
{
    return daotp__report_add(&client->report, DAOTP_FINDING_LOGON_KDC_SILENT, 0,
                             client->kdc != NULL ? client->kdc : client->account.upn,
                             "no answer within %lld ms", (long long)client->part_ms);
}
