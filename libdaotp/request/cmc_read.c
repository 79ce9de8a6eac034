/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/cmc.h"

/* Body part ids met so far; there are few, or the message is refused. */
typedef struct body_ids {
    uint32_t seen[32];
    size_t count;
    bool fit;
} body_ids;

static bool has_id(const body_ids *ids, uint32_t id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->seen[i] == id)
            return true;
    return false;
}

static bool take_id(body_ids *ids, daotp__bytes *in)
{
    uint32_t id;

    if (!daotp__der_read_unsigned(in, &id) || ids->count == sizeof ids->seen / sizeof ids->seen[0])
        return false;
    ids->fit = ids->fit && id != 0 && !has_id(ids, id);
    ids->seen[ids->count++] = id;
    return true;
}

/* The attributes of a CMC add attributes control: the client info is shown. */
static bool read_added(daotp__bytes set, daotp__pki_data *data)
{
    daotp__bytes attribute, oid, values;

    if (!daotp__cmc_scan_attributes(set, &data->extra))
        return false;
    while (set.len > 0) {
        if (!daotp__der_read(&set, DAOTP__DER_SEQUENCE, &attribute) ||
            !daotp__der_read_oid(&attribute, &oid) ||
            !daotp__der_only(attribute, DAOTP__DER_SET, &values))
            return false;
        if (!daotp__oid_is(oid, DAOTP__OID_CLIENT_INFO))
            continue;
        if (!daotp__client_info_read(values, &data->client_info))
            return false;
        data->has_client_info = true;
    }
    return true;
}

typedef struct added_attributes {
    uint32_t data_reference; /* 0: this PKIData */
    daotp__bytes references; /* content of the SEQUENCE of body part ids */
    daotp__bytes set;
} added_attributes;

static bool read_add_attributes(daotp__bytes values, added_attributes *out)
{
    daotp__bytes in;

    return daotp__der_only(values, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_unsigned(&in, &out->data_reference) &&
           daotp__der_read(&in, DAOTP__DER_SEQUENCE, &out->references) &&
           daotp__der_only(in, DAOTP__DER_SET, &out->set);
}

static bool read_control(daotp__bytes control, daotp__pki_data *data, body_ids *ids)
{
    daotp__bytes oid, values;
    added_attributes added;

    if (!take_id(ids, &control) || !daotp__der_read_oid(&control, &oid) ||
        !daotp__der_only(control, DAOTP__DER_SET, &values))
        return false;
    data->control_count++;
    daotp__cmc_note(&data->extra, daotp__cmc_control_effect(oid, values), oid);
    if (daotp__oid_is(oid, DAOTP__OID_CMC_ADD_ATTRIBUTES))
        return read_add_attributes(values, &added) && read_added(added.set, data);
    data->other_controls = true;
    return true;
}

static bool read_controls(daotp__bytes list, daotp__pki_data *data, body_ids *ids)
{
    daotp__bytes control;

    while (list.len > 0)
        if (!daotp__der_read(&list, DAOTP__DER_SEQUENCE, &control) ||
            !read_control(control, data, ids))
            return false;
    return true;
}

static bool read_requests(daotp__bytes list, daotp__pki_data *data, body_ids *ids)
{
    daotp__der_item item;
    daotp__bytes in;

    while (list.len > 0) {
        if (!daotp__der_next(&list, &item))
            return false;
        data->request_count++;
        if (item.tag != DAOTP__DER_CONTEXT_CONSTRUCTED(0))
            continue;
        in = item.content;
        if (!take_id(ids, &in) ||
            !daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &data->request) || in.len > 0)
            return false;
    }
    if (data->request_count != 1)
        data->request = (daotp__bytes){NULL, 0};
    return true;
}

static bool control_references_fit(daotp__bytes values, const body_ids *ids)
{
    added_attributes added;
    uint32_t id;

    if (!read_add_attributes(values, &added) ||
        (added.data_reference != 0 && !has_id(ids, added.data_reference)))
        return false;
    while (added.references.len > 0)
        if (!daotp__der_read_unsigned(&added.references, &id) || !has_id(ids, id))
            return false;
    return true;
}

/* The controls again, when all ids are known. */
static bool references_fit(daotp__bytes list, const body_ids *ids)
{
    daotp__bytes control, oid, values;
    uint32_t id;

    while (list.len > 0)
        if (!daotp__der_read(&list, DAOTP__DER_SEQUENCE, &control) ||
            !daotp__der_read_unsigned(&control, &id) || !daotp__der_read_oid(&control, &oid) ||
            !daotp__der_only(control, DAOTP__DER_SET, &values) ||
            (daotp__oid_is(oid, DAOTP__OID_CMC_ADD_ATTRIBUTES) &&
             !control_references_fit(values, ids)))
            return false;
    return true;
}

bool daotp__pki_data_read(daotp__bytes content, daotp__pki_data *data)
{
    daotp__bytes in, controls, requests, cms, other;
    body_ids ids = {.fit = true};

    *data = (daotp__pki_data){.request_count = 0};
    if (!daotp__der_only(content, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &controls) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &requests) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &cms) ||
        !daotp__der_only(in, DAOTP__DER_SEQUENCE, &other) || !read_controls(controls, data, &ids) ||
        !read_requests(requests, data, &ids))
        return false;
    data->has_cms = cms.len > 0;
    data->has_other = other.len > 0;
    data->ids_fit = ids.fit && references_fit(controls, &ids);
    return true;
}
