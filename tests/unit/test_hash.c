/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC-SHA-256, with the test cases of RFC 4231 whose key the library takes. */
#include "builders.h"

#include "x509/algorithm.h"

static void hmac_is_that_of_rfc_4231(void **state)
{
    uint8_t key_aa[20], data_dd[50], key_0b[20];
    const struct {
        daotp__bytes key, data;
        const char *mac;
    } cases[] = {
        {{key_0b, sizeof key_0b},
         BYTES("Hi There"),
         "B0344C61D8DB38535CA8AFCEAF0BF12B 881DC200C9833DA726E9376C2E32CFF7"},
        {BYTES("Jefe"), BYTES("what do ya want for nothing?"),
         "5BDCC146BF60754E6A042426089575C7 5A003F089D2739839DEC58B964EC3843"},
        {{key_aa, sizeof key_aa},
         {data_dd, sizeof data_dd},
         "773EA91E36800E46854DB8EBD09181A7 2959098B3EF8C122D9635514CED565FE"},
    };

    (void)state;
    memset(key_aa, 0xAA, sizeof key_aa);
    memset(data_dd, 0xDD, sizeof data_dd);
    memset(key_0b, 0x0B, sizeof key_0b);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t mac[DAOTP__HASH_MAX];

        assert_true(daotp__hash_keyed(cases[i].key, cases[i].data, mac));
        assert_bytes_equal(hex(cases[i].mac), (daotp__bytes){mac, 32});
    }
}

static void a_key_longer_than_a_block_is_refused(void **state)
{
    uint8_t key[65] = {0}, mac[DAOTP__HASH_MAX];

    (void)state;
    assert_true(daotp__hash_keyed((daotp__bytes){key, 64}, BYTES("x"), mac));
    assert_false(daotp__hash_keyed((daotp__bytes){key, 65}, BYTES("x"), mac));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_is_that_of_rfc_4231),
        cmocka_unit_test(a_key_longer_than_a_block_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
