/* SPDX-License-Identifier: BSD-2-Clause */
/* GetPoliciesResponse (MS-XCEP 3.1.4.1.1.2): policies, CAs and OIDs, which refer to each other by
 * number. */
#include "ca/templates.h"

#include "core/alloc.h"
#include "core/base64.h"
#include "core/utf8.h"
#include "net/url.h"
#include "x509/certificate.h"
#include "x509/name.h"

#include <string.h>

/* An OID of the answer: texts refer to it by its number. */
typedef struct known_oid {
    int64_t id;
    const daotp__xml_node *node;
} known_oid;

typedef struct policies_reader {
    daotp_templates *out;
    known_oid *oids;
    size_t oid_count;
    daotp__xml_fault *fault;
} policies_reader;

/* ---- elements -------------------------------------------------------------------------------- */

static size_t count_elements(const daotp__xml_node *list, const char *name)
{
    const daotp__xml_node *node = daotp__xml_child(list, DAOTP__NS_XCEP, name);
    size_t count = 0;

    for (; node != NULL; node = daotp__xml_sibling(node, DAOTP__NS_XCEP, name))
        count++;
    return count;
}

/* Allocate a list for the child elements, each of size octets; NULL if status is not DAOTP_OK. */
static void *make_room(policies_reader *reader, const daotp__xml_node *list, const char *field,
                       size_t max, size_t size, daotp_status *status)
{
    size_t count = count_elements(list, field);
    void *room = NULL;

    if (count > max) {
        *status =
            daotp__xml_fault_set(reader->fault, list, field, "more elements than the limit allows");
        return NULL;
    }
    room = daotp__new((count + 1) * size);
    *status = room != NULL ? DAOTP_OK : DAOTP_MEMORY;
    return room;
}

/* Find "parent/name" or "name" below a node; NULL when there is none. */
static const daotp__xml_node *find_element(const daotp__xml_node *node, const char *path)
{
    char name[40];
    size_t len;

    for (; node != NULL && *path != '\0'; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        memcpy(name, path, len);
        name[len] = '\0';
        node = daotp__xml_child(node, DAOTP__NS_XCEP, name);
    }
    return node;
}

static bool is_literal(daotp__bytes text, const char *literal)
{
    return daotp__bytes_equal(text, (daotp__bytes){(const uint8_t *)literal, strlen(literal)});
}

/* Read an xs:unsignedInt, xs:unsignedLong or xs:boolean; -1: an empty element. The flags of a
 * template are signed in the directory, so a negative number is read as an unsigned one with the
 * same bits. */
static bool read_policy_number(const daotp__xml_node *node, int64_t *number)
{
    daotp__bytes text = daotp__xml_text(node);
    bool is_negative = text.len > 1 && text.data[0] == '-';
    int64_t value = 0;

    *number = -1;
    if (text.len == 0)
        return true;
    if (is_literal(text, "true") || is_literal(text, "false")) {
        *number = text.len == 4;
        return true;
    }
    for (size_t i = is_negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = 10 * value + (text.data[i] - '0');
    }
    *number = value;
    if (is_negative)
        *number = (uint32_t)-value;
    return !is_negative || value <= (int64_t)INT32_MAX + 1;
}

static daotp_status take_number(policies_reader *reader, const daotp__xml_node *node,
                                const char *path, int64_t *number)
{
    const daotp__xml_node *found = find_element(node, path);

    if (read_policy_number(found, number))
        return DAOTP_OK;
    return daotp__xml_fault_set(reader->fault, found, path, "MS-XCEP 3.1.4.1.3: a whole number");
}

/* Read a reference, or the number that is referred to. The element is required. */
static daotp_status take_reference_id(policies_reader *reader, const daotp__xml_node *node,
                                      const char *path, int64_t *id)
{
    daotp_status status = take_number(reader, node, path, id);

    if (status != DAOTP_OK || *id >= 0)
        return status;
    return daotp__xml_fault_set(reader->fault, node, path, "MS-XCEP 3.1.4.1.3: it must be there");
}

/* *text stays NULL when the element is absent or empty. */
static daotp_status take_policy_text(policies_reader *reader, const daotp__xml_node *node,
                                     const char *field, char **text)
{
    daotp__bytes content = daotp__xml_text(node);

    if (content.len == 0)
        return DAOTP_OK;
    if (content.len > DAOTP__MAX_TEXT ||
        !daotp__utf8_printable((const char *)content.data, content.len))
        return daotp__xml_fault_set(reader->fault, node, field,
                                    "a text that can be shown, within the limit of 512 octets");
    *text = daotp__text_copy_n((const char *)content.data, content.len);
    return *text != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

/* ---- OIDs ------------------------------------------------------------------------------------ */

static daotp_status read_oids(policies_reader *reader, const daotp__xml_node *list)
{
    const daotp__xml_node *node = daotp__xml_child(list, DAOTP__NS_XCEP, "oID");
    daotp_status status;

    reader->oids =
        make_room(reader, list, "oID", DAOTP__MAX_XCEP_OIDS, sizeof *reader->oids, &status);
    if (reader->oids == NULL)
        return status;

    for (; status == DAOTP_OK && node != NULL;
         node = daotp__xml_sibling(node, DAOTP__NS_XCEP, "oID")) {
        known_oid *known = &reader->oids[reader->oid_count++];

        known->node = node;
        status = take_reference_id(reader, node, "oIDReferenceID", &known->id);
    }
    return status;
}

static const daotp__xml_node *find_oid(const policies_reader *reader, int64_t id)
{
    for (size_t i = 0; i < reader->oid_count; i++)
        if (reader->oids[i].id == id)
            return reader->oids[i].node;
    return NULL;
}

/* The OID that an element refers to; NULL when the element is absent or nil. */
static daotp_status resolve_oid(policies_reader *reader, const daotp__xml_node *reference,
                                const char *field, const daotp__xml_node **oid)
{
    int64_t id;

    *oid = NULL;
    if (!read_policy_number(reference, &id))
        return daotp__xml_fault_set(reader->fault, reference, field,
                                    "MS-XCEP 3.1.4.1.3: the number of an oID");
    if (id < 0)
        return DAOTP_OK;
    *oid = find_oid(reader, id);
    if (*oid != NULL)
        return DAOTP_OK;
    return daotp__xml_fault_set(reader->fault, reference, field,
                                "MS-XCEP 3.1.4.1.3: an oID of the answer has this number");
}

/* DAOTP_OK; DAOTP_MEMORY; DAOTP_PEER: the text is not an OID. */
static daotp_status check_oid_text(daotp__bytes text)
{
    char dotted[DAOTP__MAX_TEXT];
    daotp_status status;
    daotp__buffer der;

    if (text.len >= sizeof dotted)
        return DAOTP_PEER;
    memcpy(dotted, text.data, text.len);
    dotted[text.len] = '\0';
    status = daotp__oid_read(dotted, sizeof dotted, &der);
    if (status == DAOTP_OK)
        daotp__buffer_free(&der);
    return status == DAOTP_OK || status == DAOTP_MEMORY ? status : DAOTP_PEER;
}

/* Check the status after appending to a text of bounded length. */
static daotp_status check_text_room(policies_reader *reader, const daotp__xml_node *node,
                                    const char *field, const daotp__buffer *out)
{
    if (out->failed != DAOTP_PEER)
        return out->failed;
    return daotp__xml_fault_set(reader->fault, node, field, "more OIDs than the limit allows");
}

static daotp_status add_oid_value(policies_reader *reader, const daotp__xml_node *oid,
                                  daotp__buffer *out)
{
    const daotp__xml_node *value = daotp__xml_child(oid, DAOTP__NS_XCEP, "value");
    daotp__bytes text = daotp__xml_text(value);
    daotp_status status = check_oid_text(text);

    if (status == DAOTP_PEER)
        return daotp__xml_fault_set(reader->fault, value != NULL ? value : oid, "oID/value",
                                    "MS-XCEP 3.1.4.1.3: an OID, 1.2.3");
    if (status != DAOTP_OK)
        return status;
    if (out->len > 0)
        daotp__buffer_byte(out, ' ');
    daotp__buffer_add(out, text.data, text.len);
    return check_text_room(reader, oid, "oID/value", out);
}

/* Keep the text; "" becomes NULL. */
static daotp_status keep_text(daotp__buffer *out, daotp_status status, char **text)
{
    if (status == DAOTP_OK && out->len > 0) {
        *text = daotp__text_copy(daotp__buffer_string(out));
        status = *text != NULL ? DAOTP_OK : DAOTP_MEMORY;
    }
    daotp__buffer_free(out);
    return status;
}

/* Write one reference, or a list of them, as dotted OIDs separated by blanks. */
static daotp_status take_oids(policies_reader *reader, const daotp__xml_node *first,
                              const char *field, char **text)
{
    const daotp__xml_node *oid;
    daotp_status status = DAOTP_OK;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_XCEP_TEXT);
    for (; status == DAOTP_OK && first != NULL;
         first = daotp__xml_sibling(first, DAOTP__NS_XCEP, first->name)) {
        status = resolve_oid(reader, first, field, &oid);
        if (status == DAOTP_OK && oid != NULL)
            status = add_oid_value(reader, oid, &out);
    }
    return keep_text(&out, status, text);
}

/* ---- CAs ------------------------------------------------------------------------------------- */

/* The method of clientAuthentication in cAURI (MS-XCEP 3.1.4.1.3.5); 0: not supported here. */
static daotp_ca_authentication method_of_number(int64_t number)
{
    switch (number) {
    case 2:
        return DAOTP_CA_NEGOTIATE;
    case 4:
        return DAOTP_CA_USERNAME;
    case 8:
        return DAOTP_CA_CERTIFICATE;
    default:
        return 0;
    }
}

/* Copy the URL if it is usable: https, and not only for renewals. Other URLs are left out. */
static daotp_status copy_url(const daotp__xml_node *node, char **out)
{
    daotp__bytes text = daotp__xml_text(daotp__xml_child(node, DAOTP__NS_XCEP, "uri"));
    char *copy = daotp__text_copy_n((const char *)text.data, text.len);
    daotp__url url = {.text = NULL};
    daotp_status status;

    if (copy == NULL)
        return DAOTP_MEMORY;
    status = daotp__url_parse(copy, &url);
    daotp__url_free(&url);
    if (status == DAOTP_OK) {
        *out = copy;
        return DAOTP_OK;
    }
    daotp__delete(copy);
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

/* A smaller priority number is better (MS-XCEP 3.1.4.1.3.5). */
static void insert_url(daotp__template_ca *ca, daotp__template_url url)
{
    size_t at = ca->url_count++;

    for (; at > 0 && ca->urls[at - 1].priority > url.priority; at--)
        ca->urls[at] = ca->urls[at - 1];
    ca->urls[at] = url;
}

static daotp_status read_ca_url(policies_reader *reader, const daotp__xml_node *node,
                                daotp__template_ca *ca)
{
    daotp__template_url url = {.url = NULL};
    int64_t method = -1, renewal_only = -1;
    daotp_status status = take_number(reader, node, "clientAuthentication", &method);

    if (status == DAOTP_OK)
        status = take_number(reader, node, "renewalOnly", &renewal_only);
    if (status == DAOTP_OK)
        status = take_number(reader, node, "priority", &url.priority);
    url.how = method_of_number(method);
    if (status != DAOTP_OK || url.how == 0 || renewal_only > 0)
        return status;
    if (ca->url_count == DAOTP__MAX_CA_URLS)
        return daotp__xml_fault_set(reader->fault, node, "uris", "more than the limit of 16");
    status = copy_url(node, &url.url);
    if (status == DAOTP_OK && url.url != NULL)
        insert_url(ca, url);
    return status;
}

static daotp_status read_ca_certificate(policies_reader *reader, const daotp__xml_node *node,
                                        daotp__template_ca *ca)
{
    const daotp__xml_node *text = daotp__xml_child(node, DAOTP__NS_XCEP, "certificate");
    daotp__certificate certificate;

    if (text == NULL ||
        !daotp__base64_read((const char *)text->text.data, text->text.len, &ca->certificate) ||
        !daotp__certificate_read(daotp__buffer_bytes(&ca->certificate), &certificate)) {
        if (ca->certificate.failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        return daotp__xml_fault_set(reader->fault, text != NULL ? text : node, "certificate",
                                    "MS-XCEP 3.1.4.1.3.2: a certificate in base64");
    }
    ca->subject = daotp__name_copy_text(certificate.subject);
    return ca->subject != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status read_ca(policies_reader *reader, const daotp__xml_node *node,
                            daotp__template_ca *ca)
{
    const daotp__xml_node *uri =
        daotp__xml_child(daotp__xml_child(node, DAOTP__NS_XCEP, "uris"), DAOTP__NS_XCEP, "cAURI");
    daotp_status status = take_reference_id(reader, node, "cAReferenceID", &ca->id);

    daotp__buffer_init(&ca->certificate, DAOTP__MAX_CERTIFICATE);
    if (status == DAOTP_OK)
        status = read_ca_certificate(reader, node, ca);
    for (; status == DAOTP_OK && uri != NULL;
         uri = daotp__xml_sibling(uri, DAOTP__NS_XCEP, "cAURI"))
        status = read_ca_url(reader, uri, ca);
    return status;
}

static daotp_status read_cas(policies_reader *reader, const daotp__xml_node *list)
{
    const daotp__xml_node *node = daotp__xml_child(list, DAOTP__NS_XCEP, "cA");
    daotp_status status;

    reader->out->cas =
        make_room(reader, list, "cA", DAOTP__MAX_TEMPLATE_CAS, sizeof *reader->out->cas, &status);
    if (reader->out->cas == NULL)
        return status;

    for (; status == DAOTP_OK && node != NULL;
         node = daotp__xml_sibling(node, DAOTP__NS_XCEP, "cA"))
        status = read_ca(reader, node, &reader->out->cas[reader->out->ca_count++]);
    return status;
}

/* ---- policies -------------------------------------------------------------------------------- */

static const struct {
    daotp_template_number number;
    const char *path;
} template_numbers[] = {
    {DAOTP_TEMPLATE_SCHEMA, "policySchema"},
    {DAOTP_TEMPLATE_MAJOR, "revision/majorRevision"},
    {DAOTP_TEMPLATE_MINOR, "revision/minorRevision"},
    {DAOTP_TEMPLATE_KEY_BITS, "privateKeyAttributes/minimalKeyLength"},
    {DAOTP_TEMPLATE_VALIDITY_S, "certificateValidity/validityPeriodSeconds"},
    {DAOTP_TEMPLATE_RENEWAL_S, "certificateValidity/renewalPeriodSeconds"},
    {DAOTP_TEMPLATE_MAY_ENROLL, "permission/enroll"},
    {DAOTP_TEMPLATE_RA_SIGNATURES, "rARequirements/rASignatures"},
    {DAOTP_TEMPLATE_PRIVATE_KEY_FLAGS, "privateKeyFlags"},
    {DAOTP_TEMPLATE_SUBJECT_FLAGS, "subjectNameFlags"},
    {DAOTP_TEMPLATE_ENROLLMENT_FLAGS, "enrollmentFlags"},
    {DAOTP_TEMPLATE_GENERAL_FLAGS, "generalFlags"},
};

static const struct {
    daotp_template_text text;
    const char *path;
} template_oids[] = {
    {DAOTP_TEMPLATE_HASH, "hashAlgorithmOIDReference"},
    {DAOTP_TEMPLATE_KEY_ALGORITHM, "privateKeyAttributes/algorithmOIDReference"},
    {DAOTP_TEMPLATE_RA_POLICY, "rARequirements/rAPolicies/oIDReference"},
    {DAOTP_TEMPLATE_RA_PURPOSES, "rARequirements/rAEKUs/oIDReference"},
};

static daotp_status read_template_attributes(policies_reader *reader,
                                             const daotp__xml_node *attributes,
                                             daotp__offered_template *template)
{
    const daotp__xml_node *name = daotp__xml_child(attributes, DAOTP__NS_XCEP, "commonName");
    daotp_status status =
        take_policy_text(reader, name, "commonName", &template->text[DAOTP_TEMPLATE_NAME]);

    if (status == DAOTP_OK && template->text[DAOTP_TEMPLATE_NAME] == NULL)
        return daotp__xml_fault_set(reader->fault, attributes, "commonName",
                                    "MS-XCEP 3.1.4.1.3.1: it must be there");
    for (size_t i = 0; status == DAOTP_OK && i < sizeof template_numbers / sizeof *template_numbers;
         i++)
        status = take_number(reader, attributes, template_numbers[i].path,
                             &template->number[template_numbers[i].number]);
    for (size_t i = 0; status == DAOTP_OK && i < sizeof template_oids / sizeof *template_oids; i++)
        status = take_oids(reader, find_element(attributes, template_oids[i].path),
                           template_oids[i].path, &template->text[template_oids[i].text]);
    return status;
}

/* Read the name and OID of the template. A version 1 template has a name instead of an OID. */
static daotp_status read_template_oid(policies_reader *reader, const daotp__xml_node *policy,
                                      daotp__offered_template *template)
{
    const daotp__xml_node *reference =
        daotp__xml_child(policy, DAOTP__NS_XCEP, "policyOIDReference");
    const daotp__xml_node *oid, *value;
    daotp_status status = resolve_oid(reader, reference, "policyOIDReference", &oid);

    if (status == DAOTP_OK && oid == NULL)
        return daotp__xml_fault_set(reader->fault, policy, "policyOIDReference",
                                    "MS-XCEP 3.1.4.1.3.7: it must be there");
    if (status == DAOTP_OK)
        status = take_policy_text(reader, daotp__xml_child(oid, DAOTP__NS_XCEP, "defaultName"),
                                  "oID/defaultName", &template->text[DAOTP_TEMPLATE_DISPLAY_NAME]);
    if (status != DAOTP_OK)
        return status;
    value = daotp__xml_child(oid, DAOTP__NS_XCEP, "value");
    status = check_oid_text(daotp__xml_text(value));
    if (status == DAOTP_PEER)
        return DAOTP_OK; /* version 1 */
    if (status == DAOTP_OK)
        status = take_policy_text(reader, value, "oID/value", &template->text[DAOTP_TEMPLATE_OID]);
    return status;
}

static daotp_status add_purposes(policies_reader *reader, const daotp__xml_node *value,
                                 daotp__buffer *out)
{
    daotp__extension extension = {.critical = false};
    char dotted[DAOTP__OID_TEXT];
    daotp__bytes cursor, purpose;
    daotp_status status;
    daotp__buffer der;
    bool is_read;

    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    is_read =
        value != NULL && daotp__base64_read((const char *)value->text.data, value->text.len, &der);
    extension.value = daotp__buffer_bytes(&der);
    is_read = is_read && daotp__eku_begin(&extension, &cursor);
    while (is_read && cursor.len > 0) {
        is_read = daotp__eku_next(&cursor, &purpose);
        if (is_read)
            daotp__buffer_format(out, "%s%s", out->len > 0 ? " " : "",
                                 daotp__oid_text(purpose, dotted));
    }
    status = der.failed == DAOTP_MEMORY ? DAOTP_MEMORY
                                        : check_text_room(reader, value, "extension/value", out);
    daotp__buffer_free(&der);
    if (is_read || status == DAOTP_MEMORY)
        return status;
    return daotp__xml_fault_set(reader->fault, value, "extension/value",
                                "RFC 5280 4.2.1.12: ExtKeyUsageSyntax in base64");
}

/* Read the extended key usage among the extensions that the CA will add. */
static daotp_status read_template_purposes(policies_reader *reader,
                                           const daotp__xml_node *attributes,
                                           daotp__offered_template *template)
{
    const daotp__xml_node *extension = find_element(attributes, "extensions/extension"), *oid;
    daotp_status status = DAOTP_OK;
    daotp__bytes value;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_XCEP_TEXT);
    for (; status == DAOTP_OK && extension != NULL;
         extension = daotp__xml_sibling(extension, DAOTP__NS_XCEP, "extension")) {
        status = resolve_oid(reader, daotp__xml_child(extension, DAOTP__NS_XCEP, "oIDReference"),
                             "extension/oIDReference", &oid);
        value = daotp__xml_text(daotp__xml_child(oid, DAOTP__NS_XCEP, "value"));
        if (status == DAOTP_OK && is_literal(value, daotp__oid_dotted(DAOTP__OID_EKU)))
            status =
                add_purposes(reader, daotp__xml_child(extension, DAOTP__NS_XCEP, "value"), &out);
    }
    return keep_text(&out, status, &template->text[DAOTP_TEMPLATE_PURPOSES]);
}

static daotp_status add_template_ca(policies_reader *reader, const daotp__xml_node *reference,
                                    daotp__offered_template *template)
{
    size_t at = 0;
    int64_t id;

    if (!read_policy_number(reference, &id))
        id = -1;
    while (at < reader->out->ca_count && reader->out->cas[at].id != id)
        at++;
    if (id < 0 || at == reader->out->ca_count)
        return daotp__xml_fault_set(reader->fault, reference, "cAReference",
                                    "MS-XCEP 3.1.4.1.3.3: a cA of the answer has this number");
    if (template->ca_count == DAOTP__MAX_TEMPLATE_CAS)
        return daotp__xml_fault_set(reader->fault, reference, "cAReference",
                                    "more than the limit of 64");
    template->cas[template->ca_count++] = at;
    return DAOTP_OK;
}

static daotp_status read_policy(policies_reader *reader, const daotp__xml_node *policy,
                                daotp__offered_template *template)
{
    const daotp__xml_node *attributes = daotp__xml_child(policy, DAOTP__NS_XCEP, "attributes");
    const daotp__xml_node *reference = find_element(policy, "cAs/cAReference");
    daotp_status status = read_template_oid(reader, policy, template);

    if (status == DAOTP_OK && attributes == NULL)
        return daotp__xml_fault_set(reader->fault, policy, "attributes",
                                    "MS-XCEP 3.1.4.1.3.7: it must be there");
    if (status == DAOTP_OK)
        status = read_template_attributes(reader, attributes, template);
    if (status == DAOTP_OK)
        status = read_template_purposes(reader, attributes, template);
    for (; status == DAOTP_OK && reference != NULL;
         reference = daotp__xml_sibling(reference, DAOTP__NS_XCEP, "cAReference"))
        status = add_template_ca(reader, reference, template);
    return status;
}

static daotp_status read_template_list(policies_reader *reader, const daotp__xml_node *list)
{
    const daotp__xml_node *node = daotp__xml_child(list, DAOTP__NS_XCEP, "policy");
    daotp_status status;

    reader->out->list =
        make_room(reader, list, "policy", DAOTP__MAX_TEMPLATES, sizeof *reader->out->list, &status);
    if (reader->out->list == NULL)
        return status;

    for (; status == DAOTP_OK && node != NULL;
         node = daotp__xml_sibling(node, DAOTP__NS_XCEP, "policy"))
        status = read_policy(reader, node, &reader->out->list[reader->out->count++]);
    return status;
}

daotp_status daotp__templates_read(const daotp__xml_node *response, daotp_templates **templates,
                                   daotp__xml_fault *fault)
{
    policies_reader reader = {.out = daotp__new(sizeof *reader.out), .fault = fault};
    daotp_status status;

    if (reader.out == NULL)
        return DAOTP_MEMORY;
    status = read_oids(&reader, daotp__xml_child(response, DAOTP__NS_XCEP, "oIDs"));
    if (status == DAOTP_OK)
        status = read_cas(&reader, daotp__xml_child(response, DAOTP__NS_XCEP, "cAs"));
    if (status == DAOTP_OK)
        status = read_template_list(&reader, find_element(response, "response/policies"));
    daotp__delete(reader.oids);
    if (status == DAOTP_OK)
        *templates = reader.out;
    else
        daotp_templates_free(reader.out);
    return status;
}
