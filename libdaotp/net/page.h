/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognises a web page that was received instead of a protocol message: from a captive portal,
 * a proxy, a sign-in page or a server's start page. No I/O. */
#ifndef DAOTP_NET_PAGE_H
#define DAOTP_NET_PAGE_H

#include "core/buffer.h"

enum { DAOTP__PAGE_TITLE = 160 };

/* Whether the body is an HTML page. content_type: of the response; NULL: absent. */
bool daotp__page_is_html(const char *content_type, daotp__bytes body);
/* Copy the title of the page, cut if it is too long; "" if it has none. A person recognises the
 * page by its title. */
void daotp__page_title(daotp__bytes body, char title[DAOTP__PAGE_TITLE]);
/* Whether the body contains this text, ignoring case. */
bool daotp__page_holds(daotp__bytes body, const char *text);

#endif
