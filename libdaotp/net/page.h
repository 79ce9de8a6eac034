/* SPDX-License-Identifier: BSD-2-Clause */
/* A web page where a message of a protocol was to come: from a captive portal, a proxy, a sign-in
 * page or the start page of a server. No I/O. */
#ifndef DAOTP_NET_PAGE_H
#define DAOTP_NET_PAGE_H

#include "core/buffer.h"

enum { DAOTP__PAGE_TITLE = 160 };

/* content_type: of the answer; NULL: it names none. */
bool daotp__page_is_html(const char *content_type, daotp__bytes body);
/* Its title, by which a person knows it again, cut where it is long; "" when it has none. */
void daotp__page_title(daotp__bytes body, char title[DAOTP__PAGE_TITLE]);
/* Does this text stand in the body, whatever its case? */
bool daotp__page_holds(daotp__bytes body, const char *text);

#endif
