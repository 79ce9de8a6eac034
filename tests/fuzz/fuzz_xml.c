/* SPDX-License-Identifier: BSD-2-Clause */
/* XML: the tree keeps to its limits; written out again it reads back as the same tree. */
#include "fuzz.h"

#include "core/limits.h"
#include "xml/xml.h"

enum { MAX = 16 * 1024 };

static size_t check_tree(const daotp__xml_node *node, unsigned depth)
{
    size_t nodes = 1, attributes = 0;

    HOLDS(depth <= DAOTP__MAX_XML_DEPTH);
    HOLDS(daotp__xml_can_hold((const char *)node->text.data, node->text.len));
    HOLDS(daotp__xml_is(node, node->ns, node->name));
    HOLDS(daotp__xml_text(node).len <= node->text.len);
    for (const daotp__xml_attribute *at = node->attributes; at != NULL; at = at->next) {
        HOLDS(strlen(at->value) == at->value_len);
        HOLDS(daotp__xml_can_hold(at->value, at->value_len));
        HOLDS(daotp__xml_get(node, at->ns, at->name) == at); /* none stands twice */
        attributes++;
    }
    HOLDS(attributes <= DAOTP__MAX_XML_ATTRIBUTES);
    for (const daotp__xml_node *child = node->first; child != NULL; child = child->next) {
        HOLDS(child->parent == node);
        HOLDS(child->next != NULL || child == node->last);
        nodes += check_tree(child, depth + 1);
    }
    return nodes;
}

/* Without namespaces: names as they are, which is enough to hold two trees against each other. */
static void write_tree(const daotp__xml_node *node, daotp__buffer *out)
{
    daotp__buffer_format(out, "<n v=\"");
    daotp__xml_escape(out, node->name, strlen(node->name));
    daotp__buffer_text(out, "\" t=\"");
    daotp__xml_escape(out, (const char *)node->text.data, node->text.len);
    daotp__buffer_text(out, "\">");
    for (const daotp__xml_attribute *at = node->attributes; at != NULL; at = at->next) {
        daotp__buffer_text(out, "<a>-");
        daotp__xml_escape(out, at->value, at->value_len);
        daotp__buffer_text(out, "-</a>");
    }
    for (const daotp__xml_node *child = node->first; child != NULL; child = child->next)
        write_tree(child, out);
    daotp__buffer_text(out, "</n>");
}

static void check_again(const daotp__xml_node *node, const daotp__xml_node *again)
{
    const daotp__xml_attribute *value = daotp__xml_get(again, "", "t");
    const daotp__xml_node *at_again = again->first;

    HOLDS(strcmp(daotp__xml_get(again, "", "v")->value, node->name) == 0);
    HOLDS(value->value_len == node->text.len &&
          (node->text.len == 0 || memcmp(value->value, node->text.data, node->text.len) == 0));
    for (const daotp__xml_attribute *at = node->attributes; at != NULL; at = at->next) {
        HOLDS(at_again != NULL && at_again->text.len == at->value_len + 2);
        HOLDS(memcmp(at_again->text.data + 1, at->value, at->value_len) == 0);
        at_again = at_again->next;
    }
    for (const daotp__xml_node *child = node->first; child != NULL; child = child->next) {
        HOLDS(at_again != NULL);
        check_again(child, at_again);
        at_again = at_again->next;
    }
    HOLDS(at_again == NULL);
}

static size_t count_attributes(const daotp__xml_node *node)
{
    size_t count = 0;

    for (const daotp__xml_attribute *at = node->attributes; at != NULL; at = at->next)
        count++;
    for (const daotp__xml_node *child = node->first; child != NULL; child = child->next)
        count += count_attributes(child);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__xml_node *root, *again;
    daotp__buffer out;
    daotp__xml_fault fault = {.rule = NULL};
    size_t nodes;
    daotp_status status = daotp__xml_read((daotp__bytes){data, size}, MAX, &root, &fault);

    HOLDS(status == DAOTP_OK || status == DAOTP_PEER);
    HOLDS((root != NULL) == (status == DAOTP_OK) && (*fault.rule == '\0') == (status == DAOTP_OK));
    if (root == NULL)
        return 0;
    HOLDS(size <= MAX);
    nodes = check_tree(root, 1);
    HOLDS(nodes <= DAOTP__MAX_XML_NODES);
    daotp__buffer_init(&out, 64 * MAX);
    write_tree(root, &out);
    HOLDS(out.failed == DAOTP_OK);
    if (nodes + count_attributes(root) <= DAOTP__MAX_XML_NODES) {
        status = daotp__xml_read(daotp__buffer_bytes(&out), 64 * MAX, &again, &fault);
        if (status == DAOTP_OK) /* attributes became elements, one deeper than they stood */
            check_again(root, again);
        else
            HOLDS(strstr(fault.rule, "depth") != NULL);
        daotp__xml_free(again);
    }
    daotp__buffer_free(&out);
    daotp__xml_free(root);
    return 0;
}
