/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/ber.h"

#include "core/limits.h"
#include "x509/derw.h"
#include "x509/oid.h"

enum { CONSTRUCTED = 0x20 };

typedef struct ber_head {
    uint8_t tag;
    bool is_indefinite;
    size_t len; /* of the content; only if the length is definite */
} ber_head;

/* X.690 8.1.3: BER allows any number of length octets, also with leading zeros. */
static bool read_ber_length(daotp__bytes *in, ber_head *head)
{
    unsigned octets;

    if (in->len == 0)
        return false;
    octets = in->data[0];
    *in = (daotp__bytes){in->data + 1, in->len - 1};
    head->is_indefinite = octets == 0x80;
    head->len = octets < 0x80 ? octets : 0;
    if (octets <= 0x80)
        return !head->is_indefinite || (head->tag & CONSTRUCTED) != 0;
    for (octets &= 0x7F; octets > 0; octets--) {
        if (in->len == 0 || head->len > SIZE_MAX >> 8)
            return false;
        head->len = head->len << 8 | in->data[0];
        *in = (daotp__bytes){in->data + 1, in->len - 1};
    }
    return true;
}

static bool read_ber_head(daotp__bytes *in, ber_head *head)
{
    if (in->len == 0 || (in->data[0] & 0x1F) == 0x1F || in->data[0] == 0)
        return false;
    head->tag = in->data[0];
    *in = (daotp__bytes){in->data + 1, in->len - 1};
    return read_ber_length(in, head) && head->len <= in->len;
}

static bool take_end_of_contents(daotp__bytes *in)
{
    if (in->len < 2 || in->data[0] != 0 || in->data[1] != 0)
        return false;
    *in = (daotp__bytes){in->data + 2, in->len - 2};
    return true;
}

/* The content of a constructed item: as many octets as its definite length says, or all up to
 * its end-of-contents octets. */
typedef struct ber_content {
    daotp__bytes *outer, definite;
    bool is_indefinite;
} ber_content;

static void begin_content(ber_content *content, daotp__bytes *in, const ber_head *head)
{
    content->outer = in;
    content->is_indefinite = head->is_indefinite;
    content->definite = (daotp__bytes){in->data, head->len};
    if (!head->is_indefinite)
        *in = (daotp__bytes){in->data + head->len, in->len - head->len};
}

static daotp__bytes *content_cursor(ber_content *content)
{
    return content->is_indefinite ? content->outer : &content->definite;
}

static bool finish_content(ber_content *content)
{
    return content->is_indefinite ? take_end_of_contents(content->outer)
                                  : content->definite.len == 0;
}

/* The string types that may be constructed (X.690 8.7.3, 8.23.3). BIT STRING is left out: no
 * constructed one is needed here. */
static bool is_string_in_pieces(uint8_t tag)
{
    switch (tag ^ CONSTRUCTED) {
    case DAOTP__DER_OCTET_STRING:
    case DAOTP__DER_UTF8_STRING:
    case DAOTP__DER_PRINTABLE_STRING:
    case DAOTP__DER_IA5_STRING:
    case DAOTP__DER_BMP_STRING:
        return true;
    default:
        return false;
    }
}

/* Append the octets of a constructed string. Its segments are octet strings or have its own type
 * (X.690 8.7.3.2, 8.23.3), and may be constructed too. tag: the primitive tag of the string. */
static bool join_octets(daotp__bytes *in, const ber_head *head, daotp__buffer *out, unsigned depth)
{
    const uint8_t tag = head->tag ^ CONSTRUCTED;
    ber_content content;
    daotp__bytes *at;
    ber_head piece;

    begin_content(&content, in, head);
    at = content_cursor(&content);
    while (!finish_content(&content)) {
        if (depth == 0 || !read_ber_head(at, &piece))
            return false;
        if (piece.tag == DAOTP__DER_OCTET_STRING || piece.tag == tag) {
            daotp__buffer_add(out, at->data, piece.len);
            *at = (daotp__bytes){at->data + piece.len, at->len - piece.len};
        } else if ((piece.tag != (DAOTP__DER_OCTET_STRING | CONSTRUCTED) &&
                    piece.tag != head->tag) ||
                   !join_octets(at, &piece, out, depth - 1)) {
            return false;
        }
    }
    return true;
}

static bool skip_ber_item(daotp__bytes *in, unsigned depth)
{
    ber_content content;
    daotp__bytes *at;
    ber_head head;

    if (depth == 0 || !read_ber_head(in, &head))
        return false;
    begin_content(&content, in, &head);
    at = content_cursor(&content);
    while (head.is_indefinite && !finish_content(&content))
        if (!skip_ber_item(at, depth - 1))
            return false;
    return true;
}

/* Certificates and CRLs are in [0] and [1] of SignedData, at a depth of three items. */
enum { VERBATIM_DEPTH = DAOTP__MAX_DER_DEPTH - 3 };

static bool are_verbatim(unsigned depth, uint8_t tag)
{
    return depth == VERBATIM_DEPTH &&
           (tag == DAOTP__DER_CONTEXT_CONSTRUCTED(0) || tag == DAOTP__DER_CONTEXT_CONSTRUCTED(1));
}

static bool copy_ber_item(daotp__bytes *in, daotp__buffer *out)
{
    const uint8_t *begin = in->data;

    if (!skip_ber_item(in, DAOTP__MAX_DER_DEPTH))
        return false;
    daotp__buffer_add(out, begin, (size_t)(in->data - begin));
    return true;
}

static bool convert_ber_item(daotp__bytes *in, daotp__buffer *out, unsigned depth)
{
    bool verbatim, is_string, ok = true;
    ber_content content;
    ber_head head;
    size_t mark;

    if (depth == 0 || !read_ber_head(in, &head))
        return false;
    if ((head.tag & CONSTRUCTED) == 0) {
        daotp__derw_item(out, head.tag, in->data, head.len);
        *in = (daotp__bytes){in->data + head.len, in->len - head.len};
        return true;
    }
    is_string = is_string_in_pieces(head.tag);
    mark = daotp__derw_begin(out, is_string ? head.tag ^ CONSTRUCTED : head.tag);
    if (is_string) {
        ok = join_octets(in, &head, out, depth - 1);
    } else {
        verbatim = are_verbatim(depth, head.tag);
        begin_content(&content, in, &head);
        while (ok && !finish_content(&content))
            ok = verbatim ? copy_ber_item(content_cursor(&content), out)
                          : convert_ber_item(content_cursor(&content), out, depth - 1);
    }
    daotp__derw_end(out, mark);
    return ok;
}

static bool is_signed_data(daotp__bytes in)
{
    ber_head head;

    return read_ber_head(&in, &head) && head.tag == DAOTP__DER_SEQUENCE &&
           read_ber_head(&in, &head) && head.tag == DAOTP__DER_OID &&
           daotp__oid_is((daotp__bytes){in.data, head.len}, DAOTP__OID_SIGNED_DATA);
}

bool daotp__ber_cms_read(daotp__bytes in, daotp__buffer *out)
{
    return is_signed_data(in) && convert_ber_item(&in, out, DAOTP__MAX_DER_DEPTH) && in.len == 0 &&
           out->failed == DAOTP_OK;
}

bool daotp__ber_read(daotp__bytes in, daotp__buffer *out)
{
    return convert_ber_item(&in, out, VERBATIM_DEPTH - 1) && in.len == 0 && out->failed == DAOTP_OK;
}
