/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/alloc.h"
#include "core/utf8.h"
#include "xml/xml.h"

#include <stdio.h>
#include <string.h>

static void free_one(daotp__xml_node *node)
{
    while (node->attributes != NULL) {
        daotp__xml_attribute *next = node->attributes->next;

        daotp__delete((char *)node->attributes->ns);
        daotp__delete((char *)node->attributes->name);
        daotp__delete((char *)node->attributes->value);
        daotp__delete(node->attributes);
        node->attributes = next;
    }
    daotp__delete((char *)node->ns);
    daotp__delete((char *)node->name);
    daotp__buffer_free(&node->text);
    daotp__delete(node);
}

void daotp__xml_free(daotp__xml_node *node) /* the depth is bounded by the reader */
{
    if (node == NULL)
        return;
    while (node->first != NULL) {
        daotp__xml_node *child = node->first;

        node->first = child->next;
        daotp__xml_free(child);
    }
    free_one(node);
}

bool daotp__xml_is(const daotp__xml_node *node, const char *ns, const char *name)
{
    return strcmp(node->name, name) == 0 && strcmp(node->ns, ns) == 0;
}

static daotp__xml_node *from_here(daotp__xml_node *node, const char *ns, const char *name)
{
    while (node != NULL && !daotp__xml_is(node, ns, name))
        node = node->next;
    return node;
}

daotp__xml_node *daotp__xml_child(const daotp__xml_node *node, const char *ns, const char *name)
{
    return node != NULL ? from_here(node->first, ns, name) : NULL;
}

daotp__xml_node *daotp__xml_sibling(const daotp__xml_node *node, const char *ns, const char *name)
{
    return from_here(node->next, ns, name);
}

daotp__xml_node *daotp__xml_find(const daotp__xml_node *node, const char *ns, const char *name)
{
    daotp__xml_node *found;

    for (daotp__xml_node *child = node != NULL ? node->first : NULL; child != NULL;
         child = child->next) {
        if (daotp__xml_is(child, ns, name))
            return child;
        found = daotp__xml_find(child, ns, name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const daotp__xml_attribute *daotp__xml_get(const daotp__xml_node *node, const char *ns,
                                           const char *name)
{
    const daotp__xml_attribute *attribute = node->attributes;

    while (attribute != NULL &&
           (strcmp(attribute->name, name) != 0 || strcmp(attribute->ns, ns) != 0))
        attribute = attribute->next;
    return attribute;
}

static bool is_tree_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

daotp__bytes daotp__xml_text(const daotp__xml_node *node)
{
    daotp__bytes text = {(const uint8_t *)"", 0};

    if (node == NULL || node->text.len == 0)
        return text;
    text = daotp__buffer_bytes(&node->text);
    while (text.len > 0 && is_tree_space(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && is_tree_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

daotp_status daotp__xml_fault_set(daotp__xml_fault *fault, const daotp__xml_node *node,
                                  const char *field, const char *rule)
{
    *fault = (daotp__xml_fault){field, rule, node != NULL ? node->offset : 0};
    return DAOTP_PEER;
}

const char *daotp__xml_fault_describe(const daotp__xml_fault *fault,
                                      char text[DAOTP__XML_FAULT_TEXT])
{
    (void)snprintf(text, DAOTP__XML_FAULT_TEXT, "%s, octet %zu: %s",
                   fault->field != NULL ? fault->field : "the document", fault->offset,
                   fault->rule);
    return text;
}
