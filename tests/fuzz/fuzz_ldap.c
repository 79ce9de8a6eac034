/* SPDX-License-Identifier: BSD-2-Clause */
/* LDAP: the front of an answer, and URLs. A front says the same of its bytes however they are cut:
 * "more", and then what it says of all; a value lies inside its message. */
#include "fuzz.h"

#include "net/ldap_message.h"
#include "net/ldap_url.h"

static void read_cuts(daotp__bytes bytes)
{
    daotp__ldap_front front, part;
    daotp__ldap_kind kind = daotp__ldap_read_front(bytes, 1, &front);

    if (kind == DAOTP__LDAP_VALUE)
        HOLDS(front.value_len > 0 && front.value_at <= bytes.len &&
              front.value_len <= front.message_len - front.value_at);
    for (size_t len = 0; len < bytes.len && len < 256; len++) {
        daotp__ldap_kind found = daotp__ldap_read_front((daotp__bytes){bytes.data, len}, 1, &part);

        HOLDS(found == DAOTP__LDAP_MORE || found == kind);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__ldap_url url;
    char *text;

    read_cuts((daotp__bytes){data, size});
    text = fuzz_text(data, size);
    (void)daotp__ldap_url_parse(text, &url);
    daotp__ldap_url_free(&url);
    (void)daotp__ldap_url_parse_server(text, &url);
    daotp__ldap_url_free(&url);
    free(text);
    return 0;
}
