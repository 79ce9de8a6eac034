/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory_pki.h"

#include "core/utf8.h"

#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct pki_reading {
    directory_pki *pki;
    const char *oid;
    pki_place place;
} pki_reading;

/* ---- certificates ---------------------------------------------------------------------------- */

static bool read_asn1_time(const ASN1_TIME *time, int64_t *seconds)
{
    struct tm parts;

    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    *seconds = (int64_t)timegm(&parts);
    return true;
}

static void copy_subject(const X509 *certificate, char *to, size_t room)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;

    if (out == NULL)
        return;
    (void)X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0,
                             XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    len = BIO_get_mem_data(out, &text);
    if (len > 0)
        (void)snprintf(to, room, "%.*s", (int)len, text);
    daotp__utf8_make_plain(to);
    BIO_free(out);
}

static bool read_pki_certificate(const char *der, size_t len, pki_certificate *to)
{
    const unsigned char *at = (const unsigned char *)der, *subject = NULL;
    X509 *certificate = d2i_X509(NULL, &at, (long)len);
    size_t subject_len = 0;
    bool good =
        certificate != NULL && at == (const unsigned char *)der + len &&
        X509_NAME_get0_der(X509_get_subject_name(certificate), &subject, &subject_len) == 1 &&
        read_asn1_time(X509_get0_notBefore(certificate), &to->begin_s) &&
        read_asn1_time(X509_get0_notAfter(certificate), &to->end_s);

    if (good) {
        copy_subject(certificate, to->subject, sizeof to->subject);
        (void)SHA256((const unsigned char *)der, len, to->digest);
        (void)SHA256(subject, subject_len, to->subject_digest);
    }
    X509_free(certificate);
    return good;
}

static void add_pki_certificates(pki_reading *reading, const directory_entry *entry)
{
    directory_pki *pki = reading->pki;
    const char *der, *name = directory_text(entry, "cn", 0);
    size_t len;

    for (size_t i = 0; (der = directory_value(entry, "cACertificate", i, &len)) != NULL; i++) {
        pki_certificate one = {.place = reading->place};

        if (len <= 1) /* an empty list is one zero octet */
            continue;
        (void)snprintf(one.entry, sizeof one.entry, "%s", name != NULL ? name : "");
        if (!read_pki_certificate(der, len, &one))
            pki->unreadable[reading->place]++;
        else if (pki->certificate_count == PKI_CERTIFICATES)
            pki->is_cut = true;
        else
            pki->certificates[pki->certificate_count++] = one;
    }
}

static void on_pki_holder(void *user, const directory_entry *entry)
{
    add_pki_certificates(user, entry);
}

/* ---- templates and CAs ----------------------------------------------------------------------- */

static void on_pki_root(void *user, const directory_entry *entry)
{
    pki_reading *reading = user;
    const char *text = directory_text(entry, "configurationNamingContext", 0);

    if (text != NULL)
        (void)snprintf(reading->pki->configuration, sizeof reading->pki->configuration, "%s", text);
}

static void on_pki_template(void *user, const directory_entry *entry)
{
    pki_reading *reading = user;
    directory_pki *pki = reading->pki;
    template_facts t;

    if (!discovery_read_template(entry, &t))
        return;
    if (reading->oid != NULL ? strcmp(reading->oid, t.oid) != 0 : !t.has_ra_policy)
        return;
    if (pki->template_count == MAX_TEMPLATES)
        pki->is_cut = true;
    else
        pki->templates[pki->template_count++] = t;
}

static bool issues_by_template(const directory_entry *entry, const template_facts *t)
{
    const char *value;
    size_t len;

    for (size_t i = 0; (value = directory_value(entry, "certificateTemplates", i, &len)) != NULL;
         i++)
        if (strlen(t->name) == len && strncasecmp(value, t->name, len) == 0)
            return true;
    return false;
}

static void on_pki_service(void *user, const directory_entry *entry)
{
    pki_reading *reading = user;
    directory_pki *pki = reading->pki;
    const char *name = directory_text(entry, "cn", 0);
    pki_service *service = &pki->services[pki->service_count];

    if (pki->service_count == MAX_CAS) {
        pki->is_cut = true;
        return;
    }
    (void)snprintf(service->name, sizeof service->name, "%s", name != NULL ? name : "");
    for (size_t i = 0; i < pki->template_count; i++)
        service->issues = service->issues || issues_by_template(entry, &pki->templates[i]);
    pki->service_count++;
    add_pki_certificates(reading, entry);
}

/* ---- the whole ------------------------------------------------------------------------------- */

bool directory_pki_read(directory *from, const char *oid, directory_pki *pki)
{
    static const struct {
        const char *rdn, *filter;
        directory_fn *tell;
        pki_place place;
    } searches[] = {{"CN=Certificate Templates,", "(objectClass=pKICertificateTemplate)",
                     on_pki_template, PKI_SERVICE},
                    {"CN=Enrollment Services,", "(objectClass=pKIEnrollmentService)",
                     on_pki_service, PKI_SERVICE},
                    {"", "(cn=NTAuthCertificates)", on_pki_holder, PKI_NTAUTH},
                    {"CN=AIA,", "(cACertificate=*)", on_pki_holder, PKI_AIA}};
    pki_reading reading = {.pki = pki, .oid = oid};
    char base[2 * MAX_LINE];

    if (!directory_search(from, NULL, DIRECTORY_ENTRY, "(objectClass=*)", on_pki_root, &reading) ||
        pki->configuration[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        (void)snprintf(base, sizeof base, "%sCN=Public Key Services,CN=Services,%s",
                       searches[i].rdn, pki->configuration);
        reading.place = searches[i].place;
        if (!directory_search(from, base, DIRECTORY_BELOW, searches[i].filter, searches[i].tell,
                              &reading))
            return false;
    }
    return true;
}
