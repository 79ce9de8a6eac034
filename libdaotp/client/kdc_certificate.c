/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/kdc_certificate.h"

#include "core/alloc.h"
#include "core/checklist.h"
#include "core/host.h"
#include "validate/verifier.h"
#include "x509/chain.h"
#include "x509/cms.h"
#include "x509/name.h"

#include <string.h>
#include <strings.h>

enum { MAX_NAMES_SHOWN = 6, MAX_FOUND = 2048 };

struct daotp__kdc_check {
    daotp__loop *loop;
    int slot;
    daotp_verifier *verifier;
};

/* ---- purpose --------------------------------------------------------------------------------- */

static bool has_eku(const daotp__certificate *certificate, enum daotp__oid purpose)
{
    const daotp__extension *eku = daotp__extensions_find(&certificate->extensions, DAOTP__OID_EKU);
    daotp__purposes purposes;

    return eku != NULL && daotp__eku_read(eku, purpose, &purposes) && purposes.has;
}

/* The older templates of domain controllers: Domain Controller Authentication has smart card logon,
 * Domain Controller only its name (a BMPString). Both have server authentication. */
static bool has_windows_purpose(const daotp__certificate *certificate)
{
    static const uint8_t name[] = {0, 'D', 0, 'o', 0, 'm', 0, 'a', 0, 'i', 0, 'n', 0, 'C', 0, 'o',
                                   0, 'n', 0, 't', 0, 'r', 0, 'o', 0, 'l', 0, 'l', 0, 'e', 0, 'r'};
    const daotp__extension *template =
        daotp__extensions_find(&certificate->extensions, DAOTP__OID_TEMPLATE_NAME);
    daotp__bytes text;

    if (has_eku(certificate, DAOTP__OID_SMART_CARD_LOGON))
        return true;
    return template != NULL && daotp__der_only(template->value, DAOTP__DER_BMP_STRING, &text) &&
           daotp__bytes_equal(text, (daotp__bytes){name, sizeof name});
}

static bool may_sign(const daotp__certificate *certificate)
{
    const daotp__extension *usage =
        daotp__extensions_find(&certificate->extensions, DAOTP__OID_KEY_USAGE);
    unsigned bits = 0;

    return usage == NULL ||
           (daotp__key_usage_read(usage, &bits) && (bits & DAOTP__KU_DIGITAL_SIGNATURE) != 0);
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_dns_name(daotp__bytes name, const char *wanted)
{
    return wanted != NULL && name.len == strlen(wanted) &&
           strncasecmp((const char *)name.data, wanted, name.len) == 0;
}

typedef struct kdc_names {
    bool has_krbtgt, has_realm, has_host;
    daotp__buffer shown;
} kdc_names;

static void take_name(const daotp__general_name *name, const char *realm, const char *host,
                      kdc_names *names)
{
    if (name->tag == DAOTP__GENERAL_NAME_DNS) {
        names->has_realm = names->has_realm || is_dns_name(name->content, realm);
        names->has_host = names->has_host || is_dns_name(name->content, host);
        daotp__buffer_format(&names->shown, "%s%.*s", names->shown.len > 0 ? ", " : "",
                             (int)name->content.len, (const char *)name->content.data);
    } else if (daotp__oid_is(name->type, DAOTP__OID_PKINIT_SAN)) {
        names->has_krbtgt =
            names->has_krbtgt ||
            daotp__san_is_krbtgt(name, (daotp__bytes){(const uint8_t *)realm, strlen(realm)});
        daotp__buffer_format(&names->shown, "%sa KRB5PrincipalName",
                             names->shown.len > 0 ? ", " : "");
    }
}

/* host: NULL unless it is a DNS name, because an IP address does not identify the host. */
static void read_names(const daotp__certificate *certificate, const char *realm, const char *host,
                       kdc_names *names)
{
    const daotp__extension *san = daotp__extensions_find(&certificate->extensions, DAOTP__OID_SAN);
    daotp__general_name name;
    daotp__host parsed;
    daotp__bytes in;

    if (host != NULL && (!daotp__host_parse(host, &parsed) || parsed.is_address))
        host = NULL;
    if (san == NULL || !daotp__san_begin(san, &in))
        return;
    while (in.len > 0 && daotp__san_next(&in, &name))
        take_name(&name, realm, host, names);
}

/* ---- both ------------------------------------------------------------------------------------ */

/* A certificate that names krbtgt/REALM was issued to a KDC: RFC 4556 3.2.4 asks for no purpose
 * then. Windows clients do. */
static void check_purpose(const daotp__certificate *certificate, const kdc_names *names,
                          daotp__checklist *checks)
{
    if (has_eku(certificate, DAOTP__OID_KP_KDC) || has_windows_purpose(certificate))
        return;
    if (names->has_krbtgt)
        daotp__checklist_report(checks, DAOTP_FINDING_KDC_EKU,
                                "no KDC authentication, but the name krbtgt/REALM");
    else
        daotp__checklist_report(checks, DAOTP_FINDING_KDC_PURPOSE,
                                "neither KDC authentication nor smart card logon");
}

static void check_names(kdc_names *names, const char *realm, const char *host,
                        daotp__checklist *checks)
{
    const char *shown = names->shown.len > 0 ? daotp__buffer_string(&names->shown) : "nothing";

    if (names->has_krbtgt || names->has_realm || names->has_host)
        return;
    daotp__checklist_report(
        checks, DAOTP_FINDING_KDC_NAME,
        "it names %s; wanted: %s, krbtgt/%s@%s, or the KDC's host name if it was set (%s)", shown,
        realm, realm, realm, host != NULL ? host : "it was not");
}

static daotp_status certificate_check(const daotp__certificate *certificate, const char *realm,
                                      const char *host, daotp_report *report)
{
    kdc_names names = {.has_krbtgt = false};
    daotp__buffer subject;
    daotp__checklist checks = {.report = report, .subject = ""};

    daotp__buffer_init(&names.shown, MAX_FOUND);
    daotp__buffer_init(&subject, MAX_FOUND);
    daotp__buffer_text(&subject, "KDC certificate ");
    (void)daotp__name_text(certificate->subject, &subject);
    checks.subject = daotp__buffer_string(&subject);
    read_names(certificate, realm, host, &names);
    check_purpose(certificate, &names, &checks);
    check_names(&names, realm, host, &checks);
    if (!may_sign(certificate))
        daotp__checklist_report(&checks, DAOTP_FINDING_KDC_KU, "no digitalSignature");
    daotp__buffer_free(&names.shown);
    daotp__buffer_free(&subject);
    return checks.verdict;
}

daotp_status daotp__kdc_certificate_check(daotp__bytes der, const char *realm, const char *host,
                                          daotp_report *report)
{
    daotp__certificate certificate;

    if (!daotp__certificate_read(der, &certificate))
        return daotp__certificate_refuse(der, NULL, "KDC certificate", report);
    return certificate_check(&certificate, realm, host, report);
}

/* ---- path ------------------------------------------------------------------------------------ */

static void on_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

static daotp_status add_helpers(daotp__kdc_check *check, const daotp__kdc_spec *spec,
                                const daotp__signed_data *data)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < data->certificate_count && status == DAOTP_OK; i++)
        status = daotp_verifier_add_intermediates(check->verifier, data->certificates[i].data,
                                                  data->certificates[i].len);
    for (size_t i = 1; i < daotp_credential_get_count(spec->credential) && status == DAOTP_OK;
         i++) {
        size_t len;
        const uint8_t *der = daotp_credential_get_certificate(spec->credential, i, &len);

        status = daotp_verifier_add_intermediates(check->verifier, der, len);
    }
    return status == DAOTP_PEER ? DAOTP_OK : status; /* unreadable ones are ignored */
}

static daotp_status path_begin(daotp__kdc_check *check, const daotp__kdc_spec *spec,
                               const daotp__signed_data *data, daotp__bytes certificate)
{
    daotp_context *context = daotp__loop_context(spec->loop);
    daotp_status status;

    if (spec->trust == NULL)
        return DAOTP_OK;
    check->slot = daotp__loop_join(spec->loop, on_ready, check);
    if (check->slot < 0)
        return DAOTP_MEMORY;
    status = daotp_verifier_new(context, spec->trust, &check->verifier);
    if (status != DAOTP_OK)
        return status;
    daotp__verifier_set_inner(check->verifier);
    (void)daotp_verifier_set_rules(check->verifier, DAOTP_RULES_PATH); /* these cannot fail here */
    (void)daotp_verifier_set_revocation(check->verifier, spec->revocation);
    (void)daotp_verifier_set_fetcher(check->verifier, spec->fetcher);
    status = add_helpers(check, spec, data);
    if (status == DAOTP_OK)
        status = daotp_verifier_begin(check->verifier, certificate.data, certificate.len);
    if (status == DAOTP_OK && !daotp__loop_watch(spec->loop, check->slot,
                                                 daotp_verifier_get_fd(check->verifier), EPOLLIN))
        status = DAOTP_INTERNAL;
    return status;
}

daotp_status daotp__kdc_check_new(const daotp__kdc_spec *spec, daotp__bytes signed_data,
                                  daotp_report *report, daotp__kdc_check **out)
{
    daotp__kdc_check *check = daotp__new(sizeof *check);
    daotp__certificate certificate;
    daotp__signed_data data;
    daotp_status status;

    *out = NULL;
    if (check == NULL)
        return DAOTP_MEMORY;
    check->loop = spec->loop;
    check->slot = -1;
    if (!daotp__signed_data_read(signed_data, &data) || data.signer_count != 1 ||
        !daotp__signer_certificate(&data, &data.signers[0], &certificate)) {
        daotp__kdc_check_free(check);
        return daotp__report_add(report, DAOTP_FINDING_LOGON_PROTOCOL, 0, spec->realm,
                                 "the KDC's reply is not signed by one certificate that it holds");
    }
    status = certificate_check(&certificate, spec->realm, spec->host, report);
    if (status == DAOTP_OK)
        status = path_begin(check, spec, &data, certificate.der);
    if (status != DAOTP_OK) {
        daotp__kdc_check_free(check);
        return status;
    }
    *out = check;
    return DAOTP_OK;
}

void daotp__kdc_check_free(daotp__kdc_check *check)
{
    if (check == NULL)
        return;
    if (check->verifier != NULL)
        (void)daotp__loop_watch(check->loop, check->slot, daotp_verifier_get_fd(check->verifier),
                                0);
    daotp_verifier_free(check->verifier);
    if (check->slot >= 0)
        daotp__loop_leave(check->loop, check->slot);
    daotp__delete(check);
}

daotp_status daotp__kdc_check_step(daotp__kdc_check *check, daotp_report *report)
{
    size_t before = report->count;
    daotp_status status;
    int timeout_ms;

    if (check->verifier == NULL)
        return DAOTP_OK;
    status = daotp_verifier_step(check->verifier);
    timeout_ms = daotp_verifier_get_timeout_ms(check->verifier);
    if (status == DAOTP_AGAIN && timeout_ms >= 0)
        daotp__loop_wake_in(check->loop, timeout_ms);
    if (status == DAOTP_AGAIN)
        return status;
    daotp__report_merge(report, daotp_verifier_get_report(check->verifier));
    if (status == DAOTP_UNDECIDED) { /* the KDC's certificate is valid nevertheless */
        daotp__report_downgrade_errors(report, before);
        return DAOTP_OK;
    }
    return status;
}
