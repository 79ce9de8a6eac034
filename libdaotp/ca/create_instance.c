/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/create_instance.h"

#include "core/limits.h"

#include <string.h>

enum {
    OBJREF_CUSTOM = 4,
    SERIALIZED_HEAD = 16, /* common and private header (MS-RPCE 2.2.6) */
    SERIALIZED_VERSION = 0x00081001,
    SERIALIZED_FILLER = (int)0xCCCCCCCC,
    COM_VERSION = 0x00070005, /* version 5.7; the minor number is the upper half */
    CONTEXT_DIFFERENT_MACHINE = 2,

    /* lengths of the written parts, with headers and padding */
    PROPERTY_COUNT = 4,
    HEADER_SIZE = 152,
    INSTANTIATION_SIZE = 88,
    ACTIVATION_CONTEXT_SIZE = 40,
    LOCATION_SIZE = 32,
    SCM_REQUEST_SIZE = 48,
    ALL_SIZE = HEADER_SIZE + INSTANTIATION_SIZE + ACTIVATION_CONTEXT_SIZE + LOCATION_SIZE +
               SCM_REQUEST_SIZE,
    OBJREF_HEAD = 48,
    OBJREF_SIZE = OBJREF_HEAD + 8 + ALL_SIZE
};

const daotp__rpc_syntax daotp__activator_interface = {
    {0xA0, 0x01, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}, 0, 0};

/* COM's own identifiers differ only in their first two octets (MS-DCOM 1.9). */
enum {
    ID_ACTIVATION_PROPERTIES_IN = 0x338,
    ID_PROPERTIES_OUT = 0x339, /* the class of the answer, and of one property in it */
    ID_ACTIVATION_IN = 0x1A2,
    ID_ACTIVATION_OUT = 0x1A3,
    ID_LOCATION = 0x1A4,
    ID_ACTIVATION_CONTEXT = 0x1A5,
    ID_SCM_REQUEST = 0x1AA,
    ID_INSTANTIATION = 0x1AB,
    ID_SCM_REPLY = 0x1B6
};

/* ---- the question ---------------------------------------------------------------------------- */

static void add_com_id(daotp__buffer *stub, uint32_t id)
{
    daotp__ndr_add_u32(stub, id);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_u32(stub, 0xC0);
    daotp__ndr_add_u32(stub, 0x46000000);
}

static void add_words(daotp__buffer *stub, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        daotp__ndr_add_u32(stub, words[i]);
}

/* Every serialized part begins at an offset of the stub that is a multiple of 8. So its
 * alignment, which counts from its own start, is the same as that of the stub. */
static void add_serialized_head(daotp__buffer *stub, uint32_t len)
{
    const uint32_t words[] = {SERIALIZED_VERSION, (uint32_t)SERIALIZED_FILLER, len,
                              (uint32_t)SERIALIZED_FILLER};

    add_words(stub, words, sizeof words / sizeof words[0]);
}

static void add_property_header(daotp__buffer *stub, uint32_t *referent)
{
    static const uint32_t first[] = {
        ALL_SIZE, HEADER_SIZE, 0, CONTEXT_DIFFERENT_MACHINE, PROPERTY_COUNT, 0, 0, 0, 0};
    static const uint32_t sizes[] = {PROPERTY_COUNT, INSTANTIATION_SIZE, ACTIVATION_CONTEXT_SIZE,
                                     LOCATION_SIZE, SCM_REQUEST_SIZE};

    add_serialized_head(stub, HEADER_SIZE - SERIALIZED_HEAD);
    add_words(stub, first, sizeof first / sizeof first[0]);
    daotp__ndr_add_referent(stub, referent);
    daotp__ndr_add_referent(stub, referent);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_u32(stub, PROPERTY_COUNT);
    add_com_id(stub, ID_INSTANTIATION);
    add_com_id(stub, ID_ACTIVATION_CONTEXT);
    add_com_id(stub, ID_LOCATION);
    add_com_id(stub, ID_SCM_REQUEST);
    add_words(stub, sizes, sizeof sizes / sizeof sizes[0]);
}

static void add_instantiation(daotp__buffer *stub, uint32_t *referent, const uint8_t *class_id,
                              const uint8_t *interface_id)
{
    static const uint32_t words[] = {0, 0, 0, 1, 0}; /* one interface, no flags */

    add_serialized_head(stub, 68);
    daotp__buffer_add(stub, class_id, DAOTP__UUID_OCTETS);
    add_words(stub, words, sizeof words / sizeof words[0]);
    daotp__ndr_add_referent(stub, referent);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_u32(stub, COM_VERSION);
    daotp__ndr_add_u32(stub, 1);
    daotp__buffer_add(stub, interface_id, DAOTP__UUID_OCTETS);
    daotp__ndr_add_padding(stub, 8);
}

static void add_empty_property(daotp__buffer *stub, uint32_t size)
{
    uint32_t len = size - SERIALIZED_HEAD;

    add_serialized_head(stub, len);
    for (uint32_t i = 0; i < len; i += 4)
        daotp__ndr_add_u32(stub, 0);
}

/* ScmRequestInfoData: the requested protocol is TCP. */
static void add_scm_request(daotp__buffer *stub, uint32_t *referent)
{
    add_serialized_head(stub, 26);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_referent(stub, referent);
    daotp__ndr_add_u32(stub, 0); /* impersonation level */
    daotp__ndr_add_u32(stub, 1); /* protocol sequences, a u16 and padding */
    daotp__ndr_add_referent(stub, referent);
    daotp__ndr_add_u32(stub, 1);
    daotp__ndr_add_u16(stub, DAOTP__TOWER_TCP);
    daotp__ndr_add_padding(stub, 8);
}

void daotp__create_instance_write(const uint8_t *causality, const uint8_t *class_id,
                                  const uint8_t *interface_id, daotp__buffer *stub)
{
    uint32_t outer = 0,
             referent = 0x00020000; /* the referents of the properties count from the stub */

    daotp__orpc_this_write(causality, stub);
    daotp__ndr_add_u32(stub, 0); /* no outer object */
    daotp__ndr_add_referent(stub, &outer);
    daotp__ndr_add_u32(stub, OBJREF_SIZE);
    daotp__ndr_add_u32(stub, OBJREF_SIZE);
    daotp__buffer_add(stub, "MEOW", 4);
    daotp__ndr_add_u32(stub, OBJREF_CUSTOM);
    add_com_id(stub, ID_ACTIVATION_IN);
    add_com_id(stub, ID_ACTIVATION_PROPERTIES_IN);
    daotp__ndr_add_u32(stub, 0); /* no extension */
    daotp__ndr_add_u32(stub, ALL_SIZE + 16);
    daotp__ndr_add_u32(stub, ALL_SIZE);
    daotp__ndr_add_u32(stub, 0);
    add_property_header(stub, &referent);
    add_instantiation(stub, &referent, class_id, interface_id);
    add_empty_property(stub, ACTIVATION_CONTEXT_SIZE);
    add_empty_property(stub, LOCATION_SIZE);
    add_scm_request(stub, &referent);
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* Read a 16-octet identifier and return its first two octets if it is one of COM's own; else 0. */
static uint32_t read_com_id(daotp__ndr *ndr)
{
    static const uint8_t rest[] = {0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
    daotp__bytes id = daotp__ndr_octets(ndr, DAOTP__UUID_OCTETS);

    if (ndr->failed || memcmp(id.data + 4, rest, sizeof rest) != 0)
        return 0;
    return (uint32_t)id.data[0] | (uint32_t)id.data[1] << 8 | (uint32_t)id.data[2] << 16 |
           (uint32_t)id.data[3] << 24;
}

/* Open the serialized data in the next size octets. */
static daotp__ndr open_serialized(daotp__ndr *ndr, uint32_t size)
{
    daotp__ndr outer = {.in = daotp__ndr_octets(ndr, size)}, inner = {.failed = ndr->failed};
    uint32_t version = daotp__ndr_u32(&outer), len;

    (void)daotp__ndr_u32(&outer);
    len = daotp__ndr_u32(&outer);
    (void)daotp__ndr_u32(&outer);
    inner.in = daotp__ndr_octets(&outer, len);
    inner.failed = inner.failed || outer.failed || version != SERIALIZED_VERSION;
    return inner;
}

/* The two properties that are used. */
typedef struct found_properties {
    daotp__ndr results, scm_reply;
    bool has_results, has_scm_reply;
} found_properties;

/* Read the header: which properties follow, and the length of each with its header and padding. */
static void read_properties(daotp__ndr *blob, found_properties *found)
{
    daotp__ndr look = *blob, header, sizes;
    uint32_t header_size, count, size, id;

    (void)daotp__ndr_octets(&look, SERIALIZED_HEAD + 4); /* totalSize */
    header_size = daotp__ndr_u32(&look);
    header = open_serialized(blob, header_size);
    (void)daotp__ndr_octets(&header, 16); /* sizes, reserved, context */
    count = daotp__ndr_u32(&header);
    (void)daotp__ndr_octets(&header, DAOTP__UUID_OCTETS + 12); /* class, three referents */
    if (daotp__ndr_count(&header, DAOTP__MAX_PROPERTIES, DAOTP__UUID_OCTETS) != count)
        header.failed = true;
    sizes = header;
    (void)daotp__ndr_octets(&sizes, DAOTP__UUID_OCTETS * (size_t)count);
    if (daotp__ndr_count(&sizes, DAOTP__MAX_PROPERTIES, 4) != count || look.failed)
        sizes.failed = true;
    for (uint32_t i = 0; i < count && !sizes.failed; i++) {
        id = read_com_id(&header);
        size = daotp__ndr_u32(&sizes);
        daotp__ndr part = open_serialized(blob, size);

        if (id == ID_PROPERTIES_OUT) {
            found->results = part;
            found->has_results = true;
        } else if (id == ID_SCM_REPLY) {
            found->scm_reply = part;
            found->has_scm_reply = true;
        }
    }
    blob->failed = blob->failed || sizes.failed;
}

/* Read ScmReplyInfoData (MS-DCOM 2.2.22.2.9): the bindings of the object exporter. */
static uint64_t read_scm_reply(daotp__ndr *ndr, daotp__activation *activation)
{
    bool has_bindings;
    uint64_t oxid;

    (void)daotp__ndr_u32(ndr); /* reserved */
    if (daotp__ndr_u32(ndr) == 0)
        ndr->failed = true;
    oxid = daotp__ndr_u64(ndr);
    has_bindings = daotp__ndr_u32(ndr) != 0;
    (void)daotp__ndr_octets(ndr, DAOTP__UUID_OCTETS); /* of IRemUnknown */
    (void)daotp__ndr_u32(ndr);                        /* authentication hint */
    (void)daotp__ndr_u32(ndr);                        /* COM version */
    if (has_bindings)
        daotp__dcom_bindings_read(ndr, activation);
    return oxid;
}

/* Read PropsOutInfo (MS-DCOM 2.2.22.2.8): the result for the one interface, and the object. */
static void read_results(daotp__ndr *ndr, const uint8_t *interface_id, uint64_t oxid,
                         daotp__activation *activation)
{
    bool has_object;

    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    (void)daotp__ndr_octets(ndr, 12); /* three referents */
    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    (void)daotp__ndr_octets(ndr, DAOTP__UUID_OCTETS);
    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    activation->result = daotp__ndr_u32(ndr);
    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    has_object = daotp__ndr_u32(ndr) != 0;
    if (has_object)
        daotp__dcom_object_read(ndr, interface_id, oxid, activation);
    else if (activation->result == 0)
        ndr->failed = true;
}

/* Read the custom OBJREF, which follows its referent. */
static void read_custom_object(daotp__ndr *ndr, const uint8_t *interface_id,
                               daotp__activation *activation)
{
    uint32_t max_count = daotp__ndr_u32(ndr), len = daotp__ndr_u32(ndr);
    daotp__ndr object = {.in = daotp__ndr_octets(ndr, len)}, blob = {.failed = false};
    daotp__bytes signature = daotp__ndr_octets(&object, 4);
    found_properties found = {.has_results = false};
    uint32_t blob_len;
    uint64_t oxid;

    if (object.failed || max_count != len || memcmp(signature.data, "MEOW", 4) != 0 ||
        daotp__ndr_u32(&object) != OBJREF_CUSTOM || read_com_id(&object) != ID_ACTIVATION_OUT ||
        read_com_id(&object) != ID_PROPERTIES_OUT)
        ndr->failed = true;
    (void)daotp__ndr_u32(&object); /* extension */
    (void)daotp__ndr_u32(&object); /* size, including the next fields */
    blob_len = daotp__ndr_u32(&object);
    (void)daotp__ndr_u32(&object); /* reserved */
    blob.in = daotp__ndr_octets(&object, blob_len);
    read_properties(&blob, &found);
    if (object.failed || blob.failed || !found.has_results || !found.has_scm_reply)
        ndr->failed = true;
    if (ndr->failed)
        return;
    oxid = read_scm_reply(&found.scm_reply, activation);
    read_results(&found.results, interface_id, oxid, activation);
    ndr->failed = found.results.failed || (activation->result == 0 && found.scm_reply.failed);
}

bool daotp__create_instance_read(daotp__bytes stub, const uint8_t *interface_id,
                                 daotp__activation *activation, const char **why)
{
    daotp__ndr ndr = {.in = stub};
    uint32_t returned;
    bool has_object;

    *activation = (daotp__activation){.result = 0};
    *why = "an answer to RemoteCreateInstance that ends too early, or contradicts itself";
    daotp__orpc_that_skip(&ndr);
    has_object = daotp__ndr_u32(&ndr) != 0;
    if (has_object)
        read_custom_object(&ndr, interface_id, activation);
    returned = daotp__ndr_u32(&ndr);
    if (returned != 0)
        activation->result = returned;
    return !ndr.failed && (has_object || activation->result != 0);
}
