/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The framing of RADIUS over TLS, and of Kerberos over TCP. The first octet says which, and in how
 * large pieces the rest comes. However the bytes are cut: the same messages come out, none is
 * longer than its limit, no octet is asked for twice or passed over, and a length that cannot be
 * ends the connection at the octet that completes it.
 */
#include "fuzz.h"

#include "net/kdc_frame.h"
#include "core/limits.h"
#include "radius/packet.h"
#include "radius/radsec_frame.h"

typedef struct framing {
    bool (*missing)(daotp__bytes in, size_t *missing);
    size_t head, most;
} framing;

typedef struct outcome {
    size_t messages, octets; /* octets: of whole messages */
    uint64_t digest;
    bool is_closed;
} outcome;

/* As a connection reads: never more than what is missing, and sometimes less. */
static outcome receive(const framing *how, const uint8_t *data, size_t size, size_t piece)
{
    outcome out = {0};
    size_t begin = 0, len = 0;

    for (;;) {
        size_t missing = SIZE_MAX, take;
        daotp__bytes in = {data + begin, len};

        if (!how->missing(in, &missing)) {
            HOLDS(len >= how->head);
            out.is_closed = true;
            return out;
        }
        HOLDS(len + missing <= how->most);
        if (missing == 0) {
            HOLDS(len >= how->head);
            out.messages++;
            out.octets += len;
            out.digest = out.digest * 31 + fuzz_hash(in.data, len);
            begin += len;
            len = 0;
            continue;
        }
        take = missing < piece ? missing : piece;
        if (take > size - begin - len)
            return out; /* the rest never comes */
        len += take;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const framing framings[] = {
        {daotp__radsec_missing, 4, DAOTP__RADIUS_MAX},
        {daotp__kdc_missing, DAOTP__KDC_HEAD, DAOTP__MAX_KDC_MESSAGE}};
    const framing *how;
    outcome whole, one, some;

    if (size == 0)
        return 0;
    how = &framings[data[0] & 1];
    whole = receive(how, data + 1, size - 1, SIZE_MAX);
    one = receive(how, data + 1, size - 1, 1);
    some = receive(how, data + 1, size - 1, 2 + (data[0] >> 1));
    HOLDS(whole.messages == one.messages && whole.messages == some.messages);
    HOLDS(whole.octets == one.octets && whole.octets == some.octets);
    HOLDS(whole.digest == one.digest && whole.digest == some.digest);
    HOLDS(!whole.is_closed || one.is_closed);
    return 0;
}
