/* SPDX-License-Identifier: BSD-2-Clause */
/* The store pkcs11: over a module that lies, and one whose user declines. */
#include "builders.h"

#include "key.h"
#include "x509/key.h"

#include <unistd.h>

/* ---- a module ---------------------------------------------------------------------------------
 */

static CK_ULONG told; /* how many entries the module says that it wrote */

static CK_RV begin_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    (void)session, (void)template, (void)count;
    return CKR_OK;
}

static CK_RV search(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG room,
                    CK_ULONG *count)
{
    (void)session, (void)objects, (void)room;
    *count = told;
    return CKR_OK;
}

static CK_RV end_search(CK_SESSION_HANDLE session)
{
    (void)session;
    return CKR_OK;
}

static CK_RV list_slots(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    (void)present, (void)slots;
    *count = told;
    return CKR_OK;
}

static CK_RV no_session(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    (void)session, (void)info;
    return CKR_SESSION_HANDLE_INVALID;
}

static CK_FUNCTION_LIST module = {.C_FindObjectsInit = begin_search,
                                  .C_FindObjects = search,
                                  .C_FindObjectsFinal = end_search,
                                  .C_GetSlotList = list_slots,
                                  .C_GetSessionInfo = no_session};

/* An initialized module, so that p11-kit is not asked to do it. */
static token module_token(void)
{
    static char path[] = "/a:b.so", subject[] = "pkcs11:token=x";

    return (token){.lock = PTHREAD_MUTEX_INITIALIZER,
                   .module = &module,
                   .module_path = path,
                   .subject = subject,
                   .pid = getpid(),
                   .is_initialized = true};
}

static void expect_found(test_report *report, daotp_finding_number number, const char *found)
{
    const daotp_finding *error = daotp_report_get_error(report->report);

    assert_int_equal(daotp_finding_get_number(error), number);
    assert_string_equal(daotp_finding_get_found(error), found);
    test_report_free(report);
}

/* ---- the tests ----------------------------------------------------------------------------------
 */

static void more_objects_than_there_is_room_for(void **state)
{
    test_report report = test_report_new();
    token self = module_token();
    object_list found;

    (void)state;
    told = MAX_OBJECTS + 1;
    assert_int_equal(objects_find(&self, NULL, 0, &found, report.report), DAOTP_CONFIGURATION);
    assert_int_equal(found.count, 0);
    expect_found(&report, DAOTP_FINDING_STORE_TOKEN_FAILED,
                 "C_FindObjects: CKR_OK with 4097 entries, where there is room for 4096");
}

static void more_slots_than_there_is_room_for(void **state)
{
    test_report report = test_report_new();
    token self = module_token();

    (void)state;
    told = 65;
    assert_int_equal(token_begin(&self, false, report.report), DAOTP_CONFIGURATION);
    expect_found(&report, DAOTP_FINDING_STORE_TOKEN_FAILED,
                 "C_GetSlotList: CKR_OK with 65 entries, where there is room for 64");
}

static void what_the_user_declines_is_cancelled(void **state)
{
    test_report report = test_report_new();
    token self = module_token();

    (void)state;
    assert_int_equal(token_fail(&self, CKR_FUNCTION_CANCELED, "C_Login", report.report),
                     DAOTP_CANCELLED);
    assert_int_equal(daotp_report_get_count(report.report), 0);
    test_report_free(&report);
}

static void libkrb5_cannot_load_a_path_with_a_colon(void **state)
{
    test_report report = test_report_new();
    daotp_key *in_memory = test_key(report.context, "p256"), *key = NULL;
    token self = module_token();
    char identity[200];
    size_t len;
    const void *spki = daotp_key_get_public(in_memory, &len);

    (void)state;
    self.context = report.context;
    atomic_init(&self.references, 1);
    assert_int_equal(key_reference(&self, "x", spki, len, report.report, &key), DAOTP_OK);
    assert_int_equal(daotp__key_lend(key, identity, sizeof identity, report.report),
                     DAOTP_CONFIGURATION);
    daotp_key_unref(key);
    daotp_key_unref(in_memory);
    expect_found(&report, DAOTP_FINDING_LOGON_HELD_KEY,
                 "a colon in the path of the module, at which libkrb5 ends it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_objects_than_there_is_room_for),
        cmocka_unit_test(more_slots_than_there_is_room_for),
        cmocka_unit_test(what_the_user_declines_is_cancelled),
        cmocka_unit_test(libkrb5_cannot_load_a_path_with_a_colon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
