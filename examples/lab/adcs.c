/* SPDX-License-Identifier: BSD-2-Clause */
#include "adcs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "cmc.h"
#include "cmc_form.h"
#include "lab_dir.h"
#include "log.h"
#include "pki.h"

#define OID_TEMPLATE    "1.3.6.1.4.1.311.21.7"
#define OID_TEMPLATE_V1 "1.3.6.1.4.1.311.20.2"
#define OID_OS_VERSION  "1.3.6.1.4.1.311.13.2.3"
#define OID_CSP         "1.3.6.1.4.1.311.13.2.2"
#define OID_RENEWAL     "1.3.6.1.4.1.311.13.1"
#define BACK_DATED_S    600
#define SHIFT_S         7200
#define ADMINISTRATOR   "S-1-5-21-1004336348-1177238915-682003330-500"
#define OK              ((struct verdict){0, NULL})
#define NO(code_, why_) ((struct verdict){(code_), (why_)})

/* MS-WCCE 2.2.2.7.7.2 */
typedef struct {
    ASN1_OBJECT *id;
    ASN1_INTEGER *major;
    ASN1_INTEGER *minor;
} LAB_CERT_TEMPLATE;

ASN1_SEQUENCE(LAB_CERT_TEMPLATE) =
    {
        ASN1_SIMPLE(LAB_CERT_TEMPLATE, id, ASN1_OBJECT),
        ASN1_OPT(LAB_CERT_TEMPLATE, major, ASN1_INTEGER),
        ASN1_OPT(LAB_CERT_TEMPLATE, minor, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(LAB_CERT_TEMPLATE)

        static bool oid_is(const ASN1_OBJECT *object, const char *oid)
{
    char text[128];

    return OBJ_obj2txt(text, sizeof(text), object, 1) > 0 && strcmp(text, oid) == 0;
}

/* ---- the request itself: MS-WCCE 3.2.1.4.2.1.4.1 ---- */

static int count_values(X509_REQ *csr, const char *oid)
{
    int values = 0;

    for (int i = 0; i < X509_REQ_get_attr_count(csr); i++) {
        X509_ATTRIBUTE *attribute = X509_REQ_get_attr(csr, i);

        if (oid_is(X509_ATTRIBUTE_get0_object(attribute), oid))
            values += X509_ATTRIBUTE_count(attribute);
    }
    return values;
}

static struct verdict check_attributes(X509_REQ *csr)
{
    if (count_values(csr, OID_OS_VERSION) > 1)
        return NO(0x8007000D, "more than one OS version");
    if (count_values(csr, OID_CSP) > 1)
        return NO(0x8007000D, "more than one CSP provider");
    if (count_values(csr, OID_RENEWAL) > 0)
        return NO(0x8009400E, "a renewal certificate where none is expected");
    return OK;
}

/* The template that the extension of the request names. */
static bool asks_template(X509_REQ *csr, const char *oid)
{
    STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(csr);
    LAB_CERT_TEMPLATE *asked = NULL;
    bool found = false;

    for (int i = 0; i < sk_X509_EXTENSION_num(list); i++) {
        X509_EXTENSION *extension = sk_X509_EXTENSION_value(list, i);

        if (!oid_is(X509_EXTENSION_get_object(extension), OID_TEMPLATE))
            continue;
        asked = (LAB_CERT_TEMPLATE *)ASN1_item_unpack(X509_EXTENSION_get_data(extension),
                                                      ASN1_ITEM_rptr(LAB_CERT_TEMPLATE));
        found = asked != NULL && oid_is(asked->id, oid);
        ASN1_item_free((ASN1_VALUE *)asked, ASN1_ITEM_rptr(LAB_CERT_TEMPLATE));
    }
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    return found;
}

static struct verdict check_form(const struct adcs_question *question,
                                 const struct cmc_request *request)
{
    struct verdict verdict = cmc_check_first(request);

    if (verdict.code == 0)
        verdict = cmc_check_csr(request);
    if (verdict.code == 0)
        verdict = check_attributes(cmc_csr(request));
    if (verdict.code == 0 && policy_is(question->policy, POLICY_FORM, "strict") &&
        !cmc_is_bare(request))
        verdict = cmc_form_check(question->blob, question->len);
    if (verdict.code == 0 && policy_is(question->policy, POLICY_SHA1, "refused") &&
        cmc_uses_sha1(request))
        verdict = NO(0x80094016, "signed with SHA-1 or weaker");
    return verdict;
}

/* ---- the template: MS-WCCE 3.2.2.6.2.1.4.1 to 4.3 ---- */

static bool is_newer(const LAB_CERT_TEMPLATE *asked)
{
    int64_t major = 0; /* absent numbers count as zero */
    int64_t minor = 0;

    if (asked->major != NULL && ASN1_INTEGER_get_int64(&major, asked->major) != 1)
        return true;
    if (asked->minor != NULL && ASN1_INTEGER_get_int64(&minor, asked->minor) != 1)
        return true;
    return major > LAB_TEMPLATE_MAJOR ||
           (major == LAB_TEMPLATE_MAJOR && minor > LAB_TEMPLATE_MINOR);
}

static struct verdict check_template_v2(X509_EXTENSION *extension)
{
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    LAB_CERT_TEMPLATE *asked =
        (LAB_CERT_TEMPLATE *)ASN1_item_unpack(value, ASN1_ITEM_rptr(LAB_CERT_TEMPLATE));
    struct verdict verdict = OK;

    if (asked == NULL)
        verdict = NO(0x80093103, "the template extension does not parse");
    else if (!oid_is(asked->id, LAB_TEMPLATE))
        verdict = NO(0x80094800, "a template this CA does not offer");
    else if (is_newer(asked))
        verdict = NO(0x80094807, "a template newer than the CA's");
    ASN1_item_free((ASN1_VALUE *)asked, ASN1_ITEM_rptr(LAB_CERT_TEMPLATE));
    return verdict;
}

static struct verdict check_template_v1(X509_EXTENSION *extension)
{
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    const unsigned char *at = ASN1_STRING_get0_data(value);
    ASN1_STRING *name = d2i_DISPLAYTEXT(NULL, &at, ASN1_STRING_length(value));
    unsigned char *utf8 = NULL;
    struct verdict verdict = OK;

    if (name == NULL || ASN1_STRING_to_UTF8(&utf8, name) < 0)
        verdict = NO(0x80093103, "the template name does not parse");
    else if (strcasecmp((char *)utf8, LAB_TEMPLATE_NAME) != 0)
        verdict = NO(0x80094800, "a template name this CA does not offer");
    OPENSSL_free(utf8);
    ASN1_STRING_free(name);
    return verdict;
}

/* One requested template identifier; `seen` counts all of them, `known` those that the CA has.
 * */
static struct verdict check_identifier(X509_EXTENSION *extension, int *seen, int *known)
{
    const ASN1_OBJECT *type = X509_EXTENSION_get_object(extension);
    struct verdict verdict;

    if (oid_is(type, OID_TEMPLATE))
        verdict = check_template_v2(extension);
    else if (oid_is(type, OID_TEMPLATE_V1))
        verdict = check_template_v1(extension);
    else
        return OK;
    *seen += 1;
    *known += verdict.code != 0x80094800;
    return verdict;
}

static struct verdict check_identifiers(X509_REQ *csr)
{
    STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(csr);
    struct verdict verdict = OK;
    int seen = 0;
    int known = 0;

    for (int i = 0; i < sk_X509_EXTENSION_num(list); i++) {
        struct verdict next = check_identifier(sk_X509_EXTENSION_value(list, i), &seen, &known);

        verdict = verdict.code == 0 ? next : verdict;
    }
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    if (seen == 0)
        return NO(0x80094801, "no template is named");
    if (known > 0 && known < seen)
        return NO(0x80094802, "the template identifiers name different templates");
    return verdict;
}

static struct verdict check_template(const struct adcs_question *question, X509_REQ *csr)
{
    struct verdict verdict = check_identifiers(csr);

    if (verdict.code != 0)
        return verdict;
    if (!policy_is(question->policy, POLICY_TEMPLATE, "published"))
        return NO(0x80094800, "the template is not published on this CA");
    if (question->caller->no_enroll || policy_is(question->policy, POLICY_ENROLL, "denied"))
        return NO(0x80094012, "the caller has no Enroll right on the template");
    return OK;
}

/* ---- the RA's signature: MS-WCCE 3.2.2.6.2.1.4.5 ---- */

static bool has_eku(X509 *cert, const char *oid)
{
    EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++)
        found = found || oid_is(sk_ASN1_OBJECT_value(list, i), oid);
    EXTENDED_KEY_USAGE_free(list);
    return found;
}

static bool is_revoked(X509 *cert, const char *revoked)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
    char *hex = number != NULL ? BN_bn2hex(number) : NULL;
    bool found =
        hex == NULL || strstr(revoked, hex) != NULL; /* all serial numbers have the same length */

    OPENSSL_free(hex);
    BN_free(number);
    return found;
}

static struct verdict chain_fault(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return NO(0x800B0101, "the signer's certificate is outside its validity");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return NO(0x800B0109, "the signer's chain ends in a root that is not trusted");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return NO(0x800B010A, "the signer's chain is incomplete");
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return NO(0x80096004, "a signature in the signer's chain is wrong");
    default:
        return NO(0x800B010A, "the signer's chain is not valid");
    }
}

static struct verdict check_chain(const struct adcs_question *question, X509 *cert,
                                  STACK_OF(X509) * certs)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    struct verdict verdict = NO(0x8007000E, "out of memory");

    if (store == NULL || ctx == NULL || X509_STORE_add_cert(store, question->ca->root) != 1 ||
        X509_STORE_CTX_init(ctx, store, cert, certs) != 1)
        goto out;
    X509_STORE_CTX_set_time(ctx, 0, (time_t)question->now);
    verdict = X509_verify_cert(ctx) == 1 ? OK : chain_fault(X509_STORE_CTX_get_error(ctx));
out:
    ERR_clear_error();
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return verdict;
}

static struct verdict check_ra_chain(const struct adcs_question *question,
                                     const struct cmc_request *request, X509 *cert)
{
    STACK_OF(X509) *certs = cmc_certs(request);
    struct verdict verdict = NO(0x8007000E, "out of memory");

    if (certs != NULL && X509_add_cert(certs, question->ca->cert, X509_ADD_FLAG_UP_REF) == 1)
        verdict = check_chain(question, cert, certs);
    sk_X509_pop_free(certs, X509_free);
    return verdict;
}

static struct verdict check_ra(const struct adcs_question *question,
                               const struct cmc_request *request, int i, bool *has_policy)
{
    X509 *cert = NULL;
    struct verdict verdict = cmc_check_extra(request, i, &cert);

    if (verdict.code == 0)
        verdict = check_ra_chain(question, request, cert);
    if (verdict.code == 0 && policy_is(question->policy, POLICY_REVOCATION, "offline"))
        verdict = NO(0x80092013, "the signer's revocation cannot be told");
    if (verdict.code == 0 && is_revoked(cert, question->ca->revoked))
        verdict = NO(0x80092010, "the signer's certificate is revoked");
    if (verdict.code == 0 && (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) == 0)
        verdict = NO(0x800B0110, "the signer's certificate is not for signing");
    if (verdict.code == 0 && has_eku(cert, question->policy->value[POLICY_RA_POLICY]))
        *has_policy = true;
    X509_free(cert);
    return verdict;
}

static struct verdict check_signatures(const struct adcs_question *question,
                                       const struct cmc_request *request)
{
    int wanted = policy_number(question->policy, POLICY_RA_SIGNATURES);
    int there = cmc_extra_signers(request);
    bool has_policy = wanted == 0;
    struct verdict verdict = OK;

    if (wanted > 0 && there == 0)
        return NO(0x80094809, "the template wants a signature, and there is none");
    if (there < wanted)
        return NO(0x8009480A, "the template wants more signatures");
    for (int i = 0; verdict.code == 0 && i < there; i++)
        verdict = check_ra(question, request, i, &has_policy);
    if (verdict.code == 0 && !has_policy)
        verdict = NO(0x8009480B, "no signer has the application policy the template wants");
    return verdict;
}

static struct verdict check_key(const struct adcs_question *question, X509_REQ *csr)
{
    EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
    int minimum = policy_number(question->policy, POLICY_MINIMUM_KEY);

    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        minimum = 256;
    return EVP_PKEY_get_bits(key) >= minimum ? OK : NO(0x80094811, "the key is too short");
}

/* ---- the certificate: MS-WCCE 3.2.2.6.2.1.4.5.9; the names are the caller's ---- */

static const struct user *named_user(const struct adcs_question *question)
{
    const char *name = question->policy->value[POLICY_CERT_USER];
    const struct user *other;

    if (strcmp(name, "caller") == 0)
        return question->caller;
    other = users_find_account(question->users, name);
    return other != NULL ? other : question->caller;
}

/* EKU and application policies, both from one list of at most four OIDs. */
static void print_usage(const char *list, char *out, size_t size)
{
    char copy[80];
    char *rest = NULL;
    int n = 0;
    size_t used = (size_t)snprintf(out, size,
                                   "extendedKeyUsage = %s\n"
                                   "1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:usage\n",
                                   list);

    snprintf(copy, sizeof(copy), "%s", list);
    for (char *oid = strtok_r(copy, ",", &rest); oid != NULL && n < 4;
         oid = strtok_r(NULL, ",", &rest), n++)
        used += (size_t)snprintf(out + used, size - used, "[usage%d]\nid = OID:%s\n", n, oid);
    used += (size_t)snprintf(out + used, size - used, "[usage]\n");
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, size - used, "n%d = SEQUENCE:usage%d\n", i, i);
}

/* Two lines: the URL of the CRL, and the URL of the CA's certificate. */
static void print_where(const struct adcs_question *question, char *out, size_t size)
{
    const char *aia = strchr(question->ca->where, '\n');
    size_t cdp_len = aia != NULL ? (size_t)(aia - question->ca->where) + 1 : 0;

    out[0] = '\0';
    if (policy_is(question->policy, POLICY_CERT_CDP, "none"))
        return;
    if (policy_is(question->policy, POLICY_CERT_AIA, "none"))
        snprintf(out, size, "%.*s", (int)cdp_len, question->ca->where);
    else
        snprintf(out, size, "%s", question->ca->where);
}

/* The seconds are relative to the CA's clock, before or after it. */
static int64_t shift_dates(const struct policy *policy)
{
    if (policy_is(policy, POLICY_CERT_DATES, "now"))
        return 0;
    return policy_is(policy, POLICY_CERT_DATES, "past") ? -SHIFT_S : SHIFT_S;
}

static void print_extensions(const struct adcs_question *question, char *out, size_t size)
{
    const struct policy *policy = question->policy;
    char usage[800] = "", key_usage[120] = "", where[400];

    if (!policy_is(policy, POLICY_CERT_EKU, "none"))
        print_usage(policy->value[POLICY_CERT_EKU], usage, sizeof(usage));
    if (!policy_is(policy, POLICY_CERT_KU, "none"))
        snprintf(key_usage, sizeof(key_usage), "keyUsage = critical,%s\n",
                 policy->value[POLICY_CERT_KU]);
    print_where(question, where, sizeof(where));
    snprintf(out, size,
             "[ext]\n%s"
             "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
             "1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template\n%s%s"
             "[template]\nid = OID:%s\nmajor = INTEGER:%d\nminor = INTEGER:%d\n",
             key_usage, where, usage,
             policy_is(policy, POLICY_CERT_TEMPLATE, "other") ? LAB_RA_TEMPLATE : LAB_TEMPLATE,
             LAB_TEMPLATE_MAJOR, LAB_TEMPLATE_MINOR);
}

static int issue_cert(const struct adcs_question *question, X509_REQ *csr, X509 **cert)
{
    const struct policy *policy = question->policy;
    const struct user *user = named_user(question);
    bool other_key = policy_is(policy, POLICY_CERT_KEY, "other") && question->ca->other_key != NULL;
    char extensions[2000];
    struct pki_spec spec = {
        .subject = user->dn,
        .not_before = question->now + shift_dates(policy) - BACK_DATED_S,
        .not_after = question->now + shift_dates(policy) + policy_number(policy, POLICY_LIFETIME_S),
        .has_two_upns = policy_is(policy, POLICY_CERT_UPN, "two"),
        .is_ia5_upn = policy_is(policy, POLICY_CERT_UPN, "ia5"),
        .is_sha1 = policy_is(policy, POLICY_CERT_DIGEST, "sha1"),
        .extensions = extensions,
        .key = X509_REQ_get0_pubkey(csr),
        .issuer = question->ca->cert,
        .signer = question->ca->key,
    };

    if (!policy_is(policy, POLICY_CERT_UPN, "none"))
        spec.upn = user->upn;
    if (!policy_is(policy, POLICY_CERT_SID, "none"))
        spec.sid = policy_is(policy, POLICY_CERT_SID, "other") ? ADMINISTRATOR : user->sid;
    if (other_key)
        spec.key = question->ca->other_key;
    print_extensions(question, extensions, sizeof(extensions));
    return pki_issue(&spec, cert);
}

/* ---- the registration authority's own: MS-WCCE 3.2.1.4.2.1.4.2.2 ---- */

/* The certificate that the request names as the one to be renewed; NULL if there is none. */
static X509 *renewed_cert(X509_REQ *csr)
{
    for (int i = 0; i < X509_REQ_get_attr_count(csr); i++) {
        X509_ATTRIBUTE *attribute = X509_REQ_get_attr(csr, i);
        const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attribute, 0);
        const unsigned char *at;

        if (!oid_is(X509_ATTRIBUTE_get0_object(attribute), OID_RENEWAL) || value == NULL ||
            value->type != V_ASN1_SEQUENCE)
            continue;
        at = value->value.sequence->data;
        return d2i_X509(NULL, &at, value->value.sequence->length);
    }
    return NULL;
}

/* The signer's certificate must be the one that is renewed, valid, and of this template. */
static struct verdict check_renewal(const struct adcs_question *question,
                                    const struct cmc_request *request, const X509 *old)
{
    X509 *cert = NULL;
    struct verdict verdict;

    if (cmc_extra_signers(request) != 1)
        return NO(0x80094809, "a renewal that the old key does not sign");
    verdict = cmc_check_extra(request, 0, &cert);
    if (verdict.code == 0 && X509_cmp(cert, old) != 0)
        verdict = NO(0x8009400E, "signed with another certificate than the one that is renewed");
    if (verdict.code == 0)
        verdict = check_ra_chain(question, request, cert);
    if (verdict.code == 0 && is_revoked(cert, question->ca->revoked))
        verdict = NO(0x80092010, "the certificate that is renewed is revoked");
    if (verdict.code == 0 && !has_eku(cert, question->policy->value[POLICY_RA_POLICY]))
        verdict = NO(0x80094806, "the certificate that is renewed is no registration authority's");
    X509_free(cert);
    return verdict;
}

static struct verdict decide_ra_request(const struct adcs_question *question,
                                        const struct cmc_request *request)
{
    X509_REQ *csr = cmc_csr(request);
    int renewals = count_values(csr, OID_RENEWAL);
    X509 *old = NULL;
    struct verdict verdict = OK;

    if (strcmp(question->caller->name, LAB_RA_MACHINE) != 0)
        return NO(0x80094012, "the caller has no Enroll right on the template");
    if (!cmc_is_bare(request))
        verdict = cmc_check_first(request);
    if (verdict.code == 0)
        verdict = cmc_check_csr(request);
    if (verdict.code == 0)
        verdict = check_key(question, csr);
    if (verdict.code != 0 || renewals == 0)
        return verdict;
    old = renewed_cert(csr);
    verdict = old != NULL && renewals == 1 ? check_renewal(question, request, old)
                                           : NO(0x8009400E, "no certificate that is renewed");
    X509_free(old);
    return verdict;
}

static int issue_ra(const struct adcs_question *question, X509_REQ *csr, X509 **cert)
{
    char own[800], extensions[1400], where[400];
    struct pki_spec spec = {.not_before = question->now - BACK_DATED_S,
                            .not_after = question->now - BACK_DATED_S + 48 * 3600,
                            .extensions = extensions,
                            .key = X509_REQ_get0_pubkey(csr),
                            .issuer = question->ca->cert,
                            .signer = question->ca->key};

    print_where(question, where, sizeof(where));
    pki_print_ra(true, "digitalSignature", own, sizeof(own));
    snprintf(extensions, sizeof(extensions),
             "[ext]\n%ssubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n%s", where,
             own);
    return pki_issue(&spec, cert);
}

/* ---- the decision ---- */

static struct verdict decide_by_template(const struct adcs_question *question,
                                         const struct cmc_request *request)
{
    X509_REQ *csr = cmc_csr(request);
    struct verdict verdict;

    if (asks_template(csr, LAB_RA_TEMPLATE))
        return decide_ra_request(question, request);
    verdict = check_form(question, request);
    if (verdict.code == 0)
        verdict = check_template(question, csr);
    if (verdict.code == 0)
        verdict = check_signatures(question, request);
    if (verdict.code == 0)
        verdict = check_key(question, csr);
    if (verdict.code == 0 && question->caller->upn == NULL)
        verdict = NO(0x8009480D, "the caller's account has no UPN");
    if (strncmp(question->policy->value[POLICY_ANSWER], "0x", 2) == 0)
        verdict = NO((uint32_t)strtoul(question->policy->value[POLICY_ANSWER], NULL, 16),
                     "as the policy of the lab says");
    return verdict;
}

int adcs_decide(const struct adcs_question *question, struct adcs_answer *answer)
{
    struct cmc_request *request = NULL;
    struct verdict verdict = cmc_read(question->blob, question->len, &request);
    int end = LAB_OK;

    memset(answer, 0, sizeof(*answer));
    if (verdict.code == 0)
        verdict = decide_by_template(question, request);
    answer->hresult = verdict.code;
    answer->why = verdict.why;
    if (verdict.code != 0) {
        answer->outcome = ADCS_DENIED;
    } else if (policy_is(question->policy, POLICY_ANSWER, "pending")) {
        answer->outcome = ADCS_PENDING;
        answer->why = "the template holds every request";
    } else {
        answer->outcome = ADCS_ISSUED;
        answer->why = "issued";
        end = asks_template(cmc_csr(request), LAB_RA_TEMPLATE)
                  ? issue_ra(question, cmc_csr(request), &answer->cert)
                  : issue_cert(question, cmc_csr(request), &answer->cert);
    }
    cmc_free(request);
    return end;
}

void adcs_answer_clear(struct adcs_answer *answer)
{
    X509_free(answer->cert);
    answer->cert = NULL;
}
