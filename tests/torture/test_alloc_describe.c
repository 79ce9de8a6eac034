/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptions of everything, with each of their allocations failing. */
#include "testing.h"
#include "torture.h"

#include "x509/der.h"

#include <daotp/describe.h>
#include <stdlib.h>

static daotp_context *context;

typedef struct flow {
    daotp__buffer bytes;
    daotp_format format;
    char *expected; /* of the first run, in which no allocation fails */
} flow;

static daotp_status run(void *user)
{
    flow *f = user;
    daotp_report *report;
    daotp_status status = daotp_report_new(context, &report);
    char *text = NULL;

    if (status == DAOTP_OK)
        status = daotp_describe(context, f->bytes.data, f->bytes.len, f->format, report, &text);
    assert_int_equal(text != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK) /* whole, or not at all */
        assert_int_equal(text[strlen(text) - 1], f->format == DAOTP_FORMAT_JSON ? ']' : '\n');
    if (status == DAOTP_OK && f->expected != NULL) /* nothing becomes "malformed" without memory */
        assert_string_equal(text, f->expected);
    if (f->expected == NULL) {
        f->expected = text;
        text = NULL;
    }
    (void)daotp_report_get_text(report);
    (void)daotp_report_get_json(report);
    daotp_free(text);
    daotp_report_free(report);
    return status;
}

static void torture_both(flow *f, const char *name)
{
    for (int format = DAOTP_FORMAT_TEXT; format <= DAOTP_FORMAT_JSON; format++) {
        f->format = (daotp_format)format;
        f->expected = NULL;
        (void)torture(name, run, f);
        daotp_free(f->expected);
    }
    daotp__buffer_free(&f->bytes);
}

static void the_published_vectors(void **state)
{
    static const char *const files[] = {"otpce-4.1-request.xml", "otpce-4.1-response.xml",
                                        "otpce-4.2-request.xml", "otpce-4.2-response.xml",
                                        "otpce-4.3-request.xml", "otpce-4.3-response.xml",
                                        "otpce-4.4-request.xml", "otpce-4.4-response.xml",
                                        "request-4.1.csr.der",   "response-4.1.cmc.der"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        flow f;

        daotp__buffer_init(&f.bytes, 1 << 20);
        load_file(files[i], &f.bytes);
        torture_both(&f, files[i]);
    }
}

/* The outermost length indefinite, as BER allows. */
static daotp__buffer to_ber(daotp__buffer *der)
{
    daotp__bytes in;
    daotp__buffer out;

    assert_true(daotp__der_only(daotp__buffer_bytes(der), DAOTP__DER_SEQUENCE, &in));
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_text(&out, "\x30\x80");
    daotp__buffer_add(&out, in.data, in.len);
    daotp__buffer_add(&out, "\0\0", 2);
    daotp__buffer_free(der);
    return out;
}

/* As PowerShell writes it. */
static daotp__buffer to_utf16(X509 *certificate)
{
    daotp__buffer pem, out;

    daotp__buffer_init(&pem, 1 << 20);
    daotp__buffer_init(&out, 1 << 20);
    forge_pem(&pem, certificate);
    daotp__buffer_text(&out, "\xFF\xFE");
    for (size_t i = 0; i < pem.len; i++) {
        daotp__buffer_byte(&out, pem.data[i]);
        daotp__buffer_byte(&out, 0);
    }
    daotp__buffer_free(&pem);
    return out;
}

/* Keys by themselves, and a request for OCSP: in DER, as openssl writes them. */
static void keys_and_ocsp_requests(void **state)
{
    static const char *const blocks[] = {
        "-----BEGIN RSA PUBLIC KEY-----\nMAkCAgDBAgMBAAE=\n-----END RSA PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEICaYTTQh7dS64xsyp8D15OrVm4mHih59qkCe3Qt8ssGj\n"
        "-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MHcCAQEEIL2ZLk2wEzMP00LEt9tAvOgvkXFNVGXHTKuax2F9RQAToAoGCCqGSM49\n"
        "AwEHoUQDQgAEDhKLpdqIMF6Q3v8z4E1OMkYpn9jIJy6U9VEQ+c/Qq/apo6KlyDO1\n"
        "7s0SX6/dHPoOleD/tZrBzCR+tkOnCCfleA==\n"
        "-----END EC PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAik5BMDSHfttQIBATAM\n"
        "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQVJ1uJaSd4GAHzXlHAffGgwRANHTW\n"
        "TU0ZQympQRoKW5wx/9N6fsx/9XeQFyWLxxPU/eSlDEQ2wb/LrnIUCU9OfAMd6Nkn\n"
        "LFoSxyVyX9XeXejmVQ==\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN OCSP REQUEST-----\n"
        "MCwwKjAoMCYwJDAHBgUrDgMCGgQKMDEyMzQ1Njc4OQQKMDEyMzQ1Njc4OQIBBw==\n"
        "-----END OCSP REQUEST-----\n"};

    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        flow f;

        daotp__buffer_init(&f.bytes, 1 << 20);
        daotp__buffer_text(&f.bytes, blocks[i]);
        torture_both(&f, blocks[i]);
    }
}

static void certificates(void **state)
{
    forge_world world = forge_world_new();
    X509 *const both[] = {world.user, world.root, NULL};
    flow f = {.bytes = forge_der(world.user)};

    (void)state;
    torture_both(&f, "certificate");
    f.bytes = forge_pkcs7(both);
    torture_both(&f, "PKCS#7");
    f.bytes = forge_pkcs7(both);
    f.bytes = to_ber(&f.bytes);
    torture_both(&f, "PKCS#7 in BER");
    daotp__buffer_init(&f.bytes, 1 << 20);
    forge_pem(&f.bytes, world.user);
    forge_pem(&f.bytes, world.root);
    torture_both(&f, "PEM");
    f.bytes = to_utf16(world.user);
    torture_both(&f, "PEM in UTF-16");
    forge_world_free(&world);
}

static int set_up(void **state)
{
    (void)state;
    context = forge_context();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_context_unref(context);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors),
        cmocka_unit_test(certificates),
        cmocka_unit_test(keys_and_ocsp_requests),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
