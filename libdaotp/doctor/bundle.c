/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/bundle.h"

#include "core/alloc.h"
#include "doctor/bundle_certificates.h"
#include "doctor/bundle_lines.h"
#include "doctor/bundle_logs.h"
#include "doctor/bundle_outputs.h"

#include <string.h>

/* ---- the kinds of files ---------------------------------------------------------------------- */

/* The file has no other known form: read it as a message that a person wrote down. */
static daotp_status read_message(daotp__bundle_reader *reader)
{
    bool is_known = false;
    daotp_status status = DAOTP_OK;

    if (reader->text.len <= DAOTP__MAX_BUNDLE_RECORD)
        status = daotp__bundle_explain(reader, reader->text, "", &is_known);
    daotp__bundle_set_kind(reader, "text", "a message");
    if (status == DAOTP_OK && !is_known)
        status = daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_UNKNOWN, "text");
    return status;
}

static daotp_status read_texts(daotp__bundle_reader *reader)
{
    static const struct {
        daotp_status (*read)(daotp__bundle_reader *reader, bool *found);
        const char *kind, *title;
    } readers[] = {{daotp__bundle_read_certutil, "certutil", "what certutil printed"},
                   {daotp__bundle_read_settings, "settings", "the settings of DirectAccess"},
                   {daotp__bundle_read_events, "events", "an event log"}};
    daotp_status status = DAOTP_OK;
    bool is_known = false, found;

    for (size_t i = 0; i < sizeof readers / sizeof readers[0] && status == DAOTP_OK; i++) {
        status = readers[i].read(reader, &found);
        if (found)
            daotp__bundle_set_kind(reader, readers[i].kind, readers[i].title);
        is_known = is_known || found;
    }
    return status != DAOTP_OK || is_known ? status : read_message(reader);
}

static daotp_status read_as_text(daotp__bundle_reader *reader, daotp__bytes bytes)
{
    daotp__buffer text;
    daotp_status status;

    daotp__buffer_init(&text, (size_t)DAOTP__MAX_BUNDLE_FILE * 2);
    status = daotp__bundle_decode(bytes, &text);
    reader->text = daotp__buffer_bytes(&text);
    if (status == DAOTP_OK)
        status = read_texts(reader);
    daotp__buffer_free(&text);
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

static bool is_binary_log(daotp__bytes bytes)
{
    static const char magic[] = "ElfFile";

    return bytes.len >= sizeof magic && memcmp(bytes.data, magic, sizeof magic) == 0;
}

static daotp_status read_bundle_file(daotp__bundle_reader *reader, daotp__bytes bytes)
{
    bool found = false;
    daotp_status status;

    if (bytes.len > DAOTP__MAX_BUNDLE_FILE)
        return daotp__bundle_note(reader, DAOTP_FINDING_LIMIT_SIZE, "more than 16 MiB");
    if (is_binary_log(bytes)) {
        daotp__bundle_set_kind(reader, "events", "an event log");
        return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_EVTX, "ElfFile");
    }
    status = daotp__bundle_read_certificates(reader, bytes, &found);
    return found || status != DAOTP_OK ? status : read_as_text(reader, bytes);
}

/* ---- the file -------------------------------------------------------------------------------- */

void daotp__bundle_file_free(daotp__bundle_file *file)
{
    if (file == NULL)
        return;
    daotp__report_end(&file->report);
    daotp__delete(file->name);
    daotp__delete(file);
}

daotp_status daotp__bundle_file_new(daotp_context *context, const char *name, daotp__bytes bytes,
                                    daotp__bundle_file **out)
{
    daotp__bundle_file *file = daotp__new(sizeof *file);
    daotp__bundle_reader *reader = daotp__new(sizeof *reader);
    daotp_status status = DAOTP_MEMORY;

    *out = NULL;
    if (file != NULL) {
        daotp__report_init(&file->report, context);
        file->rank = UINT32_MAX;
        file->kind = "file";
        file->title = "a file";
        file->name = daotp__text_copy(name);
    }
    if (file != NULL && file->name != NULL && reader != NULL) {
        reader->file = file;
        reader->context = context;
        reader->now_s = daotp__context_now_s(context);
        status = read_bundle_file(reader, bytes);
    }
    daotp__delete(reader);
    if (status == DAOTP_OK)
        *out = file;
    else
        daotp__bundle_file_free(file);
    return status;
}
