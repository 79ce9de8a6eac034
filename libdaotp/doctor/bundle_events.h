/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of Windows in a text: as XML (wevtutil, Event Viewer), as CSV (Event Viewer, Export-Csv),
 * as pasted text (Event Viewer, wevtutil, Format-List), in English and German. */
#ifndef DAOTP_DOCTOR_BUNDLE_EVENTS_H
#define DAOTP_DOCTOR_BUNDLE_EVENTS_H

#include "core/buffer.h"

typedef struct daotp__bundle_event {
    daotp__bytes source, level, time, user, body; /* body: all of it; views; empty: not there */
    uint32_t id;
    bool has_id;
} daotp__bundle_event;

enum { DAOTP__EVENT_COLUMNS = 64 };

/* How the events of a text are written, and how far they were read. */
typedef struct daotp__event_list {
    daotp__bytes text;
    size_t at;
    enum { DAOTP__EVENTS_NONE, DAOTP__EVENTS_XML, DAOTP__EVENTS_CSV, DAOTP__EVENTS_TEXT } form;
    char separator;                       /* of CSV */
    uint8_t fields[DAOTP__EVENT_COLUMNS]; /* of CSV: what each column holds */
} daotp__event_list;

/* See how the events are written; form is DAOTP__EVENTS_NONE where there are none. */
void daotp__event_list_begin(daotp__event_list *list, daotp__bytes text);
/* The next event that has a source and a number. */
bool daotp__event_list_next(daotp__event_list *list, daotp__bundle_event *event);
/* A number that grows with the time, from the forms of Windows and ISO 8601; 0: it cannot be read.
 */
int64_t daotp__event_time_key(daotp__bytes time);

#endif
