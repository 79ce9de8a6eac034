/* SPDX-License-Identifier: BSD-2-Clause */
/* Guesses what a file is that daotp decode does not know, and names the program that reads it. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_GUESSED = 4 * 1024 * 1024 }; /* as much as tool_read_file() reads */

#define ENCRYPTED_KEY                                                                              \
    "an encrypted private key; openssl pkey -in FILE -noout -text_pub asks for its pass phrase "   \
    "and shows the kind of key"

/* What it begins with, or holds. */
static const struct {
    const char *bytes;
    size_t len;
    bool anywhere;
    const char *what;
} marks[] = {
#define BEGINS(bytes) bytes, sizeof(bytes) - 1, false
#define HOLDS(bytes)  bytes, sizeof(bytes) - 1, true
    {BEGINS("ssh-"), "a public key of SSH: ssh-keygen -l -f FILE"},
    {BEGINS("\xFE\xED\xFE\xED"),
     "a Java keystore: keytool -exportcert -rfc -keystore FILE -alias NAME | daotp decode -"},
    {BEGINS("\x1F\x8B"), "compressed: gzip -dc FILE | daotp decode -"},
    {BEGINS("PK\x03\x04"), "a zip archive: unzip it first"},
    {BEGINS("\x7F"
            "ELF"),
     "a program"},
    {BEGINS("MZ"), "a program for Windows"},
    {BEGINS("{"), "JSON, which is none of the protocol's messages"},
    {HOLDS("Proc-Type: 4,ENCRYPTED"), ENCRYPTED_KEY},
    {HOLDS("-----BEGIN ENCRYPTED PRIVATE KEY"), ENCRYPTED_KEY},
    {HOLDS("-----BEGIN OPENSSH PRIVATE KEY"),
     "a private key as OpenSSH writes it; ssh-keygen -l -f FILE shows the kind of key"},
    {HOLDS("PRIVATE KEY-----"),
     "a private key; openssl pkey -in FILE -noout -text_pub shows the kind of key"},
    {HOLDS("-----BEGIN PUBLIC KEY-----"),
     "a public key without a certificate: openssl pkey -pubin -in FILE -noout -text"},
    {HOLDS(" PARAMETERS-----"), "parameters without a key"},
#undef BEGINS
#undef HOLDS
};

/* A SEQUENCE that begins with the INTEGER version; behind it stands an item of this tag. */
static bool is_versioned(const unsigned char *at, size_t len, unsigned version, unsigned next)
{
    size_t skip = 2;

    if (len < 8 || at[0] != 0x30)
        return false;
    if (at[1] > 0x80)
        skip += at[1] - 0x80u;
    return skip + 4 <= len && at[skip] == 0x02 && at[skip + 1] == 1 && at[skip + 2] == version &&
           at[skip + 3] == next;
}

/* A SEQUENCE whose length (X.690 8.1.3, in at most four octets) goes past the end. */
static bool is_cut(const unsigned char *at, size_t len)
{
    size_t octets, content = 0;

    if (len < 6 || at[0] != 0x30 || at[1] < 0x81 || at[1] > 0x84)
        return false;
    octets = at[1] - 0x80u;
    for (size_t i = 0; i < octets; i++)
        content = content << 8 | at[2 + i];
    return content > len - 2 - octets;
}

static const char *guess_der(const void *bytes, size_t len)
{
    if (is_versioned(bytes, len, 3, 0x30))
        return "a PKCS#12 file (PFX): openssl pkcs12 -in FILE -nokeys shows its certificates";
    if (is_versioned(bytes, len, 0, 0x30) || is_versioned(bytes, len, 0, 0x02) ||
        is_versioned(bytes, len, 1, 0x04))
        return "a private key in DER; openssl pkey -in FILE -noout -text_pub shows the kind of key";
    if (is_cut(bytes, len))
        return "DER that is cut off: its outer SEQUENCE is longer than the file; copy the file "
               "again, in binary mode";
    return NULL;
}

static bool is_text(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] < 0x20 && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\r')
            return false;
    return true;
}

static bool is_wrong_kind(const daotp_report *report)
{
    switch (daotp_finding_get_number(daotp_report_get_error(report))) {
    case DAOTP_FINDING_CERT_DER:
    case DAOTP_FINDING_CRL_DER:
    case DAOTP_FINDING_FILE_READ: /* an empty file, where one is mapped */
    case DAOTP_FINDING_TRUST_EMPTY:
        return true;
    default:
        return false;
    }
}

/* NULL when it begins and holds nothing that is known. */
static const char *guess_known(const void *bytes, size_t len)
{
    static const char block[] = "-----BEGIN ";
    const char *der;

    if (len == 0)
        return "empty";
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        bool holds = marks[i].anywhere
                         ? memmem(bytes, len, marks[i].bytes, marks[i].len) != NULL
                         : len >= marks[i].len && memcmp(bytes, marks[i].bytes, marks[i].len) == 0;

        if (holds)
            return marks[i].what;
    }
    der = guess_der(bytes, len);
    if (der == NULL && is_text(bytes, len) && memmem(bytes, len, block, sizeof block - 1) == NULL)
        return "text, with no certificate, request or message of the protocol in it";
    return der;
}

/* What `daotp decode` calls it: its first line. */
static void say_described(const char *path, const void *bytes, size_t len)
{
    daotp_context *context = tool_context();
    char *text = NULL;

    if (daotp_describe(context, bytes, len, DAOTP_FORMAT_TEXT, NULL, &text) == DAOTP_OK)
        tool_say("daotp: %s is of another kind: %.*s; daotp decode %s shows it", path,
                 (int)strcspn(text, "\n"), text, path);
    daotp_free(text);
    daotp_context_unref(context);
}

void tool_say_kind(const char *path, const void *bytes, size_t len, const daotp_report *report)
{
    const char *kind;

    if (!is_wrong_kind(report))
        return;
    kind = guess_known(bytes, len);
    if (kind != NULL)
        tool_say("daotp: %s is %s", path, kind);
    else
        say_described(path, bytes, len);
}

void tool_say_file_kind(const char *path, const daotp_report *report)
{
    struct stat st;
    char *bytes;
    size_t len;

    if (!is_wrong_kind(report) || stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
        access(path, R_OK) != 0 || st.st_size > MAX_GUESSED || !tool_read_file(path, &bytes, &len))
        return;
    tool_say_kind(path, bytes, len, report);
    explicit_bzero(bytes, len); /* it may be a private key */
    free(bytes);
}

const char *tool_guess(const void *bytes, size_t len, const daotp_report *report)
{
    const char *known = guess_known(bytes, len);

    if (known != NULL)
        return known;
    if (daotp_finding_get_number(daotp_report_get_error(report)) != DAOTP_FINDING_INPUT_KIND)
        return NULL; /* the report says what it is, and what is wrong with it */
    if (memmem(bytes, len, "-----BEGIN ", 11) != NULL)
        return "PEM in which no block can be described";
    return "nothing that daotp knows; openssl asn1parse -inform DER -i -in FILE shows what is in "
           "it, if it is DER";
}
