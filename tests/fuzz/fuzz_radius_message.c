/* SPDX-License-Identifier: BSD-2-Clause */
/* A reply's words: what is shown is UTF-8 without control characters, and no longer than three
 * octets for each that came; the demand is one of those there are. */
#include "fuzz.h"

#include "core/utf8.h"
#include "radius/demand.h"
#include "radius/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes octets = {data, size < 253 ? size : 253};
    daotp__radius_reply reply = {.code = 11, .attributes = {data, size}, .state = octets};
    daotp_finding_number demand;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
    (void)daotp__radius_message_read(octets, &out);
    HOLDS(out.failed == DAOTP_OK && out.len <= 3 * octets.len);
    HOLDS(daotp__utf8_printable(daotp__buffer_string(&out), out.len));
    demand = daotp__radius_demand_find(&reply, daotp__buffer_string(&out));
    HOLDS(demand == DAOTP_FINDING_NONE || daotp_catalogue_get_id(demand) != NULL);
    daotp__buffer_free(&out);
    return 0;
}
