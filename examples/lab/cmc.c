/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmc.h"

#include <string.h>
#include <time.h>

#include <openssl/asn1t.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "log.h"

#define OID_ADD_ATTRIBUTES "1.3.6.1.4.1.311.10.10.1"
#define OID_CERT_HASH      "1.3.6.1.4.1.311.21.17"
#define OID_STATUS_INFO    "1.3.6.1.5.5.7.7.1"

#define OK              ((struct verdict){0, NULL})
#define NO(code_, why_) ((struct verdict){(code_), (why_)})

/* ---- RFC 2797 section 3, as far as it is needed; OpenSSL has none of it ---- */

typedef struct {
    ASN1_INTEGER *id;
    ASN1_OBJECT *type;
    STACK_OF(ASN1_TYPE) * values;
} LAB_CONTROL;

typedef struct {
    ASN1_INTEGER *id;
    X509_REQ *csr;
} LAB_TAGGED_CSR;

typedef struct {
    int type;
    union {
        LAB_TAGGED_CSR *csr;
        ASN1_STRING *crmf;
        ASN1_STRING *other;
    } value;
} LAB_TAGGED_REQUEST;

typedef struct {
    STACK_OF(LAB_CONTROL) * controls;
    STACK_OF(LAB_TAGGED_REQUEST) * requests;
    STACK_OF(ASN1_TYPE) * cms;
    STACK_OF(ASN1_TYPE) * others;
} LAB_PKI_DATA;

typedef struct {
    STACK_OF(LAB_CONTROL) * controls;
    STACK_OF(ASN1_TYPE) * cms;
    STACK_OF(ASN1_TYPE) * others;
} LAB_PKI_RESPONSE;

typedef struct {
    ASN1_INTEGER *data_reference;
    STACK_OF(ASN1_INTEGER) * cert_references;
    STACK_OF(X509_ATTRIBUTE) * attributes;
} LAB_ADD_ATTRIBUTES;

typedef struct {
    ASN1_OCTET_STRING *token;
    ASN1_GENERALIZEDTIME *time;
} LAB_PEND_INFO;

typedef struct {
    int type;
    union {
        ASN1_INTEGER *fail;
        LAB_PEND_INFO *pend;
    } value;
} LAB_OTHER_INFO;

typedef struct {
    ASN1_INTEGER *status;
    STACK_OF(ASN1_INTEGER) * bodies;
    ASN1_UTF8STRING *message;
    LAB_OTHER_INFO *other;
} LAB_STATUS_INFO;

DEFINE_STACK_OF(LAB_CONTROL)
DEFINE_STACK_OF(LAB_TAGGED_REQUEST)

ASN1_SEQUENCE(LAB_CONTROL) =
    {
        ASN1_SIMPLE(LAB_CONTROL, id, ASN1_INTEGER),
        ASN1_SIMPLE(LAB_CONTROL, type, ASN1_OBJECT),
        ASN1_SET_OF(LAB_CONTROL, values, ASN1_ANY),
} static_ASN1_SEQUENCE_END(LAB_CONTROL)

        ASN1_SEQUENCE(LAB_TAGGED_CSR) =
            {
                ASN1_SIMPLE(LAB_TAGGED_CSR, id, ASN1_INTEGER),
                ASN1_SIMPLE(LAB_TAGGED_CSR, csr, X509_REQ),
} static_ASN1_SEQUENCE_END(LAB_TAGGED_CSR)

                ASN1_CHOICE(LAB_TAGGED_REQUEST) =
                    {
                        ASN1_IMP(LAB_TAGGED_REQUEST, value.csr, LAB_TAGGED_CSR, 0),
                        ASN1_IMP(LAB_TAGGED_REQUEST, value.crmf, ASN1_SEQUENCE, 1),
                        ASN1_IMP(LAB_TAGGED_REQUEST, value.other, ASN1_SEQUENCE, 2),
} static_ASN1_CHOICE_END(LAB_TAGGED_REQUEST)

                        ASN1_SEQUENCE(LAB_PKI_DATA) =
                            {
                                ASN1_SEQUENCE_OF(LAB_PKI_DATA, controls, LAB_CONTROL),
                                ASN1_SEQUENCE_OF(LAB_PKI_DATA, requests, LAB_TAGGED_REQUEST),
                                ASN1_SEQUENCE_OF(LAB_PKI_DATA, cms, ASN1_ANY),
                                ASN1_SEQUENCE_OF(LAB_PKI_DATA, others, ASN1_ANY),
} static_ASN1_SEQUENCE_END(LAB_PKI_DATA)

                                ASN1_SEQUENCE(LAB_PKI_RESPONSE) =
                                    {
                                        ASN1_SEQUENCE_OF(LAB_PKI_RESPONSE, controls, LAB_CONTROL),
                                        ASN1_SEQUENCE_OF(LAB_PKI_RESPONSE, cms, ASN1_ANY),
                                        ASN1_SEQUENCE_OF(LAB_PKI_RESPONSE, others, ASN1_ANY),
} static_ASN1_SEQUENCE_END(LAB_PKI_RESPONSE)

                                        ASN1_SEQUENCE(LAB_ADD_ATTRIBUTES) =
                                            {
                                                ASN1_SIMPLE(LAB_ADD_ATTRIBUTES, data_reference,
                                                            ASN1_INTEGER),
                                                ASN1_SEQUENCE_OF(LAB_ADD_ATTRIBUTES,
                                                                 cert_references, ASN1_INTEGER),
                                                ASN1_SET_OF(LAB_ADD_ATTRIBUTES, attributes,
                                                            X509_ATTRIBUTE),
} static_ASN1_SEQUENCE_END(LAB_ADD_ATTRIBUTES)

                                                ASN1_SEQUENCE(LAB_PEND_INFO) =
                                                    {
                                                        ASN1_SIMPLE(LAB_PEND_INFO, token,
                                                                    ASN1_OCTET_STRING),
                                                        ASN1_SIMPLE(LAB_PEND_INFO, time,
                                                                    ASN1_GENERALIZEDTIME),
} static_ASN1_SEQUENCE_END(LAB_PEND_INFO)

                                                        ASN1_CHOICE(LAB_OTHER_INFO) =
                                                            {
                                                                ASN1_SIMPLE(LAB_OTHER_INFO,
                                                                            value.fail,
                                                                            ASN1_INTEGER),
                                                                ASN1_SIMPLE(LAB_OTHER_INFO,
                                                                            value.pend,
                                                                            LAB_PEND_INFO),
} static_ASN1_CHOICE_END(LAB_OTHER_INFO)

                                                                ASN1_SEQUENCE(LAB_STATUS_INFO) =
                                                                    {
                                                                        ASN1_SIMPLE(LAB_STATUS_INFO,
                                                                                    status,
                                                                                    ASN1_INTEGER),
                                                                        ASN1_SEQUENCE_OF(
                                                                            LAB_STATUS_INFO, bodies,
                                                                            ASN1_INTEGER),
                                                                        ASN1_OPT(LAB_STATUS_INFO,
                                                                                 message,
                                                                                 ASN1_UTF8STRING),
                                                                        ASN1_OPT(LAB_STATUS_INFO,
                                                                                 other,
                                                                                 LAB_OTHER_INFO),
} static_ASN1_SEQUENCE_END(LAB_STATUS_INFO)

    /* Signed attributes in the form that is signed: with the tag SET, in the order of the
     * message. */
    typedef STACK_OF(X509_ATTRIBUTE) LAB_SIGNED;
ASN1_ITEM_TEMPLATE(LAB_SIGNED) = ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF | ASN1_TFLG_IMPTAG |
                                                           ASN1_TFLG_UNIVERSAL,
                                                       V_ASN1_SET, LAB_SIGNED, X509_ATTRIBUTE)
    static_ASN1_ITEM_TEMPLATE_END(LAB_SIGNED)

        struct cmc_request {
    X509_REQ *bare; /* a PKCS#10 without CMC */
    CMS_ContentInfo *cms;
    LAB_PKI_DATA *data;
};

/* ---- reading ---- */

/* Why octets are not DER of the expected type: cut off, followed by other octets, or another
 * reason. */
static struct verdict der_fault(const unsigned char *der, size_t len)
{
    const unsigned char *at = der;
    long inner = 0;
    int tag = 0;
    int class = 0;

    ERR_clear_error();
    if (len == 0 || *der != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
        return NO(0x8009310B, "not a SEQUENCE");
    if ((ASN1_get_object(&at, &inner, &tag, &class, (long)len) & 0x80) != 0) {
        ERR_clear_error();
        return NO(0x80093102, "cut off");
    }
    if ((size_t)(at - der) + (size_t)inner != len)
        return NO(0x80093202, "bytes after the end");
    return NO(0x80093103, "not the structure it should be");
}

static bool is_content_info(const unsigned char *der, size_t len)
{
    const unsigned char *at = der;
    long inner = 0;
    int tag = 0;
    int class = 0;

    if ((ASN1_get_object(&at, &inner, &tag, &class, (long)len) & 0x80) != 0) {
        ERR_clear_error();
        return false;
    }
    return inner > 0 && *at == V_ASN1_OBJECT;
}

static struct verdict read_csr(struct cmc_request *request, const unsigned char *der, size_t len)
{
    const unsigned char *at = der;

    request->bare = d2i_X509_REQ(NULL, &at, (long)len);
    return request->bare != NULL && at == der + len ? OK : der_fault(der, len);
}

static struct verdict check_bodies(LAB_PKI_DATA *data)
{
    int64_t id[64];
    int n = 0;
    bool ok = true;

    for (int i = 0; i < sk_LAB_CONTROL_num(data->controls) && n < 63; i++)
        ok = ok && ASN1_INTEGER_get_int64(&id[n++], sk_LAB_CONTROL_value(data->controls, i)->id);
    ok = ok && ASN1_INTEGER_get_int64(
                   &id[n++], sk_LAB_TAGGED_REQUEST_value(data->requests, 0)->value.csr->id);
    for (int i = 0; ok && i < n; i++)
        for (int j = 0; j < i; j++)
            ok = ok && id[i] != id[j];
    for (int i = 0; ok && i < n; i++)
        ok = id[i] > 0;
    return ok ? OK : NO(0x8007000D, "body part ids are not unique and positive");
}

static struct verdict read_data(struct cmc_request *request, const ASN1_OCTET_STRING *content)
{
    const unsigned char *der = ASN1_STRING_get0_data(content);
    const unsigned char *at = der;
    int len = ASN1_STRING_length(content);

    request->data = (LAB_PKI_DATA *)ASN1_item_d2i(NULL, &at, len, ASN1_ITEM_rptr(LAB_PKI_DATA));
    if (request->data == NULL || at != der + len)
        return der_fault(der, (size_t)len);
    if (sk_LAB_TAGGED_REQUEST_num(request->data->requests) != 1)
        return NO(0x8007000D, "PKIData without exactly one request");
    if (sk_LAB_TAGGED_REQUEST_value(request->data->requests, 0)->type != 0)
        return NO(0x8007000D, "the request is not a PKCS#10");
    return check_bodies(request->data);
}

static struct verdict read_cms(struct cmc_request *request, const unsigned char *der, size_t len)
{
    const unsigned char *at = der;
    ASN1_OCTET_STRING **content;

    request->cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    if (request->cms == NULL || at != der + len)
        return der_fault(der, len);
    if (OBJ_obj2nid(CMS_get0_type(request->cms)) != NID_pkcs7_signed)
        return NO(0x80091004, "not signedData");
    if (OBJ_obj2nid(CMS_get0_eContentType(request->cms)) != NID_id_cct_PKIData)
        return NO(0x80091004, "eContentType is not id-cct-PKIData");
    content = CMS_get0_content(request->cms);
    if (content == NULL || *content == NULL)
        return NO(0x8007000D, "no eContent");
    return read_data(request, *content);
}

struct verdict cmc_read(const unsigned char *der, size_t len, struct cmc_request **out)
{
    struct cmc_request *request = OPENSSL_zalloc(sizeof(*request));
    struct verdict verdict = NO(0x8007000E, "out of memory");

    *out = NULL;
    if (request != NULL)
        verdict =
            is_content_info(der, len) ? read_cms(request, der, len) : read_csr(request, der, len);
    ERR_clear_error();
    if (verdict.code == 0)
        *out = request;
    else
        cmc_free(request);
    return verdict;
}

void cmc_free(struct cmc_request *request)
{
    if (request == NULL)
        return;
    X509_REQ_free(request->bare);
    CMS_ContentInfo_free(request->cms);
    ASN1_item_free((ASN1_VALUE *)request->data, ASN1_ITEM_rptr(LAB_PKI_DATA));
    OPENSSL_free(request);
}

bool cmc_is_bare(const struct cmc_request *request)
{
    return request->bare != NULL;
}

X509_REQ *cmc_csr(const struct cmc_request *request)
{
    if (request->bare != NULL)
        return request->bare;
    return sk_LAB_TAGGED_REQUEST_value(request->data->requests, 0)->value.csr->csr;
}

STACK_OF(X509) * cmc_certs(const struct cmc_request *request)
{
    STACK_OF(X509) *certs = request->cms != NULL ? CMS_get1_certs(request->cms) : NULL;

    return certs != NULL ? certs : sk_X509_new_null();
}

/* ---- the PKCS#10's own signature ---- */

/* MS-WCCE 2.2.2.6.5: the algorithm is a bare hash, the "signature" the hash itself. */
static bool is_null_signed(X509_REQ *csr)
{
    const ASN1_BIT_STRING *value = NULL;
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *oid = NULL;
    const EVP_MD *md;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int hash_len = 0;
    unsigned char *der = NULL;
    int len;
    bool same;

    X509_REQ_get0_signature(csr, &value, &algorithm);
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    md = EVP_get_digestbyobj(oid);
    len = md != NULL ? i2d_re_X509_REQ_tbs(csr, &der) : -1;
    same = len > 0 && EVP_Digest(der, (size_t)len, hash, &hash_len, md, NULL) == 1 &&
           ASN1_STRING_length(value) == (int)hash_len &&
           memcmp(ASN1_STRING_get0_data(value), hash, hash_len) == 0;
    OPENSSL_free(der);
    return same;
}

struct verdict cmc_check_csr(const struct cmc_request *request)
{
    X509_REQ *csr = cmc_csr(request);
    EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
    bool ok = key != NULL && X509_REQ_verify(csr, key) == 1;

    if (!ok && request->cms != NULL)
        ok = is_null_signed(csr);
    ERR_clear_error();
    return ok ? OK : NO(0x80090006, "the signature of the PKCS#10 is wrong");
}

/* ---- the signers ---- */

static STACK_OF(CMS_SignerInfo) * signers(const struct cmc_request *request)
{
    return request->cms != NULL ? CMS_get0_SignerInfos(request->cms) : NULL;
}

static int signature_nid(CMS_SignerInfo *signer)
{
    X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *oid = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, NULL, &algorithm);
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    return OBJ_obj2nid(oid);
}

static const EVP_MD *signer_digest(CMS_SignerInfo *signer)
{
    X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *oid = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &algorithm, NULL);
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    return EVP_get_digestbyobj(oid);
}

static bool has_content_type(const struct cmc_request *request, CMS_SignerInfo *signer)
{
    const ASN1_OBJECT *type =
        CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);

    return type != NULL && OBJ_cmp(type, CMS_get0_eContentType(request->cms)) == 0;
}

static bool has_digest(const struct cmc_request *request, CMS_SignerInfo *signer)
{
    const ASN1_OCTET_STRING *told = CMS_signed_get0_data_by_OBJ(
        signer, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING);
    const ASN1_OCTET_STRING *content = *CMS_get0_content(request->cms);
    const EVP_MD *md = signer_digest(signer);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    return told != NULL && md != NULL &&
           EVP_Digest(ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content), hash,
                      &len, md, NULL) == 1 &&
           ASN1_STRING_length(told) == (int)len &&
           memcmp(ASN1_STRING_get0_data(told), hash, len) == 0;
}

static struct verdict check_attributes(const struct cmc_request *request, CMS_SignerInfo *signer)
{
    if (!has_content_type(request, signer))
        return NO(0x80096010, "a signer's contentType is missing or another");
    if (!has_digest(request, signer))
        return NO(0x80096010, "a signer's messageDigest does not fit the content");
    return OK;
}

static LAB_SIGNED *signed_attributes(CMS_SignerInfo *signer)
{
    LAB_SIGNED *list = sk_X509_ATTRIBUTE_new_null();

    for (int i = 0; list != NULL && i < CMS_signed_get_attr_count(signer); i++)
        if (sk_X509_ATTRIBUTE_push(list, CMS_signed_get_attr(signer, i)) <= 0) {
            sk_X509_ATTRIBUTE_free(list);
            list = NULL;
        }
    return list;
}

/* RFC 2797 3.3.3.1: the hash of the octets that a real signer would sign. */
static struct verdict check_no_signature(CMS_SignerInfo *signer)
{
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(signer);
    const EVP_MD *md = signer_digest(signer);
    LAB_SIGNED *attributes = signed_attributes(signer);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int hash_len = 0;
    unsigned char *der = NULL;
    int len = attributes != NULL
                  ? ASN1_item_i2d((ASN1_VALUE *)attributes, &der, ASN1_ITEM_rptr(LAB_SIGNED))
                  : -1;
    bool same = len > 0 && md != NULL &&
                EVP_Digest(der, (size_t)len, hash, &hash_len, md, NULL) == 1 &&
                ASN1_STRING_length(value) == (int)hash_len &&
                memcmp(ASN1_STRING_get0_data(value), hash, hash_len) == 0;

    OPENSSL_free(der);
    sk_X509_ATTRIBUTE_free(attributes);
    return same ? OK : NO(0x80096010, "the no-signature value is not the hash it should be");
}

static bool verify_with(CMS_SignerInfo *signer, X509 *cert)
{
    bool ok;

    CMS_SignerInfo_set1_signer_cert(signer, cert);
    ok = CMS_SignerInfo_verify(signer) == 1;
    ERR_clear_error();
    return ok;
}

/* Proof of possession by the key of the request: OpenSSL needs a certificate that holds the key.
 * */
static struct verdict check_key_id(CMS_SignerInfo *signer, X509_REQ *csr)
{
    X509 *holder = X509_new();
    bool ok = holder != NULL && X509_set_pubkey(holder, X509_REQ_get0_pubkey(csr)) == 1 &&
              verify_with(signer, holder);

    X509_free(holder);
    return ok ? OK : NO(0x80090006, "the first signature is not by the key of the PKCS#10");
}

struct verdict cmc_check_first(const struct cmc_request *request)
{
    CMS_SignerInfo *first;
    ASN1_OCTET_STRING *key_id = NULL;
    struct verdict verdict;

    if (request->cms == NULL)
        return OK;
    if (sk_CMS_SignerInfo_num(signers(request)) < 1)
        return NO(0x8009200E, "nobody signed the message");
    first = sk_CMS_SignerInfo_value(signers(request), 0);
    verdict = check_attributes(request, first);
    if (verdict.code != 0)
        return verdict;
    if (signature_nid(first) == NID_id_alg_noSignature)
        return check_no_signature(first);
    if (CMS_SignerInfo_get0_signer_id(first, &key_id, NULL, NULL) == 1 && key_id != NULL)
        return check_key_id(first, cmc_csr(request));
    return NO(0x8009200E, "the first signer is neither no-signature nor the request's key");
}

int cmc_extra_signers(const struct cmc_request *request)
{
    int all = request->cms != NULL ? sk_CMS_SignerInfo_num(signers(request)) : 0;

    return all > 1 ? all - 1 : 0;
}

static X509 *find_cert(STACK_OF(X509) * certs, CMS_SignerInfo *signer)
{
    for (int i = 0; i < sk_X509_num(certs); i++)
        if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(certs, i)) == 0)
            return sk_X509_value(certs, i);
    return NULL;
}

struct verdict cmc_check_extra(const struct cmc_request *request, int i, X509 **cert)
{
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers(request), i + 1);
    struct verdict verdict = check_attributes(request, signer);
    STACK_OF(X509) *certs = cmc_certs(request);
    X509 *found = find_cert(certs, signer);

    *cert = NULL;
    if (verdict.code == 0 && found == NULL)
        verdict = NO(0x80096002, "the certificate of a signer is not embedded");
    if (verdict.code == 0 && !verify_with(signer, found))
        verdict = NO(0x80090006, "a signature is wrong");
    if (verdict.code == 0 && X509_up_ref(found) == 1)
        *cert = found;
    sk_X509_pop_free(certs, X509_free);
    return verdict;
}

static bool is_weak(int md_nid)
{
    return md_nid == NID_sha1 || md_nid == NID_md5 || md_nid == NID_undef;
}

bool cmc_uses_sha1(const struct cmc_request *request)
{
    int md = NID_undef;
    bool weak = false;

    if (OBJ_find_sigid_algs(X509_REQ_get_signature_nid(cmc_csr(request)), &md, NULL) == 1)
        weak = md != NID_undef && is_weak(md);
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers(request)); i++) {
        const EVP_MD *digest = signer_digest(sk_CMS_SignerInfo_value(signers(request), i));

        weak = weak || digest == NULL || is_weak(EVP_MD_get_type(digest));
    }
    return weak;
}

/* ---- writing ---- */

static bool set_id(ASN1_INTEGER *integer, int64_t value)
{
    return ASN1_INTEGER_set_int64(integer, value) == 1;
}

static bool push_id(STACK_OF(ASN1_INTEGER) * list, int64_t value)
{
    ASN1_INTEGER *integer = ASN1_INTEGER_new();

    if (integer != NULL && set_id(integer, value) && sk_ASN1_INTEGER_push(list, integer) > 0)
        return true;
    ASN1_INTEGER_free(integer);
    return false;
}

/* A control whose one value is `value`, encoded by `item`. */
static bool push_control(STACK_OF(LAB_CONTROL) * list, int id, const char *oid, void *value,
                         const ASN1_ITEM *item)
{
    LAB_CONTROL *control = (LAB_CONTROL *)ASN1_item_new(ASN1_ITEM_rptr(LAB_CONTROL));
    ASN1_STRING *packed = ASN1_item_pack(value, item, NULL);
    ASN1_TYPE *any = ASN1_TYPE_new();
    bool ok = control != NULL && packed != NULL && any != NULL && set_id(control->id, id);

    if (ok) {
        ASN1_OBJECT_free(control->type);
        control->type = OBJ_txt2obj(oid, 1);
        ASN1_TYPE_set(any, V_ASN1_SEQUENCE, packed);
        packed = NULL;
        ok = control->type != NULL && sk_ASN1_TYPE_push(control->values, any) > 0;
        any = ok ? NULL : any;
        ok = ok && sk_LAB_CONTROL_push(list, control) > 0;
        control = ok ? NULL : control;
    }
    ASN1_STRING_free(packed);
    ASN1_TYPE_free(any);
    ASN1_item_free((ASN1_VALUE *)control, ASN1_ITEM_rptr(LAB_CONTROL));
    return ok;
}

static bool set_pending(LAB_OTHER_INFO *other, uint32_t request_id)
{
    unsigned char token[4];

    for (int i = 0; i < 4; i++)
        token[i] = (unsigned char)(request_id >> (8 * i)); /* a Windows integer */
    other->value.pend = (LAB_PEND_INFO *)ASN1_item_new(ASN1_ITEM_rptr(LAB_PEND_INFO));
    other->type = other->value.pend != NULL ? 1 : -1;
    return other->value.pend != NULL &&
           ASN1_OCTET_STRING_set(other->value.pend->token, token, sizeof(token)) == 1 &&
           ASN1_GENERALIZEDTIME_set(other->value.pend->time, time(NULL)) != NULL;
}

static bool set_failed(LAB_OTHER_INFO *other)
{
    other->value.fail = ASN1_INTEGER_new();
    other->type = other->value.fail != NULL ? 0 : -1;
    return other->value.fail != NULL && set_id(other->value.fail, 2); /* badRequest */
}

static bool set_status(LAB_STATUS_INFO *info, const struct cmc_response *response)
{
    bool ok = set_id(info->status, response->status) && push_id(info->bodies, 1);

    info->message = ASN1_UTF8STRING_new();
    ok = ok && info->message != NULL && ASN1_STRING_set(info->message, response->message, -1) == 1;
    if (!ok || response->status == CMC_OK)
        return ok;
    info->other = (LAB_OTHER_INFO *)ASN1_item_new(ASN1_ITEM_rptr(LAB_OTHER_INFO));
    if (info->other == NULL)
        return false;
    return response->status == CMC_PENDING ? set_pending(info->other, response->request_id)
                                           : set_failed(info->other);
}

static bool push_status(LAB_PKI_RESPONSE *body, const struct cmc_response *response)
{
    LAB_STATUS_INFO *info = (LAB_STATUS_INFO *)ASN1_item_new(ASN1_ITEM_rptr(LAB_STATUS_INFO));
    bool ok =
        info != NULL && set_status(info, response) &&
        push_control(body->controls, 1, OID_STATUS_INFO, info, ASN1_ITEM_rptr(LAB_STATUS_INFO));

    ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(LAB_STATUS_INFO));
    return ok;
}

/* The SHA-1 hash of the issued certificate tells which of the certificates it is. */
static X509_ATTRIBUTE *hash_attribute(X509 *issued)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    ASN1_OBJECT *oid = OBJ_txt2obj(OID_CERT_HASH, 1);
    X509_ATTRIBUTE *attribute = NULL;

    if (oid != NULL && X509_digest(issued, EVP_sha1(), hash, &len) == 1)
        attribute = X509_ATTRIBUTE_create_by_OBJ(NULL, oid, V_ASN1_OCTET_STRING, hash, (int)len);
    ASN1_OBJECT_free(oid);
    return attribute;
}

static bool push_hash(LAB_PKI_RESPONSE *body, X509 *issued)
{
    LAB_ADD_ATTRIBUTES *add =
        (LAB_ADD_ATTRIBUTES *)ASN1_item_new(ASN1_ITEM_rptr(LAB_ADD_ATTRIBUTES));
    X509_ATTRIBUTE *attribute = hash_attribute(issued);
    bool ok = add != NULL && attribute != NULL && set_id(add->data_reference, 0) &&
              push_id(add->cert_references, 1) &&
              sk_X509_ATTRIBUTE_push(add->attributes, attribute) > 0;

    attribute = ok ? NULL : attribute;
    ok = ok && push_control(body->controls, 2, OID_ADD_ATTRIBUTES, add,
                            ASN1_ITEM_rptr(LAB_ADD_ATTRIBUTES));
    X509_ATTRIBUTE_free(attribute);
    ASN1_item_free((ASN1_VALUE *)add, ASN1_ITEM_rptr(LAB_ADD_ATTRIBUTES));
    return ok;
}

static int encode_body(const struct cmc_response *response, unsigned char **der)
{
    LAB_PKI_RESPONSE *body = (LAB_PKI_RESPONSE *)ASN1_item_new(ASN1_ITEM_rptr(LAB_PKI_RESPONSE));
    int len = -1;

    *der = NULL;
    if (body != NULL && push_status(body, response) &&
        (response->issued == NULL || push_hash(body, response->issued)))
        len = ASN1_item_i2d((ASN1_VALUE *)body, der, ASN1_ITEM_rptr(LAB_PKI_RESPONSE));
    ASN1_item_free((ASN1_VALUE *)body, ASN1_ITEM_rptr(LAB_PKI_RESPONSE));
    return len;
}

/* OpenSSL adds a signingTime, AD CS does not; a client must accept both. */
static CMS_ContentInfo *sign_body(const struct cmc_response *response, BIO *body)
{
    const unsigned int flags = CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL | CMS_NOCERTS;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, response->chain, NULL, flags);
    bool ok = cms != NULL && CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_cct_PKIResponse)) == 1;

    ok = ok && (response->issued == NULL || CMS_add1_cert(cms, response->issued) == 1) &&
         CMS_add1_signer(cms, response->ca, response->ca_key, EVP_sha256(), flags) != NULL &&
         CMS_final(cms, body, NULL, flags) == 1;
    if (ok)
        return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

int cmc_write(const struct cmc_response *response, unsigned char **der, size_t *len)
{
    unsigned char *body = NULL;
    int body_len = encode_body(response, &body);
    BIO *bio = body_len > 0 ? BIO_new_mem_buf(body, body_len) : NULL;
    CMS_ContentInfo *cms = bio != NULL ? sign_body(response, bio) : NULL;
    int n;

    *der = NULL;
    n = cms != NULL ? i2d_CMS_ContentInfo(cms, der) : -1;
    *len = n > 0 ? (size_t)n : 0;
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
    OPENSSL_free(body);
    return n > 0 ? LAB_OK : lab_log_openssl("make a CMC response");
}
