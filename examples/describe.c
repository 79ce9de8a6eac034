/* SPDX-License-Identifier: BSD-2-Clause */
/* Say in words what a message, request or certificate holds.
 *
 *   example-describe FILE
 */
#include <daotp/daotp.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    daotp_context *context = NULL;
    daotp_report *report = NULL;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *words = NULL;
    daotp_status rc;
    size_t len;

    if (file == NULL) {
        fprintf(stderr, "usage: example-describe FILE\n");
        return 64;
    }
    len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    rc = daotp_context_new(&context);
    rc = rc ? rc : daotp_report_new(context, &report);
    rc = rc ? rc : daotp_describe(context, bytes, len, DAOTP_FORMAT_TEXT, report, &words);
    if (rc == DAOTP_OK)
        fputs(words, stdout);
    else
        fputs(daotp_report_get_text(report), stderr);
    daotp_free(words);
    daotp_report_free(report);
    daotp_context_unref(context);
    return rc == DAOTP_OK ? 0 : 1;
}
