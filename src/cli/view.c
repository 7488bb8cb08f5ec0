#include "src/cli/view.h"

void
stn_view_event (StnView *self, const StnEvent *event)
{
  self->view_class->event (self, event);
}

void
stn_view_tick (StnView *self)
{
  if (self->view_class->tick != NULL)
    self->view_class->tick (self);
}

void
stn_view_free (StnView *self)
{
  if (self == NULL)
    return;
  if (self->view_class->free != NULL)
    self->view_class->free (self);
  g_free (self);
}

char *
stn_view_cycle_text (const StnViewContext *context, const StnEvent *event, gboolean with_table)
{
  GString *text = g_string_new (NULL);
  const char *const *sites = (const char *const *) context->site_names;
  g_autofree char *sentences = stn_summary_sentences (context->rows, event->cycle, sites);

  if (with_table && !context->quiet) {
    g_autofree char *table = stn_summary_table (context->rows, event->cycle, sites);
    g_string_append (text, table);
  }
  if (*sentences != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", sentences);
  if (event->failure != STN_FAILURE_NONE && event->failure != STN_FAILURE_MANY_ALIKE)
    g_string_append_printf (text, "The same failure (%s) on half of the sites or more: that is the station's. %s\n",
                            stn_failure_name (event->failure), stn_failure_row (STN_FAILURE_MANY_ALIKE)->next_action);
  if (!context->quiet) {
    g_autofree char *counts = stn_summary_counts (event->counts);
    g_string_append_printf (text, "%s%s\n", *sentences != '\0' ? "\n" : "", counts);
  }
  return g_string_free (text, FALSE);
}
