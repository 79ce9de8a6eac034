/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/rules.h"

#include "validate/policy.h"
#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/rdn.h"

#include <arpa/inet.h>
#include <string.h>

/* The position of a certificate on its path. */
typedef struct place {
    const daotp__run *run;
    const daotp__settings *settings;
    daotp__checklist *check;
    const daotp__node *node;
    const daotp__node *issuer; /* NULL above the anchor */
    bool is_leaf, is_anchor;
    bool is_end_entity; /* the certificate that is validated; the signer of a CRL is a leaf, but not
                           this one */
} place;

static void rules_expect(const place *p, bool holds, daotp_finding_number number, const char *found)
{
    if (!holds)
        daotp__checklist_report_node(p->check, p->node, number, "%s", found);
}

static bool is_critical(const daotp__extension *extension)
{
    return extension != NULL && extension->critical;
}

/* ---- the profile of RFC 5280 4 --------------------------------------------------------------- */

static void check_serial(const place *p)
{
    daotp__bytes serial = p->node->certificate.serial;
    bool is_zero = serial.len == 1 && serial.data[0] == 0;

    rules_expect(p, serial.data[0] < 0x80, DAOTP_FINDING_PROFILE_SERIAL, "a negative number");
    rules_expect(p, !is_zero || p->is_anchor, DAOTP_FINDING_PROFILE_SERIAL, "0");
    if (serial.len > 20)
        daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_PROFILE_SERIAL, "%zu octets",
                                     serial.len);
}

/* Reads the dates again, because the reader accepts both encodings for every year. */
static void check_validity(const place *p)
{
    const daotp__certificate *certificate = &p->node->certificate;
    const uint8_t *at = certificate->issuer.data + certificate->issuer.len;
    daotp__bytes in = {at, (size_t)(certificate->subject.data - at)}, validity;
    bool right = daotp__der_read(&in, DAOTP__DER_SEQUENCE, &validity) &&
                 daotp__der_skip_profiled_time(&validity) &&
                 daotp__der_skip_profiled_time(&validity);

    rules_expect(p, right, DAOTP_FINDING_PROFILE_VALIDITY, "GeneralizedTime before 2050");
}

static void rules_check_subject(const place *p)
{
    bool is_empty = daotp__name_is_empty(p->node->certificate.subject);

    rules_expect(p, !daotp__name_is_empty(p->node->certificate.issuer),
                 DAOTP_FINDING_PROFILE_ISSUER, "");
    rules_expect(p,
                 daotp__name_is_plain(p->node->certificate.subject) &&
                     daotp__name_is_plain(p->node->certificate.issuer),
                 DAOTP_FINDING_PROFILE_SUBJECT, "control characters, or no text at all");
    if (is_empty && p->node->is_ca)
        rules_expect(p, false, DAOTP_FINDING_PROFILE_SUBJECT, "a CA");
    else
        rules_expect(p, !is_empty || is_critical(p->node->san), DAOTP_FINDING_PROFILE_SUBJECT,
                     "no critical subjectAltName");
}

/* An anchor is a name and a key: any other certificate with this name and key may have the
 * authorityKeyIdentifier. */
static bool has_twin_with_authority(const daotp__run *run, const daotp__node *anchor)
{
    for (size_t i = 0; i < sizeof run->nodes / sizeof run->nodes[0]; i++)
        for (size_t k = 0; run->nodes[i] != NULL && k < run->nodes[i]->count; k++) {
            const daotp__node *node = run->nodes[i]->list[k];

            if (node->authority_key_id.len > 0 && node->subject_hash == anchor->subject_hash &&
                daotp__bytes_equal(node->certificate.spki, anchor->certificate.spki) &&
                daotp__name_equal(node->certificate.subject, anchor->certificate.subject))
                return true;
        }
    return false;
}

/* Whether the certificate is self-signed. The signature of an anchor is not checked. */
static bool is_self_signed(const place *p)
{
    return p->node->is_self_issued &&
           (p->is_anchor ||
            daotp__bytes_equal(p->node->certificate.spki, p->issuer->certificate.spki));
}

/* RFC 5280 4.2.1.1: a self-signed certificate needs no authorityKeyIdentifier. */
static void check_key_ids(const place *p)
{
    const daotp__node *node = p->node;
    bool may_miss = is_self_signed(p) || (p->is_anchor && has_twin_with_authority(p->run, node));

    rules_expect(p,
                 may_miss ? node->aki == NULL || node->authority_key_id.len > 0 ||
                                p->settings->rules != DAOTP_RULES_WEBPKI
                          : node->authority_key_id.len > 0,
                 DAOTP_FINDING_PROFILE_AKI, "no keyIdentifier");
    rules_expect(p, !is_critical(node->aki), DAOTP_FINDING_PROFILE_AKI, "critical");
    rules_expect(p, !node->is_ca || node->ski != NULL, DAOTP_FINDING_PROFILE_SKI, "none");
    rules_expect(p, !is_critical(node->ski), DAOTP_FINDING_PROFILE_SKI, "critical");
}

static void check_basic(const place *p)
{
    const daotp__node *node = p->node;
    bool signs = (node->usage & DAOTP__KU_CERT_SIGN) != 0;

    if (!p->is_leaf) {
        rules_expect(p, node->basic_constraints != NULL, DAOTP_FINDING_PROFILE_BASIC, "none");
        rules_expect(p, node->is_ca, DAOTP_FINDING_PROFILE_BASIC, "cA is not true");
    }
    if (node->is_ca)
        rules_expect(p, is_critical(node->basic_constraints), DAOTP_FINDING_PROFILE_BASIC,
                     "not critical");
    rules_expect(p, node->path_length < 0 || (node->is_ca && (node->key_usage == NULL || signs)),
                 DAOTP_FINDING_PROFILE_BASIC, "pathLenConstraint");
    rules_expect(p, !signs || node->is_ca, DAOTP_FINDING_PROFILE_KEY_USAGE,
                 "keyCertSign without cA");
    if (!p->is_anchor && !is_self_signed(p)) /* RFC 5280 4.2.1.3 */
        rules_expect(p, !node->is_ca || node->key_usage != NULL, DAOTP_FINDING_PROFILE_KEY_USAGE,
                     "a CA's, without keyUsage");
    if (!p->is_leaf && node->key_usage != NULL)
        rules_expect(p, signs, DAOTP_FINDING_PROFILE_KEY_USAGE, "no keyCertSign");
}

static bool is_uri(daotp__bytes text)
{
    const uint8_t *colon = text.len > 0 ? memchr(text.data, ':', text.len) : NULL;

    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7F)
            return false;
    return colon != NULL && colon > text.data && colon + 1 < text.data + text.len;
}

static bool is_good_name(const daotp__general_name *name)
{
    switch (name->tag) {
    case DAOTP__GENERAL_NAME_EMAIL:
        return daotp__email_is_valid(name->content);
    case DAOTP__GENERAL_NAME_DNS:
        return daotp__dns_is_valid(name->content, true);
    case DAOTP__GENERAL_NAME_URI:
        return is_uri(name->content);
    case DAOTP__GENERAL_NAME_ADDRESS:
        return name->content.len == 4 || name->content.len == 16;
    case DAOTP__GENERAL_NAME_DIRECTORY:
        return daotp__name_is_valid(name->content) && !daotp__name_is_empty(name->content);
    default:
        return true;
    }
}

/* Fill the fault of a name for which is_good_name() returned false. */
static void name_fault(const daotp__general_name *name, daotp__fault *fault)
{
    fault->at = name->content.data;
    switch (name->tag) {
    case DAOTP__GENERAL_NAME_EMAIL:
        fault->field = "subjectAltName.rfc822Name";
        fault->rule = "RFC 5280 4.2.1.6: a mailbox in ASCII, local-part@domain (RFC 5321 4.1.2)";
        break;
    case DAOTP__GENERAL_NAME_DNS:
        fault->field = "subjectAltName.dNSName";
        fault->rule = "RFC 5280 4.2.1.6: labels of letters, digits and hyphens (RFC 1034 3.5), in "
                      "front of them perhaps a wildcard label; no period at the end";
        break;
    case DAOTP__GENERAL_NAME_URI:
        fault->field = "subjectAltName.uniformResourceIdentifier";
        fault->rule = "RFC 5280 4.2.1.6: an absolute URI in ASCII (RFC 3986 4.3)";
        break;
    case DAOTP__GENERAL_NAME_ADDRESS:
        fault->field = "subjectAltName.iPAddress";
        fault->rule = "RFC 5280 4.2.1.6: 4 octets (IPv4) or 16 (IPv6)";
        break;
    default:
        fault->field = "subjectAltName.directoryName";
        fault->rule = "RFC 5280 4.2.1.6: a Name that is not empty";
    }
}

static void report_bad_name(const place *p, const daotp__general_name *name)
{
    daotp__fault fault = {.whole = p->node->certificate.der};
    bool is_text = name->tag == DAOTP__GENERAL_NAME_EMAIL || name->tag == DAOTP__GENERAL_NAME_DNS ||
                   name->tag == DAOTP__GENERAL_NAME_URI;
    char text[DAOTP__FAULT_TEXT];

    name_fault(name, &fault);
    (void)daotp__fault_describe(&fault, text);
    if (is_text && name->content.len > 0)
        daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_PROFILE_SAN, "%s; it is %.*s",
                                     text, (int)name->content.len,
                                     (const char *)name->content.data);
    else
        daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_PROFILE_SAN,
                                     "%s; it has %zu octets", text, name->content.len);
}

static void check_san(const place *p)
{
    daotp__general_name name;
    daotp__bytes in;

    if (p->node->san == NULL || !daotp__san_begin(p->node->san, &in))
        return;
    while (in.len > 0 && daotp__san_next(&in, &name))
        if (!is_good_name(&name))
            report_bad_name(p, &name);
}

static void check_constraints(const place *p)
{
    const daotp__node *node = p->node;
    bool web = p->settings->rules == DAOTP_RULES_WEBPKI;
    char text[DAOTP__FAULT_TEXT];

    if (node->name_constraints != NULL) {
        rules_expect(p, node->is_ca, DAOTP_FINDING_PROFILE_CONSTRAINTS, "not a CA's");
        rules_expect(p, web || node->name_constraints->critical, DAOTP_FINDING_PROFILE_CONSTRAINTS,
                     "not critical");
        if (!daotp__constraints_are_valid(node->name_constraints, true))
            daotp__checklist_report_node(p->check, node, DAOTP_FINDING_PROFILE_CONSTRAINTS, "%s",
                                         daotp__extension_describe_fault(
                                             node->certificate.der, node->name_constraints, text));
    }
    if (node->mappings != NULL)
        rules_expect(p, !daotp__policy_mappings_name_any(node->mappings),
                     DAOTP_FINDING_PROFILE_POLICY, "policyMappings from or to anyPolicy");
    if (node->policy_constraints != NULL)
        rules_expect(p, node->policy_constraints->critical, DAOTP_FINDING_PROFILE_POLICY,
                     "policyConstraints");
    if (node->inhibit_any != NULL)
        rules_expect(p, node->inhibit_any->critical, DAOTP_FINDING_PROFILE_POLICY,
                     "inhibitAnyPolicy");
    rules_expect(p, !is_critical(node->aia), DAOTP_FINDING_PROFILE_ACCESS, "authorityInfoAccess");
    rules_expect(p, !is_critical(node->freshest), DAOTP_FINDING_PROFILE_ACCESS, "freshestCRL");
}

/* The signature algorithm of an anchor is not checked. */
static void check_algorithm(const place *p)
{
    const daotp__algorithm *algorithm = &p->node->certificate.signature_algorithm;

    if (!p->is_anchor)
        rules_expect(p, !daotp__scheme_has_wrong_parameters(algorithm),
                     DAOTP_FINDING_PROFILE_ALGORITHM, "ECDSA with parameters");
}

static void check_profile(const place *p)
{
    rules_expect(p, p->node->certificate.version == 3 || p->node->certificate.extensions.count == 0,
                 DAOTP_FINDING_PROFILE_VERSION, "extensions, and not version 3");
    check_serial(p);
    check_algorithm(p);
    check_validity(p);
    rules_check_subject(p);
    check_key_ids(p);
    check_basic(p);
    check_san(p);
    check_constraints(p);
}

/* ---- the public web -------------------------------------------------------------------------- */

static void check_web_key(const place *p)
{
    const daotp__public_key *key = &p->node->public_key;
    char name[DAOTP__KEY_NAME_TEXT];

    if (key->algorithm == DAOTP__OID_RSA && key->bits % 8 != 0)
        daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_WEBPKI_KEY, "RSA, %u bits",
                                     key->bits);
    if (key->is_pss || daotp__public_key_is_edwards(key))
        daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_WEBPKI_KEY, "%s",
                                     daotp__public_key_name(key, name));
}

/* CA/Browser Forum BR 7.1.3.2.1: the salt of RSASSA-PSS is as long as the hash. */
static void check_web_signature(const place *p)
{
    char text[DAOTP__SCHEME_TEXT];
    daotp__scheme scheme;
    const char *ignored;

    if (!p->is_anchor &&
        daotp__scheme_read(&p->node->certificate.signature_algorithm, &scheme, &ignored) &&
        scheme.kind == DAOTP__SCHEME_PSS && scheme.salt_len != daotp__hash_len(scheme.hash))
        daotp__checklist_report_node(
            p->check, p->node, DAOTP_FINDING_WEBPKI_SIGNATURE, "%s",
            daotp__scheme_describe(&p->node->certificate.signature_algorithm, text));
}

static bool has_purpose(const daotp__node *node, enum daotp__oid purpose)
{
    daotp__purposes purposes;

    return daotp__eku_read(node->eku, purpose, &purposes) && purposes.has;
}

static void check_web_purposes(const place *p)
{
    const daotp__node *node = p->node;

    if (p->is_anchor && node->is_self_issued) {
        rules_expect(p, node->eku == NULL, DAOTP_FINDING_WEBPKI_EKU, "a root's");
    } else if (p->is_end_entity) {
        rules_expect(p, node->eku != NULL, DAOTP_FINDING_WEBPKI_EKU, "none");
        rules_expect(p, !is_critical(node->eku), DAOTP_FINDING_WEBPKI_EKU, "critical");
        rules_expect(p, node->eku == NULL || !has_purpose(node, DAOTP__OID_ANY_EKU),
                     DAOTP_FINDING_WEBPKI_EKU, "anyExtendedKeyUsage");
    }
}

static bool equals_address(daotp__bytes text, const daotp__general_name *name)
{
    char shown[INET6_ADDRSTRLEN];
    int family = name->content.len == 4 ? AF_INET : AF_INET6;

    return (name->content.len == 4 || name->content.len == 16) &&
           inet_ntop(family, name->content.data, shown, sizeof shown) != NULL &&
           strlen(shown) == text.len && memcmp(shown, text.data, text.len) == 0;
}

/* Whether some program would read the text as an address: also in hexadecimal, in octal, or as
 * one number. */
static bool is_like_address(daotp__bytes text)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr ignored;

    if (text.len > 0 && memchr(text.data, ':', text.len) != NULL)
        return true;
    if (text.len >= sizeof copy || (text.len > 0 && memchr(text.data, '\0', text.len) != NULL))
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return inet_aton(copy, &ignored) != 0;
}

/* The name, or for a wildcard the part after it. */
static bool equals_host(daotp__bytes text, daotp__bytes host)
{
    bool wild = host.len > 2 && host.data[0] == '*';

    return daotp__bytes_equal(host, text) ||
           (wild && daotp__bytes_equal((daotp__bytes){host.data + 2, host.len - 2}, text));
}

/* Whether the text is a DNS name whose last label is not a number (RFC 1123 2.1). */
static bool is_host(daotp__bytes text)
{
    size_t digits = 0;

    while (digits < text.len && text.data[text.len - 1 - digits] >= '0' &&
           text.data[text.len - 1 - digits] <= '9')
        digits++;
    return digits < text.len && daotp__dns_is_valid(text, true) &&
           (digits == 0 || text.data[text.len - 1 - digits] != '.');
}

/* BR 7.1.4.3: the common name must equal one of the subjectAltNames character by character; an
 * address equals the canonical text of an iPAddress. An address is always required there, a host
 * if there are dNSNames, and any other text if there are dNSNames or iPAddresses. */
static bool is_alternative(const daotp__node *node, daotp__bytes text)
{
    bool address = is_like_address(text), comparable = address;
    daotp__general_name name;
    daotp__bytes in;

    if (node->san == NULL || !daotp__san_begin(node->san, &in))
        return false;
    while (in.len > 0 && daotp__san_next(&in, &name)) {
        if (address ? name.tag == DAOTP__GENERAL_NAME_ADDRESS && equals_address(text, &name)
                    : name.tag == DAOTP__GENERAL_NAME_DNS && equals_host(text, name.content))
            return true;
        comparable = comparable || name.tag == DAOTP__GENERAL_NAME_DNS ||
                     (name.tag == DAOTP__GENERAL_NAME_ADDRESS && !is_host(text));
    }
    return !comparable;
}

enum { MAX_COMMON_NAMES = 8 };

static void check_common_names(const place *p)
{
    daotp__attribute one;
    daotp__bytes in, rdn;
    unsigned count = 0;

    if (!daotp__der_only(p->node->certificate.subject, DAOTP__DER_SEQUENCE, &in))
        return;
    while (daotp__der_read(&in, DAOTP__DER_SET, &rdn))
        while (daotp__attribute_read(&rdn, &one))
            if (daotp__oid_is(one.type, DAOTP__OID_CN) &&
                (++count > MAX_COMMON_NAMES || !is_alternative(p->node, one.value.content)))
                daotp__checklist_report_node(p->check, p->node, DAOTP_FINDING_WEBPKI_CN, "%.*s",
                                             (int)one.value.content.len,
                                             (const char *)one.value.content.data);
}

static void check_web_names(const place *p)
{
    const daotp__node *node = p->node;
    daotp__general_name name;
    daotp__bytes in;

    rules_expect(p, node->san != NULL, DAOTP_FINDING_WEBPKI_SAN, "none");
    if (node->san == NULL || !daotp__san_begin(node->san, &in))
        return;
    rules_expect(p, !node->san->critical || daotp__name_is_empty(node->certificate.subject),
                 DAOTP_FINDING_WEBPKI_SAN, "critical");
    while (in.len > 0 && daotp__san_next(&in, &name))
        rules_expect(p,
                     name.tag == DAOTP__GENERAL_NAME_DNS || name.tag == DAOTP__GENERAL_NAME_ADDRESS,
                     DAOTP_FINDING_WEBPKI_SAN, "neither host name nor address");
    check_common_names(p);
}

static void check_web(const place *p)
{
    const daotp__node *node = p->node;

    rules_expect(p, node->certificate.version == 3, DAOTP_FINDING_PROFILE_VERSION, "not version 3");
    rules_expect(p, node->authority_issuer.len == 0 && node->authority_serial.len == 0,
                 DAOTP_FINDING_PROFILE_AKI, "issuer and serial number");
    if (p->is_anchor && node->is_self_issued && node->authority_key_id.len > 0) /* BR 7.1.2.1.3 */
        rules_expect(p, daotp__bytes_equal(node->authority_key_id, node->key_id),
                     DAOTP_FINDING_PROFILE_AKI, "a root's, not its own");
    check_web_key(p);
    check_web_signature(p);
    check_web_purposes(p);
    if (!p->is_end_entity)
        return;
    rules_expect(p, !node->is_ca, DAOTP_FINDING_WEBPKI_CA, "");
    check_web_names(p);
}

/* ---- purposes along the path ----------------------------------------------------------------- */

static bool node_allows_purpose(const daotp__node *node, daotp__bytes purpose)
{
    daotp__bytes in, oid;

    if (!daotp__eku_begin(node->eku, &in))
        return false;
    while (daotp__eku_next(&in, &oid))
        if (daotp__bytes_equal(oid, purpose) || daotp__oid_is(oid, DAOTP__OID_ANY_EKU))
            return true;
    return false;
}

/* Whether every CA of the path allows this purpose. */
static bool path_allows_purpose(const daotp__path *path, daotp__bytes purpose)
{
    for (size_t i = 1; i + 1 < path->count; i++)
        if (path->list[i]->eku != NULL && !node_allows_purpose(path->list[i], purpose))
            return false;
    return true;
}

/* The extended key usage of a CA limits all certificates below it: Windows and the CA/Browser
 * Forum define it so. RFC 5280 does not say this, so DAOTP_RULES_PATH does not check it. */
static void check_nesting(const daotp__settings *settings, const daotp__path *path,
                          daotp__checklist *check)
{
    const daotp__node *leaf = path->list[0];
    bool any = leaf->eku == NULL;
    daotp__bytes in, oid;

    if (!any && daotp__eku_begin(leaf->eku, &in))
        while (!any && daotp__eku_next(&in, &oid))
            any = path_allows_purpose(path, oid);
    if (!any || (settings->purpose.len > 0 && !path_allows_purpose(path, settings->purpose)))
        daotp__checklist_report_node(check, leaf, DAOTP_FINDING_CHAIN_PURPOSE, "%s",
                                     "a CA above is for other purposes");
}

void daotp__rules_check(const daotp__run *run, const daotp__path *path, bool as_signer,
                        daotp__checklist *check)
{
    const daotp__settings *settings = run->settings;

    if (!as_signer)
        check_nesting(settings, path, check);
    for (size_t i = 0; i < path->count && !daotp__checklist_is_final(check); i++) {
        place p = {.run = run,
                   .settings = settings,
                   .check = check,
                   .node = path->list[i],
                   .issuer = i + 1 < path->count ? path->list[i + 1] : NULL,
                   .is_leaf = i == 0,
                   .is_end_entity = i == 0 && !as_signer,
                   .is_anchor = i + 1 == path->count};

        check_profile(&p);
        if (settings->rules == DAOTP_RULES_WEBPKI)
            check_web(&p);
    }
}
