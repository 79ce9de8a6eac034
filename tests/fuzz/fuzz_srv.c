/* SPDX-License-Identifier: BSD-2-Clause */
/* The SRV records of a name server's answer: each is a host and a port, in the order of RFC 2782.
 */
#include "fuzz.h"

#include "core/host.h"
#include "net/srv_lookup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];
    daotp__host host;
    size_t count;

    HOLDS(daotp__srv_read(data, size, records, &count) == DAOTP_OK);
    HOLDS(count <= DAOTP__MAX_SRV_RECORDS);
    for (size_t i = 0; i < count; i++) {
        HOLDS(records[i].port != 0 && daotp__host_parse(records[i].host, &host));
        HOLDS(!host.is_address && strcmp(host.text, records[i].host) == 0);
        HOLDS(i == 0 || records[i - 1].priority <= records[i].priority);
    }
    return 0;
}
