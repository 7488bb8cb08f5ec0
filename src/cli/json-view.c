/* `--json`: one event a line, as it comes. */
#include "src/cli/event-json.h"
#include "src/cli/view.h"

static void
json_event (StnView *self, const StnEvent *event)
{
  g_autofree char *text = stn_event_to_json (event);
  stn_output_take (self->context->output, g_strconcat (text, "\n", NULL));
}

static const StnViewClass json_view_class = { .name = "json", .event = json_event };

StnView *
stn_json_view_new (StnViewContext *context)
{
  StnView *self = g_new0 (StnView, 1);
  self->view_class = &json_view_class;
  self->context = context;
  return self;
}
