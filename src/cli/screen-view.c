/* On a terminal: a line a site, redrawn in place, and the table when the cycle is over. */
#include "src/cli/view.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_CELLS 20
#define COLUMNS_DEFAULT 80
#define ROWS_DEFAULT 24

/* Select Graphic Rendition (ECMA-48): the words say the same without it. */
#define SGR_PASS "\033[32m"
#define SGR_FAIL "\033[1;31m"
#define SGR_OTHER "\033[33m"
#define SGR_OFF "\033[0m"

typedef struct {
  const char *words; /* what it does; borrowed from the step table */
  gboolean is_over;
  StnVerdict outcome;
} SiteState;

typedef struct {
  StnView view; /* first */
  int fd;
  gboolean has_colour, has_blocks;
  SiteState *states;
  guint drawn; /* lines that stand on the screen now */
  gboolean is_running;
} ScreenView;

gboolean
stn_screen_view_is_possible (int fd)
{
  const char *terminal = g_getenv ("TERM");
  return isatty (fd) && terminal != NULL && *terminal != '\0' && !g_str_equal (terminal, "dumb");
}

static void
measure (const ScreenView *self, guint *out_columns, guint *out_rows)
{
  struct winsize size = { 0 };
  gboolean known = ioctl (self->fd, TIOCGWINSZ, &size) == 0;
  *out_columns = known && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
  *out_rows = known && size.ws_row > 0 ? size.ws_row : ROWS_DEFAULT;
}

static const char *
colour_of (StnVerdict outcome)
{
  switch (outcome) {
  case STN_VERDICT_PASS:
    return SGR_PASS;
  case STN_VERDICT_FAIL:
    return SGR_FAIL;
  default:
    return SGR_OTHER;
  }
}

/* How far the whole board is, by what the plan says that each step takes. */
static double
fraction_done (const StnPlan *plan, const StnProgressValue *progress)
{
  gint64 before_ns = 0;
  double inside = progress->total_bytes > 0 ? (double) progress->done_bytes / (double) progress->total_bytes : 0;

  if (plan->predicted_ns <= 0)
    return 0;
  for (guint i = 0; i < plan->step_count; i++) {
    const StnPlanStep *step = &plan->steps[i];
    if ((guint) step->kind == progress->step)
      return CLAMP (((double) before_ns + inside * (double) step->predicted_ns) / (double) plan->predicted_ns, 0, 1);
    before_ns += step->predicted_ns;
  }
  return 0;
}

static void
append_bar (const ScreenView *self, GString *line, double fraction)
{
  guint full = (guint) (fraction * BAR_CELLS + 0.5);
  for (guint i = 0; i < BAR_CELLS; i++)
    g_string_append (line, i < full ? (self->has_blocks ? "█" : "#") : (self->has_blocks ? "░" : "-"));
}

static void
append_speed (GString *line, const StnProgressValue *progress)
{
  double seconds = (double) (progress->changed_ns - progress->started_ns) / 1e9;
  if (progress->done_bytes > 0 && seconds > 0.05)
    g_string_append_printf (line, "%7.1f kB/s", (double) progress->done_bytes / seconds / 1000);
  else
    g_string_append (line, "            ");
}

static void
append_site (const ScreenView *self, GString *line, guint index)
{
  const StnViewContext *context = self->view.context;
  const SiteState *state = &self->states[index];

  g_string_append_printf (line, "%-6s ", context->site_names[index]);
  if (state->is_over) {
    StnUnitRow row = { .outcome = state->outcome };
    g_string_append (line, stn_unit_row_word (&row));
    return;
  }
  StnProgressValue progress = stn_runner_progress (context->runner, index);
  double fraction = fraction_done (context->sites[index].plan, &progress);
  append_bar (self, line, fraction);
  g_string_append_printf (line, " %3u %%", (guint) (fraction * 100));
  append_speed (line, &progress);
  g_string_append_printf (line, "  %s", state->words != NULL ? state->words : "waiting");
}

static void
append_cut (GString *text, const char *line, guint columns)
{
  glong length = g_utf8_strlen (line, -1);
  const char *end = length > (glong) columns ? g_utf8_offset_to_pointer (line, columns) : line + strlen (line);
  g_string_append_len (text, line, end - line);
}

/* Takes what was drawn off the screen. */
static void
append_erase (ScreenView *self, GString *text)
{
  if (self->drawn > 0)
    g_string_append_printf (text, "\033[%uA\r\033[J", self->drawn);
  self->drawn = 0;
}

static void
append_picture (ScreenView *self, GString *text)
{
  const StnViewContext *context = self->view.context;
  guint columns, rows;

  measure (self, &columns, &rows);
  guint shown = MIN (context->site_count, MAX (rows, 4) - 2);
  for (guint i = 0; i < shown; i++) {
    g_autoptr (GString) line = g_string_new (NULL);
    const SiteState *state = &self->states[i];
    append_site (self, line, i);
    if (self->has_colour && state->is_over)
      g_string_append (text, colour_of (state->outcome));
    append_cut (text, line->str, columns - 1);
    g_string_append (text, self->has_colour && state->is_over ? SGR_OFF "\n" : "\n");
  }
  self->drawn = shown;
  if (shown < context->site_count) {
    guint over = 0;
    for (guint i = 0; i < context->site_count; i++)
      over += self->states[i].is_over;
    g_string_append_printf (text, "… %u more sites; %u of %u are done\n", context->site_count - shown, over,
                            context->site_count);
    self->drawn++;
  }
}

static void
screen_tick (StnView *view)
{
  ScreenView *self = (ScreenView *) view;
  /* a terminal that is behind gets the next picture instead */
  if (!self->is_running || !stn_output_is_idle (view->context->output))
    return;
  GString *text = g_string_new (NULL);
  if (self->drawn > 0)
    g_string_append_printf (text, "\033[%uA\r\033[J", self->drawn);
  append_picture (self, text);
  stn_output_take (view->context->output, g_string_free (text, FALSE));
}

static SiteState *
state_of (ScreenView *self, const char *site)
{
  for (guint i = 0; site != NULL && i < self->view.context->site_count; i++)
    if (g_str_equal (self->view.context->site_names[i], site))
      return &self->states[i];
  return NULL;
}

/* Text that stays, above what is drawn. */
static void
take_text (ScreenView *self, const char *words)
{
  GString *text = g_string_new (NULL);
  append_erase (self, text);
  g_string_append (text, words);
  stn_output_take (self->view.context->output, g_string_free (text, FALSE));
}

static void
show_warning (ScreenView *self, const StnEvent *event)
{
  g_autofree char *text = g_utf8_make_valid (event->text != NULL ? event->text : "", -1);
  g_autofree char *line = g_strdup_printf ("warning: %s%s%s\n", event->site != NULL ? event->site : "",
                                           event->site != NULL ? ": " : "", text);
  take_text (self, line);
}

static void
start_states (ScreenView *self)
{
  if (self->is_running)
    return;
  g_free (self->states);
  self->states = g_new0 (SiteState, self->view.context->site_count);
  self->is_running = TRUE;
}

static void
screen_event (StnView *view, const StnEvent *event)
{
  ScreenView *self = (ScreenView *) view;
  SiteState *state;

  switch (event->kind) {
  case STN_EVENT_UNIT_START:
    start_states (self);
    break;
  case STN_EVENT_SITE_STATE:
    /* a site that does not take part says so before the first board starts */
    if (event->failure != STN_FAILURE_NONE)
      start_states (self);
    state = self->is_running ? state_of (self, event->site) : NULL;
    if (state != NULL && event->has_step)
      state->words = stn_step_words (event->step);
    else if (state != NULL && event->failure != STN_FAILURE_NONE)
      state->words = stn_failure_name (event->failure);
    break;
  case STN_EVENT_UNIT_RESULT:
    state = self->is_running ? state_of (self, event->site) : NULL;
    if (state != NULL) {
      state->is_over = TRUE;
      state->outcome = event->outcome;
    }
    break;
  case STN_EVENT_CYCLE_RESULT: {
    g_autofree char *text = stn_view_cycle_text (view->context, event, TRUE);
    self->is_running = FALSE;
    take_text (self, text);
    break;
  }
  case STN_EVENT_WARNING:
    show_warning (self, event);
    break;
  default:
    break;
  }
}

static void
screen_free (StnView *view)
{
  g_free (((ScreenView *) view)->states);
}

static const StnViewClass screen_view_class = {
  .name = "screen", .event = screen_event, .tick = screen_tick, .free = screen_free
};

StnView *
stn_screen_view_new (StnViewContext *context, int fd)
{
  ScreenView *self = g_new0 (ScreenView, 1);
  const char *no_colour = g_getenv ("NO_COLOR");
  self->view.view_class = &screen_view_class;
  self->view.context = context;
  self->fd = fd;
  self->has_colour = no_colour == NULL || *no_colour == '\0';
  self->has_blocks = g_get_charset (NULL);
  return &self->view;
}
