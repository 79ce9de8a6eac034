/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes by name, and in words: by libradcli, behind radcli.c. No octet reaches it that was not
 * verified, and none that it would complain of to syslog. */
#ifndef DAOTP_RADIUS_DICTIONARY_H
#define DAOTP_RADIUS_DICTIONARY_H

#include "core/report.h"
#include "radius/packet.h"

/* Told each attribute of a text: number, vendor (0 for none), value as it goes over the wire. */
typedef daotp_status (*daotp__radius_attribute_fn)(void *user, uint8_t type, uint32_t vendor,
                                                   daotp__bytes value);

/* "Name = value Name = value", separated by blanks. DAOTP_USAGE when any part is not understood. */
daotp_status daotp__radius_text_parse(const char *text, daotp__radius_attribute_fn tell,
                                      void *user);
/* A verified list of attributes in words, a line each; what the dictionary does not know is shown
 * by number, in hexadecimal. */
daotp_status daotp__radius_text_write(daotp__bytes attributes, daotp__buffer *out);

/* A server of an existing radcli installation. */
typedef daotp_status (*daotp__radius_import_fn)(void *user, const char *host, uint16_t port,
                                                const char *secret);
/* The servers that a radiusclient.conf names, with the secrets of its servers file. */
daotp_status daotp__radius_import(const char *path, daotp__radius_import_fn tell, void *user,
                                  daotp_report *report);

#endif
