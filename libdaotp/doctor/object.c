/* SPDX-License-Identifier: BSD-2-Clause */
/* The doctor object: creating it, setting it up, reading the results, freeing it. The run is in
 * run.c. */
#include "doctor/doctor.h"

#include "core/alloc.h"
#include "core/extension.h"
#include "doctor/bundle.h"
#include "doctor/row.h"

#include <string.h>

enum { DEFAULT_MS = 60 * 1000, LONGEST_MS = 600 * 1000 };

/* Nothing to do when a descriptor is ready: each step continues every row. */
static void on_row_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

daotp_status daotp_doctor_new(daotp_context *context, daotp_doctor **out)
{
    daotp_doctor *doctor;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    doctor = daotp__new(sizeof *doctor);
    if (doctor == NULL)
        return DAOTP_MEMORY;
    doctor->context = daotp__context_ref(context);
    daotp__buffer_init_secret(&doctor->code, DAOTP__MAX_OTP);
    doctor->timeout_ms = DEFAULT_MS;
    doctor->client_rows = DAOTP_CLIENT_ROWS_ALL;
    doctor->slot = -1;
    status = daotp__loop_new(context, &doctor->loop);
    if (status == DAOTP_OK) {
        doctor->slot = daotp__loop_join(doctor->loop, on_row_ready, doctor);
        status = doctor->slot < 0 ? DAOTP_MEMORY : DAOTP_OK;
    }
    if (status != DAOTP_OK) {
        daotp_doctor_free(doctor);
        return status;
    }
    *out = doctor;
    return DAOTP_OK;
}

static void free_added_probe(daotp__added_probe *added)
{
    added->probe.free(added->self);
    daotp__delete(added->name);
    daotp__delete(added->title);
    daotp__delete(added->subject);
}

void daotp_doctor_free(daotp_doctor *doctor)
{
    daotp_context *context;

    if (doctor == NULL)
        return;
    context = doctor->context;
    daotp__doctor_drop_rows(doctor);
    for (size_t i = 0; i < doctor->added_count; i++)
        free_added_probe(&doctor->added[i]);
    for (size_t i = 0; i < doctor->kdc_count; i++) {
        daotp__delete(doctor->kdcs[i].realm);
        daotp__delete(doctor->kdcs[i].kdc);
    }
    for (size_t i = 0; i < doctor->crl_count; i++)
        daotp__delete(doctor->crls[i]);
    for (size_t i = 0; i < doctor->file_count; i++)
        daotp__bundle_file_free(doctor->files[i]);
    daotp_key_unref(doctor->throwaway_key);
    daotp__delete(doctor->user);
    daotp__buffer_free(&doctor->code);
    daotp__loop_free(doctor->loop);
    daotp__delete(doctor);
    daotp_context_unref(context);
}

/* ---- settings -------------------------------------------------------------------------------- */

/* Settings may change after a run, because its rows hold none of them. */
static bool can_set(const daotp_doctor *doctor)
{
    return doctor != NULL && !doctor->is_running;
}

static bool is_too_long(const char *text, size_t max)
{
    return strnlen(text, max + 1) > max;
}

daotp_status daotp_doctor_set_client(daotp_doctor *doctor, daotp_client *client)
{
    if (!can_set(doctor))
        return DAOTP_USAGE;
    doctor->client = client;
    return DAOTP_OK;
}

daotp_status daotp_doctor_set_user(daotp_doctor *doctor, const char *user_name)
{
    if (!can_set(doctor) || (user_name != NULL && is_too_long(user_name, DAOTP__MAX_USER_NAME)))
        return DAOTP_USAGE;
    return daotp__text_set(&doctor->user, user_name) ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_doctor_set_code(daotp_doctor *doctor, const char *otp, size_t otp_len)
{
    if (!can_set(doctor) || otp_len > DAOTP__MAX_OTP || (otp == NULL && otp_len > 0))
        return DAOTP_USAGE;
    daotp__buffer_clear(&doctor->code);
    daotp__buffer_add(&doctor->code, otp, otp_len);
    return doctor->code.failed;
}

daotp_status daotp_doctor_set_code_wrong(daotp_doctor *doctor, bool is_wrong)
{
    if (!can_set(doctor))
        return DAOTP_USAGE;
    doctor->is_code_wrong = is_wrong;
    return DAOTP_OK;
}

daotp_status daotp_doctor_set_client_rows(daotp_doctor *doctor, daotp_client_rows rows)
{
    if (!can_set(doctor) || rows < DAOTP_CLIENT_ROWS_ALL || rows > DAOTP_CLIENT_ROWS_NONE)
        return DAOTP_USAGE;
    doctor->client_rows = rows;
    return DAOTP_OK;
}

daotp_status daotp_doctor_set_radius(daotp_doctor *doctor, daotp_radius *radius)
{
    if (!can_set(doctor))
        return DAOTP_USAGE;
    doctor->radius = radius;
    return DAOTP_OK;
}

daotp_status daotp_doctor_add_kdc(daotp_doctor *doctor, const char *realm, const char *kdc)
{
    daotp__kdc_place *place;

    if (!can_set(doctor) || realm == NULL || kdc == NULL || *realm == '\0' || *kdc == '\0' ||
        is_too_long(realm, DAOTP__MAX_TEXT) || doctor->kdc_count == DAOTP__MAX_DOCTOR_KDCS)
        return DAOTP_USAGE;
    place = &doctor->kdcs[doctor->kdc_count];
    if (!daotp__text_set(&place->realm, realm) || !daotp__text_set(&place->kdc, kdc)) {
        daotp__delete(place->realm);
        place->realm = NULL;
        return DAOTP_MEMORY;
    }
    doctor->kdc_count++;
    return DAOTP_OK;
}

daotp_status daotp_doctor_add_crl(daotp_doctor *doctor, const char *source)
{
    if (!can_set(doctor) || source == NULL || *source == '\0' ||
        is_too_long(source, DAOTP__MAX_URL) || doctor->crl_count == DAOTP__MAX_DOCTOR_CRLS)
        return DAOTP_USAGE;
    if (!daotp__text_set(&doctor->crls[doctor->crl_count], source))
        return DAOTP_MEMORY;
    doctor->crl_count++;
    return DAOTP_OK;
}

daotp_status daotp_doctor_set_timeout_ms(daotp_doctor *doctor, int64_t timeout_ms)
{
    if (!can_set(doctor) || timeout_ms < 1 || timeout_ms > LONGEST_MS)
        return DAOTP_USAGE;
    doctor->timeout_ms = timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_doctor_set_progress_callback(daotp_doctor *doctor, daotp_doctor_progress_fn tell,
                                                void *user)
{
    if (!can_set(doctor))
        return DAOTP_USAGE;
    doctor->tell = tell;
    doctor->tell_user = user;
    return DAOTP_OK;
}

/* ---- probes of extenders --------------------------------------------------------------------- */

static bool is_probe_complete(const daotp_probe *probe)
{
    return probe->size >= sizeof *probe && probe->step != NULL && probe->free != NULL;
}

static daotp_status keep_added_probe(daotp__added_probe *added, const daotp_probe *probe,
                                     const char *const texts[3], void *self)
{
    daotp__extension_copy(&added->probe, sizeof added->probe, probe, probe->size);
    added->name = daotp__text_copy(texts[0]);
    added->title = daotp__text_copy(texts[1]);
    added->subject = daotp__text_copy(texts[2] != NULL ? texts[2] : "");
    added->self = self;
    if (added->name != NULL && added->title != NULL && added->subject != NULL)
        return DAOTP_OK;
    free_added_probe(added);
    memset(added, 0, sizeof *added);
    return DAOTP_MEMORY;
}

static bool is_row_name(const char *name)
{
    return name != NULL && *name != '\0';
}

daotp_status daotp_doctor_add_probe(daotp_doctor *doctor, const char *name, const char *title,
                                    const daotp_probe *probe, void *self, const char *subject)
{
    const char *const texts[] = {name, title, subject};
    daotp_status status;

    if (probe == NULL)
        return DAOTP_USAGE;
    if (!can_set(doctor) || !is_probe_complete(probe) || !is_row_name(name) ||
        !is_row_name(title) || doctor->added_count == DAOTP__MAX_DOCTOR_PROBES) {
        if (probe->size >= sizeof *probe && probe->free != NULL)
            probe->free(self);
        return DAOTP_USAGE;
    }
    status = keep_added_probe(&doctor->added[doctor->added_count], probe, texts, self);
    if (status == DAOTP_OK)
        doctor->added_count++;
    return status;
}

/* ---- looking into it ------------------------------------------------------------------------- */

int daotp_doctor_get_fd(const daotp_doctor *doctor)
{
    return doctor != NULL ? daotp__loop_fd(doctor->loop) : -1;
}

int daotp_doctor_get_timeout_ms(const daotp_doctor *doctor)
{
    return doctor != NULL ? daotp__loop_timeout_ms(doctor->loop) : -1;
}

void daotp_doctor_cancel(daotp_doctor *doctor)
{
    if (doctor != NULL)
        daotp__loop_cancel(doctor->loop);
}

size_t daotp_doctor_get_count(const daotp_doctor *doctor)
{
    return doctor != NULL ? doctor->row_count : 0;
}

static daotp__doctor_row *find_doctor_row(const daotp_doctor *doctor, size_t row)
{
    return doctor != NULL && row < doctor->row_count ? doctor->rows[row] : NULL;
}

const char *daotp_doctor_get_name(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? found->name : "";
}

const char *daotp_doctor_get_title(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? found->title : "";
}

const char *daotp_doctor_get_subject(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? found->subject : "";
}

daotp_probe_state daotp_doctor_get_state(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? found->state : DAOTP_PROBE_WAITING;
}

size_t daotp_doctor_get_blocker(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    if (found == NULL || found->blocker == DAOTP__NO_ROW)
        return daotp_doctor_get_count(doctor);
    return (size_t)found->blocker;
}

int64_t daotp_doctor_get_ms(const daotp_doctor *doctor, size_t row)
{
    const daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? found->took_ms : -1;
}

daotp_report *daotp_doctor_get_row_report(const daotp_doctor *doctor, size_t row)
{
    daotp__doctor_row *found = find_doctor_row(doctor, row);

    return found != NULL ? &found->report : NULL;
}

const char *daotp_probe_state_name(daotp_probe_state state)
{
    static const char *const names[] = {"waiting", "running",   "pass",   "warn",
                                        "fail",    "undecided", "skipped"};

    return (size_t)state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}
