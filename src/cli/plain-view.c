/* Off a terminal: a line for each result as it comes, with -v for each step too. */
#include "src/cli/view.h"

static void
take_line (StnView *self, GString *line)
{
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  g_string_append_c (line, '\n');
  stn_output_take (self->context->output, g_string_free (line, FALSE));
}

static void
print_result (StnView *self)
{
  const StnUnitRow *row = g_ptr_array_index (self->context->rows, self->context->rows->len - 1);
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "%-6s %-9s %-20s %-24s %.1f s  %s", row->site, stn_unit_row_word (row),
                          row->serial != NULL ? row->serial : "-", row->uid != NULL ? row->uid : "-",
                          (double) row->duration_ns / 1e9, stn_failure_name (row->failure));
  take_line (self, line);
}

static void
print_left_out (StnView *self, const StnEvent *event)
{
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "%-6s %-9s %s", event->site, event->text, stn_failure_name (event->failure));
  take_line (self, line);
}

static void
print_step (StnView *self, const StnEvent *event)
{
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "%-6s %-16s %-9s %.3f s", event->site, stn_step_name (event->step),
                          stn_verdict_name (event->outcome), (double) event->duration_ns / 1e9);
  if (event->bytes > 0)
    g_string_append_printf (line, "  %" G_GUINT64_FORMAT " bytes", event->bytes);
  if (event->tries > 1)
    g_string_append_printf (line, "  %u tries", event->tries);
  take_line (self, line);
}

static void
plain_event (StnView *self, const StnEvent *event)
{
  const StnViewContext *context = self->context;

  switch (event->kind) {
  case STN_EVENT_UNIT_RESULT:
    if (!context->quiet)
      print_result (self);
    break;
  case STN_EVENT_SITE_STATE:
    if (event->failure != STN_FAILURE_NONE && !context->quiet)
      print_left_out (self, event);
    break;
  case STN_EVENT_UNIT_STEP:
    if (context->verbose)
      print_step (self, event);
    break;
  case STN_EVENT_CYCLE_RESULT:
    stn_output_take (context->output, stn_view_cycle_text (context, event, FALSE));
    break;
  case STN_EVENT_WARNING:
    g_printerr ("warning: %s%s%s\n", event->site != NULL ? event->site : "", event->site != NULL ? ": " : "",
                event->text != NULL ? event->text : "");
    break;
  default:
    break;
  }
}

static const StnViewClass plain_view_class = { .name = "plain", .event = plain_event };

StnView *
stn_plain_view_new (StnViewContext *context)
{
  StnView *self = g_new0 (StnView, 1);
  self->view_class = &plain_view_class;
  self->context = context;
  return self;
}
