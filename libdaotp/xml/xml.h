/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading XML, by libxml2, into a small tree of our own; and the escaping that writing needs.
 * Bounded in size, depth, nodes and attributes; no DOCTYPE, no entities but the five, no network.
 * Names are compared with their namespace. The tree is wiped when freed, and attribute values are
 * wiped where libxml2 held them, for a message may carry a one-time password.
 */
#ifndef DAOTP_XML_XML_H
#define DAOTP_XML_XML_H

#include "core/buffer.h"

typedef struct daotp__xml_attribute {
    struct daotp__xml_attribute *next;
    const char *ns, *name, *value; /* ns is "" for none */
    size_t value_len;
} daotp__xml_attribute;

typedef struct daotp__xml_node {
    struct daotp__xml_node *parent, *first, *last, *next;
    const char *ns, *name;
    daotp__xml_attribute *attributes;
    daotp__buffer text; /* its own character data, children's left out */
    size_t offset;      /* behind its start tag, in octets of the document as UTF-8 */
} daotp__xml_node;

/* Why a document cannot be read: which element, where, by which rule. */
typedef struct daotp__xml_fault {
    const char *field; /* NULL: the document as XML */
    const char *rule;  /* static; "": nothing is wrong */
    size_t offset;     /* as of a node */
} daotp__xml_fault;

enum { DAOTP__XML_FAULT_TEXT = 320 };
/* "minimalKeyLength, octet 4711: MS-XCEP 3.1.4.1.3.20: a number of bits"; answers text. */
const char *daotp__xml_fault_describe(const daotp__xml_fault *fault,
                                      char text[DAOTP__XML_FAULT_TEXT]);
/* Put a fault down; answers DAOTP_PEER. node: where the field is, or what it is missing in. */
daotp_status daotp__xml_fault_set(daotp__xml_fault *fault, const daotp__xml_node *node,
                                  const char *field, const char *rule);

/* DAOTP_OK, DAOTP_MEMORY, or DAOTP_PEER for anything that is not such a document. max: octets. */
daotp_status daotp__xml_read(daotp__bytes in, size_t max, daotp__xml_node **root,
                             daotp__xml_fault *fault);
/* The same, with more elements than DAOTP__MAX_XML_NODES. */
daotp_status daotp__xml_read_large(daotp__bytes in, size_t max, size_t max_nodes,
                                   daotp__xml_node **root, daotp__xml_fault *fault);
void daotp__xml_free(daotp__xml_node *node);

bool daotp__xml_is(const daotp__xml_node *node, const char *ns, const char *name);
/* The first child of that name, or after another child of that name; NULL when there is none. */
daotp__xml_node *daotp__xml_child(const daotp__xml_node *node, const char *ns, const char *name);
daotp__xml_node *daotp__xml_sibling(const daotp__xml_node *node, const char *ns, const char *name);
/* The first descendant of that name, in document order. */
daotp__xml_node *daotp__xml_find(const daotp__xml_node *node, const char *ns, const char *name);
const daotp__xml_attribute *daotp__xml_get(const daotp__xml_node *node, const char *ns,
                                           const char *name);
/* The node's own text without white space around it. */
daotp__bytes daotp__xml_text(const daotp__xml_node *node);

/* May this UTF-8 stand in an XML 1.0 document at all (XML 1.0 2.2)? */
bool daotp__xml_can_hold(const char *text, size_t len);
/* Escaped so that it reads back the same from an attribute in double quotes, or from text. */
void daotp__xml_escape(daotp__buffer *out, const char *text, size_t len);

#endif
