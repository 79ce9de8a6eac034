/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports findings about a reply. */
#ifndef DAOTP_RADIUS_REPLY_REPORT_H
#define DAOTP_RADIUS_REPLY_REPORT_H

#include "core/report.h"
#include "radius/packet.h"

/* Report an Access-Reject or Access-Challenge: the server's words, what it most likely wants,
 * and faults of the reply itself; of an Access-Accept only the faults. Returns the status that the
 * exchange ends with: DAOTP_REJECTED for a reject, else DAOTP_OK. */
daotp_status daotp__radius_reply_report(const daotp__radius_reply *reply, unsigned round,
                                        const char *server, daotp_report *report);

#endif
