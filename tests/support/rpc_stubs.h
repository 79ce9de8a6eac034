/* SPDX-License-Identifier: BSD-2-Clause */
/* Stubs as Windows clients, impacket and Samba write them, in hexadecimal. */
#ifndef RPC_STUBS_H
#define RPC_STUBS_H

#include "core/buffer.h"

typedef struct octets {
    uint8_t data[1024];
    size_t len;
} octets;

octets unhex(const char *hex);
daotp__bytes view(const octets *in);

extern const char icpr_request[];
extern const char issued_answer[];
extern const char denied_answer[];
extern const char dcom_request[];
extern const char dcom_request2[];
extern const char activation_request[];
extern const char activation_answer[];
extern const char creation_request[];
extern const char creation_answer[]; /* of the second interface; made by impacket */
extern const char property_request[];
extern const char property_answer[];
extern const char map_request[];
extern const char map_nothing[];
extern const char map_hit[];

#endif
