/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/node.h"

#include "core/alloc.h"
#include "core/array.h"
#include "x509/name_match.h"

/* ---- decoding -------------------------------------------------------------------------------- */

static bool read_basic(daotp__node *node, const daotp__extension *extension)
{
    daotp__bytes in;
    uint32_t length;

    node->basic_constraints = extension;
    node->path_length = -1;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_BOOLEAN) &&
        (!daotp__der_read_boolean(&in, &node->is_ca) || !node->is_ca))
        return false;
    if (in.len == 0)
        return true;
    if (!daotp__der_read_unsigned(&in, &length) || in.len > 0)
        return false;
    node->path_length = length > DAOTP__MAX_CHAIN ? -1 : (int)length;
    return true;
}

static bool read_key_id(daotp__node *node, const daotp__extension *extension)
{
    node->ski = extension;
    return daotp__der_only(extension->value, DAOTP__DER_OCTET_STRING, &node->key_id) &&
           node->key_id.len > 0;
}

static bool node_read_authority(daotp__node *node, const daotp__extension *extension)
{
    node->aki = extension;
    return daotp__aki_read(extension, &node->authority_key_id, &node->authority_issuer,
                           &node->authority_serial);
}

static bool read_usage(daotp__node *node, const daotp__extension *extension)
{
    node->key_usage = extension;
    return daotp__key_usage_read(extension, &node->usage);
}

static bool read_purposes(daotp__node *node, const daotp__extension *extension)
{
    daotp__purposes purposes;

    if (!daotp__eku_read(extension, DAOTP__OID_ANY_EKU, &purposes) ||
        purposes.count > DAOTP__MAX_POLICIES) /* no real certificate has more */
        return false;
    node->eku = extension;
    return true;
}

static bool are_names(const daotp__extension *extension)
{
    daotp__general_name name;
    daotp__bytes in;

    if (!daotp__san_begin(extension, &in))
        return false;
    while (in.len > 0)
        if (!daotp__san_next(&in, &name))
            return false;
    return true;
}

static bool are_points(const daotp__extension *extension)
{
    daotp__crl_dp point;
    daotp__bytes in;
    unsigned count = 0;

    if (!daotp__crl_dps_begin(extension, &in))
        return false;
    while (in.len > 0)
        if (++count > DAOTP__MAX_POINTS || !daotp__crl_dps_next(&in, &point))
            return false;
    return true;
}

/* AuthorityInfoAccessSyntax, RFC 5280 4.2.2.1 */
static bool is_access(const daotp__extension *extension)
{
    daotp__bytes in, one, oid;
    daotp__general_name name;

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return false;
    while (in.len > 0)
        if (!daotp__der_read(&in, DAOTP__DER_SEQUENCE, &one) || !daotp__der_read_oid(&one, &oid) ||
            !daotp__san_next(&one, &name) || one.len > 0)
            return false;
    return true;
}

static bool node_read_extension(daotp__node *node, const daotp__extension *extension)
{
    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_BASIC_CONSTRAINTS:
        return read_basic(node, extension);
    case DAOTP__OID_KEY_USAGE:
        return read_usage(node, extension);
    case DAOTP__OID_EKU:
        return read_purposes(node, extension);
    case DAOTP__OID_SAN:
        node->san = extension;
        return are_names(extension);
    case DAOTP__OID_ISSUER_ALT_NAME:
        node->issuer_alt_name = extension;
        return are_names(extension);
    case DAOTP__OID_SKI:
        return read_key_id(node, extension);
    case DAOTP__OID_AKI:
        return node_read_authority(node, extension);
    case DAOTP__OID_NAME_CONSTRAINTS:
        node->name_constraints = extension;
        return true; /* their readers report malformed values */
    case DAOTP__OID_CERTIFICATE_POLICIES:
        node->policies = extension;
        return true;
    case DAOTP__OID_POLICY_MAPPINGS:
        node->mappings = extension;
        return true;
    case DAOTP__OID_POLICY_CONSTRAINTS:
        node->policy_constraints = extension;
        return true;
    case DAOTP__OID_INHIBIT_ANY_POLICY:
        node->inhibit_any = extension;
        return true;
    case DAOTP__OID_CRL_DISTRIBUTION:
        node->crl_dps = extension;
        return are_points(extension);
    case DAOTP__OID_FRESHEST_CRL:
        node->freshest = extension;
        return are_points(extension);
    case DAOTP__OID_AIA:
        node->aia = extension;
        return is_access(extension);
    case DAOTP__OID_OCSP_NO_CHECK:
        return true;
    default:
        if (extension->critical && node->unknown == NULL)
            node->unknown = extension;
        return true;
    }
}

bool daotp__extension_is_readable(const daotp__extension *extension)
{
    daotp__node ignored = {0};

    return node_read_extension(&ignored, extension);
}

static bool node_decode(daotp__node *node)
{
    daotp__certificate *certificate = &node->certificate;

    node->path_length = -1;
    node->subject_hash = daotp__name_hash(certificate->subject);
    node->issuer_hash = daotp__bytes_equal(certificate->issuer, certificate->subject)
                            ? node->subject_hash
                            : daotp__name_hash(certificate->issuer);
    if (!daotp__name_is_valid(certificate->subject) || !daotp__name_is_valid(certificate->issuer))
        return false;
    node->is_self_issued = node->subject_hash == node->issuer_hash &&
                           daotp__name_equal(certificate->issuer, certificate->subject);
    for (size_t i = 0; i < certificate->extensions.count; i++) {
        const daotp__extension *extension = &certificate->extensions.list[i];

        if (!node_read_extension(node, extension) && node->malformed == NULL)
            node->malformed = extension;
    }
    node->has_public_key = daotp__public_key_read(certificate->spki, &node->public_key);
    return true;
}

/* ---- one ------------------------------------------------------------------------------------- */

static bool node_read_certificate(daotp__node *node, size_t len)
{
    daotp__bytes der = {node->der, len};

    return node->is_anchor ? daotp__certificate_read_anchor(der, &node->certificate)
                           : daotp__certificate_read(der, &node->certificate);
}

daotp_status daotp__node_new(daotp__bytes der, bool is_anchor, daotp__node **out)
{
    daotp__node *node = daotp__new(sizeof *node);

    *out = NULL;
    if (node == NULL)
        return DAOTP_MEMORY;
    node->is_anchor = is_anchor;
    node->der = daotp__bytes_copy(der.data, der.len);
    if (node->der == NULL) {
        daotp__node_free(node);
        return DAOTP_MEMORY;
    }
    if (!node_read_certificate(node, der.len) || !node_decode(node)) {
        daotp__node_free(node);
        return DAOTP_PEER;
    }
    *out = node;
    return DAOTP_OK;
}

static void free_key(daotp__verify_key *key)
{
    if (key != NULL)
        daotp__verify_key_free(key);
    daotp__delete(key);
}

const char *daotp__extension_rule(enum daotp__oid oid)
{
    switch (oid) {
    case DAOTP__OID_BASIC_CONSTRAINTS:
        return "X.690 11.5, RFC 5280 4.2.1.9: FALSE is the default of cA, and is left out; "
               "pathLenConstraint is not negative";
    case DAOTP__OID_KEY_USAGE:
        return "RFC 5280 4.2.1.3: a BIT STRING of at most 9 bits, at least one of them set";
    case DAOTP__OID_EKU:
        return "RFC 5280 4.2.1.12: at least one OBJECT IDENTIFIER";
    case DAOTP__OID_SAN:
    case DAOTP__OID_ISSUER_ALT_NAME:
        return "RFC 5280 4.2.1.6: at least one GeneralName, each in its form";
    case DAOTP__OID_CRL_DISTRIBUTION:
    case DAOTP__OID_FRESHEST_CRL:
        return "RFC 5280 4.2.1.13: distribution points of a name or a cRLIssuer, not of reasons "
               "alone";
    case DAOTP__OID_AKI:
        return "RFC 5280 4.2.1.1: a key identifier, or an issuer with a serial number, or both";
    case DAOTP__OID_SKI:
        return "RFC 5280 4.2.1.2: an OCTET STRING";
    case DAOTP__OID_AIA:
        return "RFC 5280 4.2.2.1: access descriptions of a method and a GeneralName";
    case DAOTP__OID_NAME_CONSTRAINTS:
        return "RFC 5280 4.2.1.10: permitted or excluded subtrees, each a GeneralName in its form";
    case DAOTP__OID_CERTIFICATE_POLICIES:
    case DAOTP__OID_APPLICATION_POLICIES:
        return "RFC 5280 4.2.1.4: at least one PolicyInformation, each with its OBJECT IDENTIFIER, "
               "none of them twice";
    case DAOTP__OID_POLICY_MAPPINGS:
        return "RFC 5280 4.2.1.5: at least one pair of OBJECT IDENTIFIERs, none of them anyPolicy";
    case DAOTP__OID_POLICY_CONSTRAINTS:
        return "RFC 5280 4.2.1.11: requireExplicitPolicy, inhibitPolicyMapping, or both";
    case DAOTP__OID_INHIBIT_ANY_POLICY:
        return "RFC 5280 4.2.1.14: an INTEGER that is not negative";
    case DAOTP__OID_SID:
        return "MS-WCCE 2.2.2.7.7.4: an otherName with the SID as text in an OCTET STRING";
    case DAOTP__OID_TEMPLATE:
        return "MS-WCCE 2.2.2.7.7.2: an OBJECT IDENTIFIER and two version numbers";
    default:
        return "RFC 5280 4.2.1: the syntax that its clause gives";
    }
}

const char *daotp__extension_describe_fault(daotp__bytes whole, const daotp__extension *extension,
                                            char text[DAOTP__FAULT_TEXT])
{
    daotp__fault fault = {.whole = whole};
    char oid[DAOTP__OID_TEXT];

    (void)daotp__fault_set(&fault, daotp__oid_describe(extension->oid, oid), extension->value,
                           daotp__extension_rule(daotp__oid_find(extension->oid)));
    return daotp__fault_describe(&fault, text);
}

void daotp__node_free(daotp__node *node)
{
    if (node == NULL)
        return;
    free_key(node->key);
    daotp__delete(node->der);
    daotp__delete(node);
}

/* The first thread stores its result; a second one frees its own. */
daotp__verify_key *daotp__node_key(daotp__node *node, bool *no_memory)
{
    daotp__verify_key *made = __atomic_load_n(&node->key, __ATOMIC_ACQUIRE), *none = NULL;

    *no_memory = false;
    if (made != NULL || !node->has_public_key)
        return made;
    made = daotp__new(sizeof *made);
    *no_memory = made == NULL;
    if (made == NULL || !daotp__verify_key_init(made, node->certificate.spki)) {
        free_key(made);
        return NULL;
    }
    if (__atomic_compare_exchange_n(&node->key, &none, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    free_key(made);
    return none;
}

/* ---- many ------------------------------------------------------------------------------------ */

void daotp__nodes_init(daotp__nodes *nodes, size_t max)
{
    *nodes = (daotp__nodes){.max = max};
}

void daotp__nodes_truncate(daotp__nodes *nodes, size_t count)
{
    while (nodes->count > count)
        daotp__node_free(nodes->list[--nodes->count]);
}

void daotp__nodes_free(daotp__nodes *nodes)
{
    daotp__nodes_truncate(nodes, 0);
    daotp__delete(nodes->list);
    daotp__nodes_init(nodes, nodes->max);
}

daotp_status daotp__nodes_add(daotp__nodes *nodes, daotp__bytes der, bool is_anchor)
{
    daotp__node *node, **list;
    daotp_status status;

    if (nodes->count == nodes->max)
        return DAOTP_PEER;
    list = daotp__array_reserve(nodes->list, nodes->count, &nodes->capacity, sizeof(daotp__node *));
    if (list == NULL)
        return DAOTP_MEMORY;
    nodes->list = list;
    status = daotp__node_new(der, is_anchor, &node);
    if (status == DAOTP_OK)
        nodes->list[nodes->count++] = node;
    return status;
}
