/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads Windows events from a text: XML (wevtutil, Event Viewer), CSV (Event Viewer,
 * Export-Csv), or pasted text (Event Viewer, wevtutil, Format-List), in English and German. */
#ifndef DAOTP_DOCTOR_BUNDLE_EVENTS_H
#define DAOTP_DOCTOR_BUNDLE_EVENTS_H

#include "core/buffer.h"

typedef struct daotp__bundle_event {
    daotp__bytes source, level, time, user,
        body; /* views into the text; empty: absent; body: the whole event */
    uint32_t id;
    bool has_id;
} daotp__bundle_event;

enum { DAOTP__EVENT_COLUMNS = 64 };

/* The form of the events in a text, and the reading position. */
typedef struct daotp__event_list {
    daotp__bytes text;
    size_t at;
    size_t malformed; /* events that were passed over, for they are not whole */
    enum { DAOTP__EVENTS_NONE, DAOTP__EVENTS_XML, DAOTP__EVENTS_CSV, DAOTP__EVENTS_TEXT } form;
    char separator;                       /* only of CSV */
    uint8_t fields[DAOTP__EVENT_COLUMNS]; /* only of CSV: the field in each column */
} daotp__event_list;

/* Find the form of the events; DAOTP__EVENTS_NONE if the text has none. */
void daotp__event_list_begin(daotp__event_list *list, daotp__bytes text);
/* Read the next event that has a source and a number. Returns false at the end. */
bool daotp__event_list_next(daotp__event_list *list, daotp__bundle_event *event);
/* A number by which times can be compared, from a time in a Windows form or in ISO 8601; 0: the
 * time cannot be read. */
int64_t daotp__event_time_key(daotp__bytes time);

#endif
