/* `--tap`: a test point a board, for a harness that knows the Test Anything Protocol. */
#include "src/cli/view.h"

typedef struct {
  StnView view; /* first */
  guint points;
  gboolean has_station_fault;
} TapView;

static void
print_point (TapView *self, const StnEvent *event)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean is_ok = event->outcome == STN_VERDICT_PASS || event->outcome == STN_VERDICT_SKIPPED;

  g_string_append_printf (line, "%sok %u - site %s", is_ok ? "" : "not ", ++self->points, event->site);
  if (event->serial != NULL)
    g_string_append_printf (line, " %s", event->serial);
  if (event->outcome == STN_VERDICT_SKIPPED)
    g_string_append_printf (line, " # SKIP %s", stn_failure_name (event->failure));
  g_string_append_c (line, '\n');
  if (event->text != NULL && event->outcome != STN_VERDICT_PASS) {
    /* a line of its own, so that nothing in the reason can be taken for a directive */
    g_autofree char *text = g_utf8_make_valid (event->text, -1);
    g_string_append_printf (line, "# %s: %s\n", stn_failure_name (event->failure), g_strdelimit (text, "\r\n", ' '));
  }
  self->has_station_fault |= event->outcome == STN_VERDICT_ERROR;
  stn_output_take (self->view.context->output, g_strdup (line->str));
}

static void
tap_event (StnView *view, const StnEvent *event)
{
  TapView *self = (TapView *) view;
  StnOutput *output = view->context->output;

  switch (event->kind) {
  case STN_EVENT_RUN_START:
    stn_output_take (output, g_strdup ("TAP version 13\n"));
    break;
  case STN_EVENT_UNIT_RESULT:
    print_point (self, event);
    break;
  case STN_EVENT_WARNING:
    if (event->text != NULL) {
      g_autofree char *text = g_utf8_make_valid (event->text, -1);
      stn_output_take (output, g_strdup_printf ("# %s\n", g_strdelimit (text, "\r\n", ' ')));
    }
    break;
  case STN_EVENT_RUN_END:
    stn_output_take (output, g_strdup_printf ("1..%u\n", self->points));
    if (self->has_station_fault || event->bytes == 4 || event->bytes == 6)
      stn_output_take (output, g_strdup ("Bail out! the station's fault\n"));
    break;
  default:
    break;
  }
}

static const StnViewClass tap_view_class = { .name = "tap", .event = tap_event };

StnView *
stn_tap_view_new (StnViewContext *context)
{
  TapView *self = g_new0 (TapView, 1);
  self->view.view_class = &tap_view_class;
  self->view.context = context;
  return &self->view;
}
